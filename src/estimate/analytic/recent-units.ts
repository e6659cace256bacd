// What LRU keeps of a stream, set by set: Mattson's stack with congruence mapping, cut at the ways. Two accesses of a
// unit are as far apart as units of its own set were touched meanwhile; beyond the ways the second one misses.
// Source: Mattson et al., Evaluation Techniques for Storage Hierarchies, 1970; Hill and Smith, 1989.
import { RecentRing } from './recent-ring.js';

/** A unit is the two halves of a word, page offset and flags zero, as signed numbers. */
export interface RecentUnits {
  /** Whether the unit was kept. It is now, as the newest of its set. */
  touch(low: number, high: number, set: number): boolean;
  has(low: number, high: number, set: number): boolean;
}

/** @param movesOnHit LRU; else units leave in the order in which they came (FIFO) */
export function recentUnits(entries: number, ways: number, movesOnHit: boolean): RecentUnits {
  return entries === ways ? new RecentRing(entries, movesOnHit) : new RecentRows(entries, ways, movesOnHit);
}

/** Sets of a few ways: rows, the newest unit first. */
class RecentRows implements RecentUnits {
  readonly #lows: Int32Array;
  readonly #highs: Int32Array;

  constructor(
    entries: number,
    readonly ways: number,
    readonly movesOnHit: boolean,
  ) {
    // No unit is zero: page 0 belongs to nobody.
    this.#lows = new Int32Array(entries);
    this.#highs = new Int32Array(entries);
  }

  touch(low: number, high: number, set: number): boolean {
    const found = this.#find(low, high, set);
    if (found >= 0 && !this.movesOnHit) return true;
    const first = set * this.ways;
    for (let at = found >= 0 ? found : first + this.ways - 1; at > first; at--) {
      this.#lows[at] = this.#lows[at - 1] as number;
      this.#highs[at] = this.#highs[at - 1] as number;
    }
    this.#lows[first] = low;
    this.#highs[first] = high;
    return found >= 0;
  }

  has(low: number, high: number, set: number): boolean {
    return this.#find(low, high, set) >= 0;
  }

  #find(low: number, high: number, set: number): number {
    const first = set * this.ways;
    for (let at = first; at < first + this.ways; at++) {
      if (this.#lows[at] === low && this.#highs[at] === high) return at;
    }
    return -1;
  }
}
