/** One TLB: sets as plain lists of ways, searched from end to end. */
import type { FlatTlbModel } from '../../../src/machine/cores/core-model.js';

export interface Content {
  readonly offset: number;
  readonly attributes: bigint;
}

export interface Entry {
  /** `table`: a table descriptor, kept for walks; `size` is then what its entry spans. */
  readonly kind: 'leaf' | 'table';
  readonly start: number;
  readonly size: number;
  content: Content | null;
}

interface Way {
  entry: Entry | null;
  /** When it was last used, or filled: what the policy goes by. */
  time: number;
}

interface TlbSet {
  readonly ways: Way[];
  /** Halves of tree-PLRU: by first way and number of ways of a subtree, whether its upper half goes next. */
  readonly upperNext: Map<string, boolean>;
}

export class ModelTlb {
  readonly #sets: TlbSet[];
  #time = 0;

  constructor(readonly model: FlatTlbModel) {
    this.#sets = Array.from({ length: model.entries / model.ways }, () => ({
      ways: Array.from({ length: model.ways }, () => ({ entry: null, time: 0 })),
      upperNext: new Map(),
    }));
  }

  get fullyAssociative(): boolean {
    return this.#sets.length === 1;
  }

  entries(): Entry[] {
    return this.#sets.flatMap(({ ways }) => ways.flatMap(({ entry }) => (entry ? [entry] : [])));
  }

  /** Sizes of the leaves in it, ascending. */
  sizesPresent(): number[] {
    const leaves = this.entries().filter(({ kind }) => kind === 'leaf');
    return [...new Set(leaves.map(({ size }) => size))].sort((a, b) => a - b);
  }

  /** The leaf entry for `va`, the smallest if there are several, and how many sizes were probed for. */
  lookUp(va: number): { entry: Entry | null; probes: number } {
    let probes = 0;
    for (const size of this.sizesPresent()) {
      probes++;
      const entry = this.use('leaf', va, size);
      if (entry) return { entry, probes: this.fullyAssociative ? 1 : probes };
    }
    return { entry: null, probes: this.fullyAssociative ? 1 : Math.max(1, probes) };
  }

  /** Finds the entry of this kind and size and counts it as used. */
  use(kind: Entry['kind'], va: number, size: number): Entry | null {
    const set = this.#setOf(va, size);
    const start = Math.floor(va / size) * size;
    const way = set.ways.findIndex(
      ({ entry }) => entry?.kind === kind && entry.size === size && entry.start === start,
    );
    if (way < 0) return null;
    this.#touch(set, way, 'use');
    return set.ways[way]?.entry ?? null;
  }

  /** Bytes of the piece in which a leaf of `reach` bytes is held; null where it is not. */
  piece(reach: number): number | null {
    const { sizes } = this.model;
    if (sizes === 'any') return reach;
    return Math.max(0, ...sizes.filter((size) => size <= reach)) || null;
  }

  fill(kind: Entry['kind'], va: number, size: number, content: Content | null): void {
    const present = this.use(kind, va, size);
    if (present) {
      present.content = content;
      return;
    }
    const set = this.#setOf(va, size);
    const index = this.#victim(set);
    const way = set.ways[index];
    if (!way) throw new Error('no such way');
    way.entry = { kind, start: Math.floor(va / size) * size, size, content };
    this.#touch(set, index, 'fill');
  }

  /** Leaves that reach into [start, end) go; tables stay. */
  invalidate(start: number, end: number): void {
    for (const { ways } of this.#sets) {
      for (const way of ways) {
        const { entry } = way;
        if (entry?.kind === 'leaf' && entry.start < end && entry.start + entry.size > start) way.entry = null;
      }
    }
  }

  #setOf(va: number, size: number): TlbSet {
    const number = Math.floor(va / size) % this.#sets.length;
    const set = this.#sets[number < 0 ? number + this.#sets.length : number];
    if (!set) throw new Error('no such set');
    return set;
  }

  #victim({ ways, upperNext }: TlbSet): number {
    const empty = ways.findIndex(({ entry }) => entry === null);
    if (empty >= 0) return empty;
    if (this.model.policy !== 'plru') {
      const oldest = Math.min(...ways.map(({ time }) => time));
      return ways.findIndex(({ time }) => time === oldest);
    }
    let first = 0;
    for (let count = ways.length; count > 1; count /= 2) {
      if (upperNext.get(`${first} ${count}`)) first += count / 2;
    }
    return first;
  }

  #touch({ ways, upperNext }: TlbSet, index: number, why: 'use' | 'fill'): void {
    const way = ways[index];
    if (way && (why === 'fill' || this.model.policy === 'lru')) way.time = ++this.#time;
    let first = 0;
    for (let count = ways.length; count > 1; count /= 2) {
      const inUpper = index >= first + count / 2;
      upperNext.set(`${first} ${count}`, !inUpper);
      if (inUpper) first += count / 2;
    }
  }
}
