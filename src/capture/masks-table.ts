// Masks of permission changes, each once: a trace has millions of changes and a handful of masks.
import { type Masks, masks } from '../core/operations.js';

/** Masks by their words, each set of them one object. */
export class MasksTable {
  readonly #known = new Map<string, Masks>();
  #last: Masks = masks(0n, 0n);

  of(setLow: number, setHigh: number, clearLow: number, clearHigh: number): Masks {
    const [a, b, c, d] = this.#last.words;
    if (a === setLow && b === setHigh && c === clearLow && d === clearHigh) return this.#last;
    const key = `${setLow} ${setHigh} ${clearLow} ${clearHigh}`;
    let known = this.#known.get(key);
    if (!known) {
      const wide = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low);
      known = masks(wide(setLow, setHigh), wide(clearLow, clearHigh));
      this.#known.set(key, known);
    }
    this.#last = known;
    return known;
  }
}
