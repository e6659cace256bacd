// How far the leaf of a unit reaches, and of which level it is: what units alone do not say.
import type { Core } from '../../core/core.js';
import type { FlatCoreModel } from '../../machine/cores/core-model.js';
import { LeafUnits } from './leaf-units.js';

interface LeafExtent {
  readonly level: number;
  /** log2 of the bytes that one TLB entry of any size may cover. */
  readonly reach: number;
}

const CLASS_BITS = 6;
const HALF = 2 ** 32;

/** The leaves of a core's linear map as it is when this is made, and those assumed elsewhere. */
export class LeafExtents {
  readonly #core: Core;
  readonly #units: LeafUnits;
  /** Ranges of leaves alike, ascending. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #extents: LeafExtent[] = [];
  readonly #elsewhere = new Map<number, LeafExtent>();
  #last = 0;

  constructor(core: Core, model: Pick<FlatCoreModel, 'mergesContiguous' | 'aggregation'>) {
    this.#core = core;
    this.#units = new LeafUnits(core, model);
    const { levelSize, contiguousSize } = core.geometry;
    for (const { table, level, va, count, attributes } of core.runs()) {
      if (table || !(attributes & core.bits.valid)) continue;
      const group = model.mergesContiguous && attributes & core.bits.contiguous ? contiguousSize(level) : 0;
      this.#add(va, va + count * levelSize(level), { level, reach: Math.log2(group || levelSize(level)) });
    }
  }

  #add(start: number, end: number, extent: LeafExtent): void {
    const last = this.#extents.at(-1);
    if (last?.level === extent.level && last.reach === extent.reach && this.#ends.at(-1) === start) {
      this.#ends[this.#ends.length - 1] = end;
      return;
    }
    this.#starts.push(start);
    this.#ends.push(end);
    this.#extents.push(extent);
  }

  /** Of the leaf that serves a word, given in two halves, the upper one signed. There is one. */
  of(low: number, high: number): LeafExtent {
    const va = high * HALF + (low >>> 0);
    const extent = this.#inRange(va, this.#last) ?? this.#search(va);
    return extent ?? this.#assumed(low, high);
  }

  #inRange(va: number, range: number): LeafExtent | undefined {
    const inside = va >= (this.#starts[range] ?? Infinity) && va < (this.#ends[range] ?? -Infinity);
    return inside ? this.#extents[range] : undefined;
  }

  #search(va: number): LeafExtent | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= va) low = middle + 1;
      else high = middle;
    }
    this.#last = Math.max(0, low - 1);
    return this.#inRange(va, this.#last);
  }

  /** Outside the linear map the core assumes leaves: it is asked how large they are, once for each page. */
  #assumed(low: number, high: number): LeafExtent {
    const page = high * 2 ** 20 + (low >>> 12);
    const known = this.#elsewhere.get(page);
    if (known !== undefined) return known;
    const flags = BigInt(low & CLASS_BITS);
    const base = this.#unitOf((BigInt(high) << 32n) | BigInt((low & ~0xfff) >>> 0) | flags);
    let reach = 12n;
    // A unit has the zero bit below its size, and what has that bit set is of the same unit.
    while (!(base & (1n << reach)) && this.#unitOf(base | (1n << reach) | flags) === base) reach++;
    const { levelSize } = this.#core.geometry;
    const extent = { level: 2 ** Number(reach) >= levelSize(2) ? 2 : 3, reach: Number(reach) };
    this.#elsewhere.set(page, extent);
    return extent;
  }

  #unitOf(word: bigint): bigint {
    const [units] = [...this.#units.of(BigUint64Array.of(BigInt.asUintN(64, word)))];
    const unit = units?.[0];
    if (unit === undefined) throw new Error('outside the linear map every access has a leaf');
    return unit & ~0xfffn;
  }
}
