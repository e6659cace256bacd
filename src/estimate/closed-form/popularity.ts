// How often each unit of each level is asked for, from the law of a stream and the map it runs over.
import type { Core } from '../../core/core.js';
import type { Address } from '../../io/address.js';
import type { FlatCoreModel, FlatTlbModel } from '../../machine/cores/core-model.js';
import { LeafExtents } from '../analytic/leaf-extents.js';
import { LeafUnits } from '../analytic/leaf-units.js';
import { pieceShift, SetIndex } from '../analytic/set-index.js';
import { secondLevelData } from '../reach.js';
import type { StreamLaw } from '../streams/stream-law.js';
import { UnitNumbers } from './unit-numbers.js';

/** Pages that are looked at one by one; of more, every n-th stands for its neighbours. */
const MOST_PAGES = 2 ** 16;
/** Of these ranks all are looked at. */
const FIRST_RANKS = 2 ** 15;

/** Looks at each unit of several pages that are enough to tell its popularity. */
const ENOUGH_LOOKS = 4;
/** Share of the accesses that units with fewer may have. */
const THIN_SHARE = 0.01;

/** Units of one level. A unit may stand for `count` that are alike: pages with a leaf each, of which one was looked at. */
export interface LevelUnits {
  /** Share of the accesses, of one. */
  weight: number[];
  count: number[];
  set: number[];
}

export interface Popularity {
  l1: LevelUnits;
  l2: LevelUnits & {
    /** Of the leaf. */
    level: number[];
    /** Units of the first level that are parts of it. */
    pieces: number[];
  };
  /** By unit of the first level: the one of the second that it is a part of. */
  parent: number[];
  /** Tables above the leaves that the second level keeps, the deepest level first; units by set. */
  tables: { level: number; count: number; inSets: Float64Array }[];
  /** Different units of the first level from one page to the next, of all steps. */
  changes: number;
  /** Pages looked at, of all. */
  share: number;
}

/** @returns why not, where the units cannot be told */
export function popularityOf(
  core: Core,
  model: FlatCoreModel,
  law: StreamLaw,
): Popularity | 'pages without a leaf' | 'too many units' {
  const sample = sampleOf(law);
  const l2Model = secondLevelData(model);
  const extents = new LeafExtents(core, model);
  const l1Words = joined(new LeafUnits(core, model, model.l1Data.sizes), sample.words);
  const l2Words = joined(new LeafUnits(core, model, l2Model.sizes), sample.words);
  if (l1Words.length !== 2 * sample.words.length) return 'pages without a leaf';
  const l1 = new LevelBuilder(model.l1Data);
  const l2 = new LevelBuilder(l2Model);
  const level: number[] = [];
  const pieces: number[] = [];
  const parent: number[] = [];
  const tables = new TableBuilder(core, model, l2Model);
  let last = -1;
  let changes = 0;
  const thin = new ThinUnits();
  for (let i = 0; i < sample.words.length; i++) {
    const [low, high] = [l2Words[2 * i] as number, (l2Words[2 * i + 1] as number) | 0];
    const extent = extents.of(low, high);
    const weight = sample.weights[i] as number;
    const stands = sample.stands[i] as number;
    const isPage = 2 ** extent.reach === core.geometry.granule;
    const of2 = l2.add(low, high, extent.reach, weight, isPage ? stands : 1);
    const of1 = l1.add(
      l1Words[2 * i] as number,
      (l1Words[2 * i + 1] as number) | 0,
      extent.reach,
      weight,
      isPage ? stands : 1,
    );
    if (of2 === level.length) {
      level.push(extent.level);
      pieces.push(0);
      tables.add(low, high, extent.level);
    }
    if (of1 === parent.length) {
      parent.push(of2);
      pieces[of2] = (pieces[of2] as number) + 1;
    }
    if (!isPage && stands > 1) thin.look(of2, weight);
    if (of1 !== last) changes++;
    last = of1;
  }
  if (thin.areTooMany()) return 'too many units';
  return {
    l1: l1.units,
    l2: { ...l2.units, level, pieces },
    parent,
    tables: tables.built(),
    changes,
    share: sample.words.length / law.pages,
  };
}

interface Sample {
  words: BigUint64Array;
  /** Share of the accesses of the pages that each stands for. */
  weights: Float64Array;
  stands: Float64Array;
}

/** The map does not matter for it, and a stream runs over several. */
const samples = new WeakMap<StreamLaw, Sample>();

function sampleOf(law: StreamLaw): Sample {
  const sample = samples.get(law) ?? newSample(law);
  samples.set(law, sample);
  return sample;
}

