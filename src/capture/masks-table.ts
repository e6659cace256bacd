// Masks of permission changes, each once: a trace has millions of changes and a handful of masks.
import { type Masks, masks } from '../core/operations.js';

/** Bits that a descriptor has for its address, whole or in part, with every granule; and the one that makes it a page or a block. */
const ADDRESS = ((1n << 50n) - 1n) & ~0xfffn;
const TYPE = 2n;
/** The lowest bit of an address that can tell a realm's shared memory from its own: realms have 2^33 bytes and more. */
const REALM_SHARED = 1n << 32n;

/** Masks by their words, each set of them one object. */
export class MasksTable {
  readonly #known = new Map<string, Masks>();
  #last: Masks = masks(0n, 0n);
  /** The masks that were asked for last had not been seen before. */
  isNew = false;

  of(setLow: number, setHigh: number, clearLow: number, clearHigh: number): Masks {
    this.isNew = false;
    const [a, b, c, d] = this.#last.words;
    if (a === setLow && b === setHigh && c === clearLow && d === clearHigh) return this.#last;
    const key = `${setLow} ${setHigh} ${clearLow} ${clearHigh}`;
    let known = this.#known.get(key);
    if (!known) {
      const wide = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low);
      known = masks(wide(setLow, setHigh), wide(clearLow, clearHigh));
      this.#known.set(key, known);
      this.isNew = true;
    }
    this.#last = known;
    return known;
  }
}

/** Whether a mask leaves alone where a descriptor points and what it is, but for the one bit by which realms share memory. */
export function changesAttributesOnly(mask: bigint): boolean {
  const moved = mask & (ADDRESS | TYPE);
  return moved === 0n || (moved >= REALM_SHARED && (moved & (moved - 1n)) === 0n);
}
