// The TLBs of one core over the simulated linear map: set up from a core model, fed with accesses, read out.
import type { Core } from '../core/core.js';
import { type TlbCounter, type TlbSurface, tlbSurface } from '../core/tlb-exports.js';
import type { FlatCoreModel, FlatTlbModel, WalkCacheKind } from '../machine/cores/core-model.js';

/** Events and cycles of one class of access. All are exact. */
export interface ClassCounts {
  accesses: number;
  l1Misses: number;
  l2Misses: number;
  /** Walks begun, those that fault included. */
  walks: number;
  /** Second-level misses to a leaf whose walk was in flight. */
  merged: number;
  /** Lines of eight descriptors, by where they were found. */
  linesFetched: { l2: number; system: number; dram: number };
  /** Cycles of second-level look-ups, hits and misses. */
  lookupCycles: number;
  walkCycles: number;
  /** Cycles that accesses waited for a walker. */
  stallCycles: number;
  /** Accesses that found no valid leaf. */
  faults: number;
}

/** What all accesses since the start or the last reset() came to. */
export interface TlbResult extends ClassCounts {
  instructions: number;
  /** By class as access words number them: linear map, other kernel data, user data, instruction fetch. */
  byClass: ClassCounts[];
}

export interface TlbOptions {
  /** Every walk completes at once: no walks in flight, nothing merged, no stalls. Default false. */
  blocking?: boolean;
  /** Descriptor lines go through caches. Default true; without, every line is found in L2. */
  lineCaches?: boolean;
}

/** Ways of one set: a look-up compares all of them. */
const MOST_WAYS = 4096;
/** Lines that a cache may have: their tags take eight bytes each of the core's 4 GiB. */
const MOST_LINES = 2 ** 26;
const LINE_BYTES = 64;
/** What the core takes for any size. */
const ANY_SIZE = -4096;

export class TlbSimulator {
  readonly #core: Core;
  readonly #surface: TlbSurface;
  #instructions = 0;

