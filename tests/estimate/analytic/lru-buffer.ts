/** LRU the slow, obvious way: a list with the unit used last at its end. */
export class LruBuffer {
  readonly #units: number[] = [];

  constructor(readonly entries: number) {}

  /** True where the unit was in the buffer. */
  touch(unit: number): boolean {
    const at = this.#units.lastIndexOf(unit);
    if (at >= 0) this.#units.splice(at, 1);
    else if (this.#units.length === this.entries) this.#units.shift();
    this.#units.push(unit);
    return at >= 0;
  }
}

/** Words of class 0 for 4 KiB pages of the linear map. */
export function wordsOf(pages: Iterable<number>, accessClass = 0): BigUint64Array {
  return BigUint64Array.from(
    pages,
    (page) => 0xffff000000000000n + BigInt(page) * 4096n + BigInt(accessClass * 2),
  );
}
