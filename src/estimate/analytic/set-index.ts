import type { EntrySizes, FlatTlbModel } from '../../machine/cores/core-model.js';

const PAGE_SHIFT = 12;

/** log2 of what one entry holds of a leaf: the largest size that is not larger than it, or the page. */
export function pieceShift(sizes: EntrySizes, reach: number): number {
  if (sizes === 'any') return reach;
  let piece = PAGE_SHIFT;
  for (const bytes of sizes) if (bytes <= 2 ** reach) piece = Math.max(piece, Math.log2(bytes));
  return piece;
}

/** The set that an address goes to: its lowest bits above the size of the entry. */
export class SetIndex {
  readonly #mask: number;

  constructor({ entries, ways }: Pick<FlatTlbModel, 'entries' | 'ways'>) {
    this.#mask = entries / ways - 1;
  }

  of(low: number, high: number, shift: number): number {
    if (this.#mask === 0) return 0;
    const number =
      shift < 32 ? (low >>> shift) | (shift === 0 ? 0 : high << (32 - shift)) : high >> (shift - 32);
    return number & this.#mask;
  }
}
