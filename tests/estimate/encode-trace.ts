/** Access traces written the slow, obvious way. */

export interface TraceRecord {
  /** 0 … 3 */
  accessClass: number;
  write: boolean;
  /** VA >> 12, 52 bits. */
  page: bigint;
  instructions: bigint;
}

export function encodeTrace(records: readonly TraceRecord[]): Uint8Array {
  const pages = [0n, 0n, 0n, 0n];
  const bytes: number[] = [];
  for (const { accessClass, write, page, instructions } of records) {
    const delta = page - (pages[accessClass] ?? 0n);
    pages[accessClass] = page;
    const zigzag = delta >= 0n ? 2n * delta : -2n * delta - 1n;
    bytes.push(...varint(zigzag * 8n + BigInt(accessClass * 2 + (write ? 1 : 0))), ...varint(instructions));
  }
  return Uint8Array.from(bytes);
}

/** The word that stands for a record in the simulation. */
export function wordOf({ accessClass, write, page }: TraceRecord): bigint {
  return page * 4096n + BigInt(accessClass * 2 + (write ? 1 : 0));
}

export function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128n; rest /= 128n) bytes.push(Number(rest % 128n) + 128);
  return [...bytes, Number(rest)];
}
