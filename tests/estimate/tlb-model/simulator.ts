/**
 * The TLB simulation once more, slowly: lists that are searched, no index, no cache of answers. It shares no code with
 * src/ and assembly/ but types and names; leaves come from the model of the linear map.
 */
import { ACCESS_CLASSES, type AccessClass } from '../../../src/estimate/access.js';
import type { ClassCounts, TlbOptions } from '../../../src/estimate/tlb-simulator.js';
import type { FlatCoreModel } from '../../../src/machine/cores/core-model.js';
import { type Level, spanOf } from '../../model/geometry.js';
import type { LinearMapModel } from '../../model/linear-map-model.js';
import { type Found, findLeaf } from './leaf.js';
import { ModelLines } from './lines.js';
import { type Content, type Entry, ModelTlb } from './tlb.js';

type Side = 'data' | 'instruction';

interface Flight {
  readonly completion: number;
  readonly va: number;
  readonly side: Side;
  readonly reach: number;
  readonly content: Content | null;
  dropped: boolean;
}

export class ModelSimulator {
  readonly counts: Record<AccessClass, ClassCounts>;
  readonly #first: Record<Side, ModelTlb>;
  readonly #second: Record<Side, ModelTlb>;
  #walkCache: ModelTlb;
  readonly #lines: ModelLines;
  readonly #walkers: number;
  #flights: Flight[] = [];
  #now = 0;

  constructor(
    readonly map: LinearMapModel,
    readonly core: FlatCoreModel,
    { blocking = false, lineCaches = true }: TlbOptions,
  ) {
    const { l1Data, l1Instruction, l2, walkCache } = core;
    this.#first = { data: new ModelTlb(l1Data), instruction: new ModelTlb(l1Instruction) };
    if ('unified' in l2) {
      const unified = new ModelTlb(l2.unified);
      this.#second = { data: unified, instruction: unified };
    } else {
      this.#second = { data: new ModelTlb(l2.data), instruction: new ModelTlb(l2.instruction) };
    }
    this.#walkCache = emptyWalkCache(walkCache);
    this.#lines = new ModelLines(core.lines, lineCaches);
    this.#walkers = blocking ? 0 : core.walkers;
    const none = ACCESS_CLASSES.map((name) => [name, noCounts()]);
    this.counts = Object.fromEntries(none) as Record<AccessClass, ClassCounts>;
  }

