// Values by the bytes they were read from: a trace repeats its tasks and probes, and each is decoded once.

/** Past this, a text is not a trace but something that wants memory; the table starts again. */
const MAX_ENTRIES = 1 << 16;

interface Entry<T> {
  hash: number;
  key: Buffer;
  value: T;
}

export class ByteTable<T> {
  #slots: (Entry<T> | undefined)[] = new Array(256);
  #entries = 0;

  /** What was added for the same bytes. */
  get(bytes: Buffer, from: number, to: number): T | undefined {
    const mask = this.#slots.length - 1;
    const hash = hashOf(bytes, from, to);
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = this.#slots[at];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && same(entry.key, bytes, from, to)) return entry.value;
    }
  }

  add(bytes: Buffer, from: number, to: number, value: T): T {
    if (this.#entries >= MAX_ENTRIES) this.#restart(256);
    else if (this.#entries * 2 >= this.#slots.length) this.#grow();
    const key = Buffer.from(bytes.subarray(from, to));
    this.#place({ hash: hashOf(bytes, from, to), key, value });
    this.#entries++;
    return value;
  }

  #place(entry: Entry<T>): void {
    const mask = this.#slots.length - 1;
    let at = entry.hash & mask;
    while (this.#slots[at] !== undefined) at = (at + 1) & mask;
    this.#slots[at] = entry;
  }

  #grow(): void {
    const known = this.#slots;
    const entries = this.#entries;
    this.#restart(known.length * 2);
    for (const entry of known) if (entry) this.#place(entry);
    this.#entries = entries;
  }

  #restart(size: number): void {
    this.#slots = new Array(size);
    this.#entries = 0;
  }
}

/** FNV-1a, folded: table sizes are powers of two and take the low bits. */
function hashOf(bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}

function same(key: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (key.length !== to - from) return false;
  for (let at = 0; at < key.length; at++) if (key[at] !== bytes[from + at]) return false;
  return true;
}