/** Of a lap its beginning; of ranks the first, and every n-th of the others. */
function newSample({ name, pages, exponent, va }: StreamLaw): Sample {
  const length = Math.min(pages, MOST_PAGES);
  const halves = new Uint32Array(2 * length);
  const weights = new Float64Array(length);
  const stands = new Float64Array(length).fill(1);
  if (name === 'cyclic') {
    // Its beginning, neighbour by neighbour: a page there stands for as many later ones.
    for (let i = 0; i < length; i++) setWord(halves, i, va(i));
    weights.fill(1 / length);
    stands.fill(pages / length);
    return { words: new BigUint64Array(halves.buffer), weights, stands };
  }
  const all = length === pages ? length : FIRST_RANKS;
  const step = (pages - all) / (length - all);
  let total = 0;
  for (let i = 0; i < length; i++) {
    const from = i < all ? i : Math.floor(all + (i - all) * step);
    const to = i < all ? i + 1 : Math.floor(all + (i + 1 - all) * step);
    const index = Math.floor((from + to - 1) / 2);
    setWord(halves, i, va(index));
    stands[i] = to - from;
    weights[i] = (to - from) * (index + 1) ** -exponent;
    total += weights[i] as number;
  }
  for (let i = 0; i < length; i++) weights[i] = (weights[i] as number) / total;
  return { words: new BigUint64Array(halves.buffer), weights, stands };
}

function setWord(halves: Uint32Array, at: number, va: Address): void {
  halves[2 * at] = va & 0xfffff000;
  halves[2 * at + 1] = Math.floor(va / 2 ** 32);
}

/** Units of several pages, of which some were looked at: few looks make a unit too popular, or none. */
class ThinUnits {
  readonly #looks = new Map<number, { looks: number; weight: number }>();

  look(unit: number, weight: number): void {
    const seen = this.#looks.get(unit);
    if (seen === undefined) {
      this.#looks.set(unit, { looks: 1, weight });
      return;
    }
    seen.looks++;
    seen.weight += weight;
  }

  areTooMany(): boolean {
    let thin = 0;
    for (const { looks, weight } of this.#looks.values()) if (looks < ENOUGH_LOOKS) thin += weight;
    return thin > THIN_SHARE;
  }
}

class LevelBuilder {
  readonly units: LevelUnits = { weight: [], count: [], set: [] };
  readonly #numbers = new UnitNumbers();
  readonly #index: SetIndex;

  constructor(readonly tlb: FlatTlbModel) {
    this.#index = new SetIndex(tlb);
  }

  /** Adds accesses to a unit, given by its word. Returns its number. */
  add(word: number, high: number, reach: number, weight: number, stands: number): number {
    const { weight: weights, count, set } = this.units;
    const number = this.#numbers.of(high * 2 ** 20 + (word >>> 12));
    if (number === weights.length) {
      weights.push(0);
      count.push(stands);
      set.push(this.#index.of(word & ~0xfff, high, pieceShift(this.tlb.sizes, reach)));
    }
    weights[number] = (weights[number] as number) + weight / stands;
    return number;
  }
}

/** Tables that share the second level with the leaves. */
class TableBuilder {
  readonly #levels: { level: number; bytes: number; numbers: UnitNumbers; inSets: Float64Array }[];
  readonly #index: SetIndex;

  constructor(core: Core, { walkCache }: FlatCoreModel, second: FlatTlbModel) {
    const { levelSize, rootLevel } = core.geometry;
    this.#index = new SetIndex(second);
    const levels = walkCache.kind === 'in-l2' ? walkCache.levels : [];
    this.#levels = [2, 1, 0, -1]
      .filter((level) => level >= rootLevel && levels.includes(level))
      .map((level) => ({
        level,
        bytes: levelSize(level),
        numbers: new UnitNumbers(),
        inSets: new Float64Array(second.entries / second.ways),
      }));
  }

  add(low: number, high: number, leafLevel: number): void {
    const va = high * 2 ** 32 + (low >>> 0);
    for (const { level, bytes, numbers, inSets } of this.#levels) {
      if (level >= leafLevel) continue;
      const known = numbers.count;
      if (numbers.of(Math.floor(va / bytes)) < known) continue;
      const set = this.#index.of(low, high, Math.log2(bytes));
      inSets[set] = (inSets[set] as number) + 1;
    }
  }

  built(): Popularity['tables'] {
    return this.#levels.map(({ level, numbers, inSets }) => ({ level, count: numbers.count, inSets }));
  }
}

/** All units of `words` as halves. */
function joined(units: LeafUnits, words: BigUint64Array): Uint32Array {
  const all = new BigUint64Array(words.length);
  let length = 0;
  for (const piece of units.of(words)) {
    all.set(piece, length);
    length += piece.length;
  }
  return new Uint32Array(all.buffer, 0, 2 * length);
}