  access(va: number, kind: AccessClass): void {
    const counts = this.counts[kind];
    const side: Side = kind === 'instruction' ? 'instruction' : 'data';
    const first = this.#first[side];
    const second = this.#second[side];
    counts.accesses++;
    this.#now += this.core.cyclesPerAccess;
    this.#complete();
    if (first.lookUp(va).entry) return;

    counts.l1Misses++;
    const { entry, probes } = second.lookUp(va);
    counts.lookupCycles += this.core.l2HitCycles + this.core.probeCycles * (probes - 1);
    if (entry) {
      fillPiece(first, va, entry.size, entry.content);
      return;
    }
    counts.l2Misses++;
    const covering = (flight: Flight) =>
      flight.side === side &&
      !flight.dropped &&
      startOf(flight.va, flight.reach) === startOf(va, flight.reach);
    if (this.#walkers > 0 && this.#flights.some(covering)) {
      counts.merged++;
      return;
    }
    if (this.#walkers > 0 && this.#flights.length === this.#walkers) {
      const next = Math.min(...this.#flights.map(({ completion }) => completion));
      counts.stallCycles += next - this.#now;
      this.#now = next;
      this.#complete();
    }
    const found = findLeaf(this.map, va, kind, this.core);
    const cycles = this.#walk(va, found, second, counts);
    if (!found.valid) counts.faults++;
    else if (this.#walkers > 0) {
      const { reach, content } = found;
      this.#flights.push({ completion: this.#now + cycles, va, side, reach, content, dropped: false });
    } else {
      fillPiece(second, va, found.reach, found.content);
      fillPiece(first, va, found.reach, found.content);
    }
  }

  /** TLBI of the last level for [start, end). */
  invalidate(start: number, end: number): void {
    for (const tlb of this.#tlbs()) tlb.invalidate(start, end);
    for (const flight of this.#flights) {
      const from = startOf(flight.va, flight.reach);
      if (from < end && from + flight.reach > start) flight.dropped = true;
    }
  }

  /** TLBI of everything: as if made anew, but for flights, whose walkers stay busy. */
  invalidateAll(): void {
    const { l1Data, l1Instruction, l2 } = this.core;
    this.#first.data = new ModelTlb(l1Data);
    this.#first.instruction = new ModelTlb(l1Instruction);
    const data = new ModelTlb('unified' in l2 ? l2.unified : l2.data);
    this.#second.data = data;
    this.#second.instruction = 'unified' in l2 ? data : new ModelTlb(l2.instruction);
    this.#walkCache = emptyWalkCache(this.core.walkCache);
    for (const flight of this.#flights) flight.dropped = true;
  }

  /** Entries of the linear map that reach into [start, end) and disagree with the tables there. */
  staleEntries(start: number, end: number): number {
    const { granule } = this.map.geometry;
    const isStale = ({ start: from, size, content }: Entry): boolean => {
      for (let va = Math.max(from, start); va < Math.min(from + size, end); va += granule) {
        const found = findLeaf(this.map, va, 'linearMap', this.core);
        if (!found.valid || !found.content || !content || !agree(found.content, content)) return true;
      }
      return false;
    };
    return this.#tlbs().reduce((sum, tlb) => sum + linearLeaves(tlb).filter(isStale).length, 0);
  }

  overlappingEntries(): number {
    return this.#tlbs().reduce((sum, tlb) => sum + pairs(linearLeaves(tlb)).filter(overlap).length, 0);
  }

  conflictingEntries(): number {
    const entries = this.#tlbs().flatMap(linearLeaves);
    return pairs(entries).filter(
      ([a, b]) => overlap([a, b]) && !(a.content && b.content && agree(a.content, b.content)),
    ).length;
  }

  #tlbs(): ModelTlb[] {
    const { data, instruction } = this.#second;
    return [this.#first.data, this.#first.instruction, ...new Set([data, instruction])];
  }

  #complete(): void {
    for (;;) {
      const due = this.#flights.filter(({ completion }) => completion <= this.#now);
      const next = Math.min(...due.map(({ completion }) => completion));
      const flight = due.find(({ completion }) => completion === next);
      if (!flight) return;
      this.#flights = this.#flights.filter((other) => other !== flight);
      if (flight.dropped) continue;
      fillPiece(this.#second[flight.side], flight.va, flight.reach, flight.content);
      fillPiece(this.#first[flight.side], flight.va, flight.reach, flight.content);
    }
  }

  #walk(va: number, { level: last }: Found, second: ModelTlb, counts: ClassCounts): number {
    const { geometry } = this.map;
    const { kind, levels, cycles: lookup } = this.core.walkCache;
    const cache = kind === 'in-l2' ? second : this.#walkCache;
    const spanAt = (level: number) => spanOf(geometry, level as Level);
    const kept = (level: number) => kind !== 'none' && levels.includes(level);
    let level: number = geometry.rootLevel;
    for (let above = last - 1; above >= geometry.rootLevel; above--) {
      if (kept(above) && cache.use('table', va, spanAt(above))) {
        level = above + 1;
        break;
      }
    }
    let cycles = kind === 'none' ? 0 : lookup;
    for (; level <= last; level++) {
      const source = this.#lines.fetch(va, level, spanAt(level));
      counts.linesFetched[source]++;
      cycles += this.#lines.cyclesOf(source);
      if (level < last && kept(level)) cache.fill('table', va, spanAt(level), null);
    }
    counts.walks++;
    counts.walkCycles += cycles;
    return cycles;
  }
}

/** Of its own, or one that nobody asks. */
function emptyWalkCache({ entries, ways }: FlatCoreModel['walkCache']): ModelTlb {
  return new ModelTlb({
    entries: Math.max(1, entries),
    ways: Math.max(1, ways),
    policy: 'lru',
    sizes: 'any',
  });
}

function fillPiece(tlb: ModelTlb, va: number, reach: number, content: Content | null): void {
  const size = tlb.piece(reach);
  if (size !== null) tlb.fill('leaf', va, size, content);
}

function startOf(va: number, size: number): number {
  return Math.floor(va / size) * size;
}

function linearLeaves(tlb: ModelTlb): Entry[] {
  return tlb.entries().filter(({ kind, content }) => kind === 'leaf' && content !== null);
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]));
}

function overlap([a, b]: readonly [Entry, Entry]): boolean {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

function agree(a: Content, b: Content): boolean {
  return a.offset === b.offset && a.attributes === b.attributes;
}

function noCounts(): ClassCounts {
  return {
    accesses: 0,
    l1Misses: 0,
    l2Misses: 0,
    walks: 0,
    merged: 0,
    linesFetched: { l2: 0, system: 0, dram: 0 },
    lookupCycles: 0,
    walkCycles: 0,
    stallCycles: 0,
    faults: 0,
  };
}
