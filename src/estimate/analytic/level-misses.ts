// The analytic layer for the levels of a core: what LRU misses of the data accesses that each level is asked for, by
// stack distances within its sets, walks taking no time.
import type { Core } from '../../core/core.js';
import type { FlatCoreModel, FlatTlbModel } from '../../machine/cores/core-model.js';
import { CLASS } from '../access.js';
import { secondLevelData } from '../reach.js';
import { LeafExtents } from './leaf-extents.js';
import { LeafUnits } from './leaf-units.js';
import type { MissCurve } from './miss-curve.js';
import { type RecentUnits, recentUnits } from './recent-units.js';
import { SecondLevel } from './second-level.js';
import { setAssociativeMisses } from './set-associative.js';
import { pieceShift, SetIndex } from './set-index.js';
import { StackDistances } from './stack-distances.js';

const DATA = ['linearMap', 'otherKernel', 'user'] as const;

/** Why stack distances say nothing of a level: what it keeps does not follow from the order of uses alone. */
export type NoAnswer = 'FIFO' | 'tree-PLRU' | 'page aggregation';

/** Misses of data accesses in one level. First touches are among them. */
export interface LevelMissCounts {
  /** LRU in the level's sets. */
  inSets: number;
  /** LRU in one set of all entries, over the same requests. */
  fullyAssociative: number;
  /** What sets make of that where units lie at random: the binomial correction. As fullyAssociative for one set. */
  binomial: number;
}

export class LevelMisses {
  readonly #unified: boolean;
  readonly #l1Data: FirstLevel;
  readonly #l1Instruction: FirstLevel;
  readonly #second: SecondLevel;
  #l1Misses = 0;
  #l2Misses = 0;

  /** @param core with the tables of a machine; they must not change while accesses are taken */
  constructor(
    core: Core,
    readonly model: FlatCoreModel,
  ) {
    const extents = new LeafExtents(core, model);
    const l2 = secondLevelData(model);
    this.#unified = 'unified' in model.l2;
    this.#l1Data = new FirstLevel(core, model, model.l1Data, extents);
    this.#l1Instruction = new FirstLevel(core, model, model.l1Instruction, extents);
    this.#second = new SecondLevel(core, model, l2, extents);
  }

  /** @param second units of the second level for the same words, as `LeafUnits` gives them out */
  take(words: BigUint64Array, second: readonly BigUint64Array[]): void {
    const data = this.#l1Data.units(words);
    const fetches = this.#unified && hasFetches(words) ? this.#l1Instruction.units(words) : data;
    data.forEach((units, at) => {
      this.#l1Data.count(units);
      this.#pass(halvesOf(units), halvesOf(fetches[at]), halvesOf(second[at]));
    });
  }

  /** What came before was a warm-up. */
  resetCounts(): void {
    this.#l1Misses = 0;
    this.#l2Misses = 0;
    this.#l1Data.resetCounts();
    this.#second.resetCounts();
  }

  /** Leaves the memory to others. Nothing else may be called any more. */
  end(): void {
    this.#l1Data.end();
    this.#l1Instruction.end();
    this.#second.end();
  }

  l1(): LevelMissCounts | NoAnswer {
    const { l1Data } = this.model;
    return noAnswer(this.model, l1Data) ?? counts(this.#l1Misses, this.#l1Data.curve(), l1Data);
  }

  /** Of the second level behind this first one: accesses that both miss. */
  l2(): LevelMissCounts | NoAnswer {
    const { l1Data } = this.model;
    // What tree-PLRU lets through is not known; FIFO lets through what came in too long ago.
    if (l1Data.policy === 'plru') return 'tree-PLRU';
    return (
      noAnswer(this.model, this.#second.tlb) ?? counts(this.#l2Misses, this.#second.curve(), this.#second.tlb)
    );
  }

  #pass(data: Uint32Array, instructions: Uint32Array, second: Uint32Array): void {
    for (let i = 0; i < data.length; i += 2) {
      const word = data[i] as number;
      const isFetch = ((word >> 1) & 3) === CLASS.instruction;
      if (isFetch) {
        if (!this.#unified) continue;
        if (this.#l1Instruction.touch(instructions[i] as number, instructions[i + 1] as number)) continue;
      } else {
        if (this.#l1Data.touch(word, data[i + 1] as number)) continue;
        this.#l1Misses++;
      }
      const isThere = this.#second.ask(second[i] as number, (second[i + 1] as number) | 0);
      if (!isThere && !isFetch) this.#l2Misses++;
    }
  }
}

/** A first level: it is asked for everything. */
class FirstLevel {
  readonly #units: LeafUnits;
  readonly #kept: RecentUnits;
  readonly #index: SetIndex;
  /** For levels of several sets; the distances of one set are those that `inSets` counts. */
  readonly #distances: StackDistances | null;
  #low = 0;
  #high = 0;

  constructor(
    core: Core,
    model: FlatCoreModel,
    readonly tlb: FlatTlbModel,
    readonly extents: LeafExtents,
  ) {
    const { entries, ways, policy, sizes } = tlb;
    this.#units = new LeafUnits(core, model, sizes);
    this.#kept = recentUnits(entries, ways, policy !== 'fifo');
    this.#index = new SetIndex(tlb);
    this.#distances = entries === ways ? null : new StackDistances({ classes: DATA });
  }

  units(words: BigUint64Array): BigUint64Array[] {
    return [...this.#units.of(words)];
  }

  count(units: BigUint64Array): void {
    this.#distances?.pass(units);
  }

  touch(word: number, highWord: number): boolean {
    const low = word & ~0xfff;
    const high = highWord | 0;
    // The unit touched last is kept under any policy, and the newest already.
    if (low === this.#low && high === this.#high) return true;
    this.#low = low;
    this.#high = high;
    const oneSet = this.#distances === null;
    const set = oneSet ? 0 : this.#setOf(word, low, high);
    return this.#kept.touch(low, high, set);
  }

  #setOf(word: number, low: number, high: number): number {
    return this.#index.of(low, high, pieceShift(this.tlb.sizes, this.extents.of(word, high).reach));
  }

  curve(): MissCurve | null {
    return this.#distances?.curve(DATA) ?? null;
  }

  resetCounts(): void {
    this.#distances?.resetCounts();
  }

  end(): void {
    this.#distances?.end();
  }
}

function noAnswer({ aggregation }: FlatCoreModel, { policy }: FlatTlbModel): NoAnswer | null {
  if (aggregation > 1) return 'page aggregation';
  if (policy === 'fifo') return 'FIFO';
  return policy === 'plru' ? 'tree-PLRU' : null;
}

function counts(inSets: number, curve: MissCurve | null, { entries, ways }: FlatTlbModel): LevelMissCounts {
  if (curve === null) return { inSets, fullyAssociative: inSets, binomial: inSets };
  const fullyAssociative = curve.misses(Math.min(entries, curve.depth));
  const binomial = entries === ways ? fullyAssociative : setAssociativeMisses(curve, entries, ways);
  return { inSets, fullyAssociative, binomial };
}

function hasFetches(words: BigUint64Array): boolean {
  const halves = halvesOf(words);
  for (let i = 0; i < halves.length; i += 2) {
    if ((((halves[i] as number) >> 1) & 3) === CLASS.instruction) return true;
  }
  return false;
}

function halvesOf(words: BigUint64Array | undefined): Uint32Array {
  if (words === undefined) throw new Error('every level has the same accesses');
  return new Uint32Array(words.buffer, words.byteOffset, 2 * words.length);
}
