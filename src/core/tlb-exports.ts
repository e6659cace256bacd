// What the core exports for the TLB simulation: its calls, and the names of its structures, kinds and counters.
import { constants } from './constants.js';
import type { Core } from './core.js';

/** The calls of assembly/tlb; the rules of this boundary are written in assembly/index.ts. */
interface TlbExports {
  tlbBegin(): void;
  tlbStructure(place: number, entries: number, ways: number, policy: number, sizes: number): void;
  tlbWalkCache(kind: number, levels: number, cycles: number): void;
  tlbReach(mergesContiguous: number, aggregation: number): void;
  tlbLines(l2Cycles: number, systemCycles: number, dramCycles: number): void;
  tlbLineCaches(l2Bytes: number, l2Ways: number, systemBytes: number, systemWays: number): void;
  tlbTiming(l2HitCycles: number, probeCycles: number, cyclesPerAccess: number, walkers: number): void;
  tlbStart(): void;
  resetTlb(): void;
  resetTlbCounters(): void;
  tlbBuffer(): number;
  runTlb(at: number, accesses: number): void;
  tlbCounters(): number;
  tlbStaleEntries(start: number, end: number): number;
  tlbOverlappingEntries(): number;
  tlbConflictingEntries(): number;
}

const TLB = [
  'l1Data',
  'l1Instruction',
  'l2Data',
  'l2Instruction',
  'walkCache',
  'mostWalkers',
  'bufferWords',
  'classes',
  'counterSlots',
] as const;
const COUNTERS = [
  'accesses',
  'l1Misses',
  'l2Misses',
  'walks',
  'merged',
  'linesL2',
  'linesSystem',
  'linesDram',
  'lookupCycles',
  'walkCycles',
  'stallCycles',
  'faults',
] as const;
const POLICIES = ['lru', 'fifo', 'plru'] as const;

const WALK_CACHES = ['none', 'separate', 'inL2'] as const;

export type TlbCounter = (typeof COUNTERS)[number];

export interface TlbSurface {
  readonly raw: TlbExports;
  readonly memory: WebAssembly.Memory;
  /** TLB_ constants: structures and sizes of buffers. */
  readonly tlb: Readonly<Record<(typeof TLB)[number], number>>;
  readonly counters: Readonly<Record<TlbCounter, number>>;
  readonly policies: Readonly<Record<(typeof POLICIES)[number], number>>;
  readonly walkCaches: Readonly<Record<(typeof WALK_CACHES)[number], number>>;
}

/** The TLBs of a core: one set of them, whoever sets them up last. */
export function tlbSurface(core: Core): TlbSurface {
  const exports = core.raw as unknown as WebAssembly.Exports;
  return {
    raw: core.raw as unknown as TlbExports,
    memory: core.raw.memory,
    tlb: constants(exports, 'TLB', TLB),
    counters: constants(exports, 'TLB', COUNTERS),
    policies: constants(exports, 'POLICY', POLICIES),
    walkCaches: constants(exports, 'TLB_WALK_CACHE', WALK_CACHES),
  };
}