  /**
   * Takes over the TLBs of `core`, which translates by its tables as they are at each access; permission changes and
   * splits on it invalidate what the kernel would have invalidated. core.reset() ends the simulation.
   * @throws RangeError where the model has more ways, walkers or lines than can be simulated, or memory ends
   */
  constructor(core: Core, model: FlatCoreModel, options: TlbOptions = {}) {
    this.#core = core;
    this.#surface = tlbSurface(core);
    requireSimulable(model, this.#surface.tlb.mostWalkers);
    try {
      setUp(this.#surface, model, options);
    } catch (error) {
      if (!core.raw.outOfMemory.value) throw error;
      throw new RangeError('the tables and caches of this simulation need more than 4 GiB');
    }
  }

  /**
   * Simulates accesses in order. `instructions`: executed meanwhile, for rates.
   * @throws Error where the core has been reset since the simulator was made
   */
  run(words: BigUint64Array, instructions = 0): void {
    const { raw, memory, tlb } = this.#surface;
    const at = this.#buffer();
    for (let from = 0; from < words.length; from += tlb.bufferWords) {
      const piece = words.subarray(from, from + tlb.bufferWords);
      new BigUint64Array(memory.buffer, at, piece.length).set(piece);
      raw.runTlb(at, piece.length);
    }
    this.#instructions += instructions;
  }

  result(): TlbResult {
    const { tlb } = this.#surface;
    const byClass = Array.from({ length: tlb.classes }, (_, kind) => this.#read([kind]));
    const total = this.#read(byClass.keys());
    return { ...total, instructions: this.#instructions, byClass };
  }

  /** Empties TLBs and caches and counts from 0. The map stays. */
  reset(): void {
    this.#buffer();
    this.#surface.raw.resetTlb();
    this.#instructions = 0;
  }

  /** Counts from 0 with everything as it is: what came before was a warm-up. */
  resetCounts(): void {
    this.#buffer();
    this.#surface.raw.resetTlbCounters();
    this.#instructions = 0;
  }

  /**
   * Entries that translate any of [start, end) of the linear map otherwise than the tables do: none after a flush of
   * that range (invariant I9).
   */
  staleEntries(start = this.#core.geometry.pageOffset, end = this.#core.geometry.pageEnd): number {
    return this.#surface.raw.tlbStaleEntries(start, end);
  }

  /** Pairs of entries of different size for one address in one TLB: live changes of leaf size, which need BBML2. */
  overlappingEntries(): number {
    return this.#surface.raw.tlbOverlappingEntries();
  }

  /** Pairs of entries for one address that disagree on output address or attributes: none but for pending flushes (I10). */
  conflictingEntries(): number {
    return this.#surface.raw.tlbConflictingEntries();
  }

  #buffer(): number {
    const at = this.#surface.raw.tlbBuffer();
    if (at === 0) throw new Error('the core was reset: its TLBs are gone, make a new simulator');
    return at;
  }

  #read(classes: Iterable<number>): ClassCounts {
    const { raw, memory, tlb, counters } = this.#surface;
    const slots = new BigUint64Array(memory.buffer, raw.tlbCounters(), tlb.classes * tlb.counterSlots);
    const kinds = [...classes];
    const sum = (name: TlbCounter) =>
      kinds.reduce((total, kind) => total + Number(slots[kind * tlb.counterSlots + counters[name]]), 0);
    return {
      accesses: sum('accesses'),
      l1Misses: sum('l1Misses'),
      l2Misses: sum('l2Misses'),
      walks: sum('walks'),
      merged: sum('merged'),
      linesFetched: { l2: sum('linesL2'), system: sum('linesSystem'), dram: sum('linesDram') },
      lookupCycles: sum('lookupCycles'),
      walkCycles: sum('walkCycles'),
      stallCycles: sum('stallCycles'),
      faults: sum('faults'),
    };
  }
}

function setUp(
  surface: TlbSurface,
  model: FlatCoreModel,
  { blocking = false, lineCaches = true }: TlbOptions,
): void {
  const { raw, tlb, policies, walkCaches } = surface;
  const { l2, walkCache, lines } = model;
  const make = (place: number, { entries, ways, policy, sizes }: FlatTlbModel) =>
    raw.tlbStructure(place, entries, ways, policies[policy], sizes === 'any' ? ANY_SIZE : sum(sizes));

  raw.tlbBegin();
  make(tlb.l1Data, model.l1Data);
  make(tlb.l1Instruction, model.l1Instruction);
  if ('unified' in l2) {
    make(tlb.l2Data, l2.unified);
  } else {
    make(tlb.l2Data, l2.data);
    make(tlb.l2Instruction, l2.instruction);
  }
  const { entries, ways, levels, cycles } = walkCache;
  const kinds: Record<WalkCacheKind, number> = {
    none: walkCaches.none,
    separate: walkCaches.separate,
    'in-l2': walkCaches.inL2,
  };
  if (walkCache.kind === 'separate') {
    // It holds no leaves, so sizes do not matter.
    raw.tlbStructure(tlb.walkCache, entries, ways, policies.lru, 0);
  }
  raw.tlbWalkCache(kinds[walkCache.kind], sum(new Set(levels.map((level) => 2 ** (level + 1)))), cycles);
  raw.tlbReach(model.mergesContiguous ? 1 : 0, model.aggregation);
  raw.tlbLines(lines.l2.cycles, lines.system?.cycles ?? 0, lines.dramCycles);
  if (lineCaches) {
    raw.tlbLineCaches(lines.l2.bytes, lines.l2.ways, lines.system?.bytes ?? 0, lines.system?.ways ?? 1);
  }
  raw.tlbTiming(model.l2HitCycles, model.probeCycles, model.cyclesPerAccess, blocking ? 0 : model.walkers);
  raw.tlbStart();
}

function requireSimulable(
  { l1Data, l1Instruction, l2, walkCache, walkers, lines }: FlatCoreModel,
  mostWalkers: number,
): void {
  const seconds = 'unified' in l2 ? [l2.unified] : [l2.data, l2.instruction];
  for (const { ways } of [l1Data, l1Instruction, ...seconds, walkCache]) {
    if (ways > MOST_WAYS) throw new RangeError(`expected at most ${MOST_WAYS} ways, found ${ways}`);
  }
  if (walkers > mostWalkers) {
    throw new RangeError(`expected at most ${mostWalkers} walkers, found ${walkers}`);
  }
  for (const cache of [lines.l2, lines.system]) {
    const most = MOST_LINES * LINE_BYTES;
    if (cache && cache.bytes > most)
      throw new RangeError(`expected a cache of at most ${most} bytes, found ${cache.bytes}`);
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
