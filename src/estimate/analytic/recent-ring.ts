// The last units of one set that is too large to be searched: a ring by age, and an index of what is in it.
import type { RecentUnits } from './recent-units.js';

const NONE = -1;

export class RecentRing implements RecentUnits {
  readonly #lows: Int32Array;
  readonly #highs: Int32Array;
  /** Slots by age. The last slot stands for none: the newest is older than it, the oldest newer. */
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  /** By hash, the first slot of a chain; by slot, the next of its chain. */
  readonly #chains: Int32Array;
  readonly #chained: Int32Array;
  readonly #hashShift: number;
  #used = 0;

  constructor(
    readonly entries: number,
    readonly movesOnHit: boolean,
  ) {
    const bits = Math.ceil(Math.log2(entries)) + 1;
    const slots = entries + 1;
    this.#hashShift = 32 - bits;
    this.#chains = new Int32Array(2 ** bits).fill(NONE);
    this.#chained = new Int32Array(entries).fill(NONE);
    this.#lows = new Int32Array(entries);
    this.#highs = new Int32Array(entries);
    this.#older = Int32Array.from({ length: slots }, (_, slot) => (slot + 1) % slots);
    this.#newer = Int32Array.from({ length: slots }, (_, slot) => (slot + entries) % slots);
  }

  touch(low: number, high: number): boolean {
    const slot = this.#find(low, high);
    if (slot === NONE) this.#replaceOldest(low, high);
    else if (this.movesOnHit) this.#makeNewest(slot);
    return slot !== NONE;
  }

  has(low: number, high: number): boolean {
    return this.#find(low, high) !== NONE;
  }

  #find(low: number, high: number): number {
    let slot = this.#chains[this.#hash(low, high)] as number;
    while (slot !== NONE && (this.#lows[slot] !== low || this.#highs[slot] !== high)) {
      slot = this.#chained[slot] as number;
    }
    return slot;
  }

  #replaceOldest(low: number, high: number): void {
    const slot = this.#newer[this.entries] as number;
    if (this.#used < this.entries) this.#used++;
    else this.#unchain(slot);
    this.#lows[slot] = low;
    this.#highs[slot] = high;
    const hash = this.#hash(low, high);
    this.#chained[slot] = this.#chains[hash] as number;
    this.#chains[hash] = slot;
    this.#makeNewest(slot);
  }

  #unchain(slot: number): void {
    const hash = this.#hash(this.#lows[slot] as number, this.#highs[slot] as number);
    const next = this.#chained[slot] as number;
    let at = this.#chains[hash] as number;
    if (at === slot) {
      this.#chains[hash] = next;
      return;
    }
    while (this.#chained[at] !== slot) at = this.#chained[at] as number;
    this.#chained[at] = next;
  }

  #makeNewest(slot: number): void {
    const none = this.entries;
    if (this.#older[none] === slot) return;
    const older = this.#older[slot] as number;
    const newer = this.#newer[slot] as number;
    this.#older[newer] = older;
    this.#newer[older] = newer;
    const newest = this.#older[none] as number;
    this.#older[slot] = newest;
    this.#newer[newest] = slot;
    this.#older[none] = slot;
    this.#newer[slot] = none;
  }

  /** Multiplied by odd constants: 2^32 / golden ratio, and one of MurmurHash3's. */
  #hash(low: number, high: number): number {
    return Math.imul((low >>> 12) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> this.#hashShift;
  }
}
