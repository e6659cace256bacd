// A second-level TLB under LRU, asked for what the first level misses.
//
// An entry becomes young only when the first level asks for it: what the first level hits all the time grows old here.
// So this is not the stack of all accesses, neither at the second level's entries nor at those of both levels. Where
// table descriptors share the array, a miss touches the deepest table on its way that is kept, and brings in those
// below.
import type { Core } from '../../core/core.js';
import type { FlatCoreModel, FlatTlbModel } from '../../machine/cores/core-model.js';
import { CLASS } from '../access.js';
import type { LeafExtents } from './leaf-extents.js';
import type { MissCurve } from './miss-curve.js';
import { type RecentUnits, recentUnits } from './recent-units.js';
import { pieceShift, SetIndex } from './set-index.js';
import { StackDistances } from './stack-distances.js';

const WORDS = 2 ** 14;
/** Requests for tables are told from those for data by the class of their words. */
const TABLE = CLASS.instruction << 1;

export class SecondLevel {
  readonly #units: RecentUnits;
  readonly #index: SetIndex;
  readonly #extents: LeafExtents;
  /** Levels whose tables are among the leaves, from the deepest, with log2 of what a descriptor spans. */
  readonly #tables: readonly { level: number; shift: number }[];
  /** Of all that is asked for, tables too. */
  readonly #distances = new StackDistances();
  readonly #requests = new Uint32Array(2 * WORDS);
  #filled = 0;

  constructor(
    core: Core,
    model: FlatCoreModel,
    readonly tlb: FlatTlbModel,
    extents: LeafExtents,
  ) {
    const { levelSize, rootLevel } = core.geometry;
    this.#units = recentUnits(tlb.entries, tlb.ways, true);
    this.#index = new SetIndex(tlb);
    this.#extents = extents;
    const levels = model.walkCache.kind === 'in-l2' ? model.walkCache.levels : [];
    this.#tables = [2, 1, 0, -1]
      .filter((level) => level >= rootLevel && levels.includes(level))
      .map((level) => ({ level, shift: Math.log2(levelSize(level)) }));
  }

  /** Asks for the unit of a leaf; a word in two halves. Returns whether it was there. */
  ask(word: number, high: number): boolean {
    const low = word & ~0xfff;
    const { level, reach } = this.#extents.of(word, high);
    const set = this.#index.of(low, high, pieceShift(this.tlb.sizes, reach));
    this.#request(word, high);
    if (this.#units.touch(low, high, set)) return true;
    this.#walk(low, high, level);
    return false;
  }

  /** Fully associative: the data accesses among all requests, by the distance in all of them. */
  curve(): MissCurve {
    this.#pass();
    return this.#distances.curve(['linearMap', 'otherKernel', 'user']);
  }

  end(): void {
    this.#distances.end();
  }

  resetCounts(): void {
    this.#pass();
    this.#distances.resetCounts();
  }

  #walk(low: number, high: number, leafLevel: number): void {
    const missing: (() => void)[] = [];
    for (const { level, shift } of this.#tables) {
      if (level >= leafLevel) continue;
      const unitLow = shift >= 32 ? 0 : low & -(2 ** shift);
      const unitHigh = shift > 32 ? high & -(2 ** (shift - 32)) : high;
      const set = this.#index.of(unitLow, unitHigh, shift);
      // Bits 63:52 are alike in every address: changed, they make a unit that no leaf has.
      const named = unitHigh ^ ((level + 2) << 20);
      if (this.#units.has(unitLow, named, set)) {
        this.#touchTable(unitLow, named, set);
        break;
      }
      missing.push(() => this.#touchTable(unitLow, named, set));
    }
    for (const bringIn of missing.reverse()) bringIn();
  }

  #touchTable(low: number, high: number, set: number): void {
    this.#units.touch(low, high, set);
    this.#request(low | TABLE, high);
  }

  #request(low: number, high: number): void {
    if (this.#filled === this.#requests.length) this.#pass();
    this.#requests[this.#filled++] = low;
    this.#requests[this.#filled++] = high;
  }

  #pass(): void {
    this.#distances.pass(new BigUint64Array(this.#requests.buffer, 0, this.#filled / 2));
    this.#filled = 0;
  }
}
