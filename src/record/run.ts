// One run of the main job as data: everything that is printed or drawn, so that a report never runs the simulator.
// Counters are exact; times are measured and carry their interval. Written to results/latest/run.json.
import type { Counters } from '../core/counters.js';
import type { PublishedCheck } from '../estimate/published/published-check.js';
import type { TlbRecord } from '../estimate/tlb-record.js';
import type { MapState } from '../map/map-state.js';
import type { ExactRecord } from './exact-record.js';
import type { GateRecord } from './gate/gate-record.js';
import type { LaterCostRecord } from './later-cost.js';
import type { MapFramesRecord } from './map-frames.js';
import type { NativeRecord } from './native.js';
import type { ScalingRecord } from './scaling.js';

export type { PublishedCheck } from '../estimate/published/published-check.js';
export type { TlbConfigurationRecord, TlbRecord } from '../estimate/tlb-record.js';
export type { MapState } from '../map/map-state.js';
export type { ExactDifference } from './exact-differences.js';
export type { ExactRecord } from './exact-record.js';
export type { GateBenchmark, GateRecord } from './gate/gate-record.js';
export type { LaterCost, LaterCostRecord } from './later-cost.js';
export type { MapFrame, MapFramesRecord } from './map-frames.js';
export type { NativePathRecord, NativeRecord, ReplaySpeedRecord } from './native.js';

export const RUN_SCHEMA = 'linmap.run/1';

export interface Run {
  schema: typeof RUN_SCHEMA;
  /** linmap's own version. */
  version: string;
  /** ISO 8601, UTC. */
  time: string;
  commit: { hash: string; dirty: boolean } | null;
  environment: Environment;
  /** `seed` of generated access streams; older records do not have it. */
  options: { quick: boolean; filter: string | null; seed?: number };
  warnings: string[];
  replays: ReplayRecord[];
  traceStrategies: TraceStrategyRecord[];
  comparisons: ComparisonRecord[];
  tableMemory: TableMemoryRecord[];
  /** Older records do not have it. */
  flushes?: FlushRecord[];
  tlb: TlbRecord[];
  /** The same over shortened streams, as a quick run has them in `tlb`: only in whole runs, for the exact gate. */
  shortTlb?: TlbRecord[];
  times: TimeRecord[];
  /** What the maps that comparisons left cost afterwards. Older records do not have it. */
  laterCosts?: LaterCostRecord[];
  published: PublishedCheck[];
  hotPath: HotPathRecord[];
  /** The hot path beside C; only where the run was asked for it. */
  native?: NativeRecord;
  /** Growth with the size of the machine. Older records do not have it. */
  scaling?: ScalingRecord;
  estimateSpeed: EstimateSpeedRecord[];
  /** The map of one captured scenario over its trace, for its picture; only where the scenario was replayed. */
  mapFrames?: MapFramesRecord;
  /** What the exact results were held against. Older records do not have it. */
  exact?: ExactRecord;
  /** What the gate on times said; only where the run was asked to check. */
  gate?: GateRecord;
  /** Wall-clock milliseconds of the whole run and of its parts. */
  elapsedMs: { total: number; parts: Record<string, number> };
}

/** What a time depends on. `fingerprint` names it; times of different fingerprints are not comparable. */
export interface Environment {
  fingerprint: string;
  cpu: string;
  cores: number;
  architecture: string;
  platform: string;
  node: string;
  v8: string;
  loadAverage: number;
  wasm: { sha256: string; bytes: number };
}

/** A captured scenario, replayed as the kernel did it. */
export interface ReplayRecord {
  machine: string;
  scenario: string;
  granule: number;
  vaBits: number;
  /** Events in the trace, and calls applied to the map. */
  events: number;
  applied: number;
  /** null where the scenario has no map to compare with. */
  equal: boolean | null;
  differenceCount: number;
  /** What the trace itself shows (splits, tables, boundaries) is what the counters say. */
  agreesWithTrace: boolean;
  counters: Counters;
  before: MapState;
  after: MapState;
  /** mapDigest() of the final map, here and below. */
  digest?: string;
}

/** A captured scenario, as another strategy would have done it. */
export interface TraceStrategyRecord {
  machine: string;
  scenario: string;
  granule: number;
  strategy: string;
  /** Every page ends with the permissions that the kernel gave it. */
  permissionsEqual: boolean;
  counters: Counters;
  /** The captured map as the strategy's kernel would have had it: in pages, or without contiguous groups. */
  before: MapState;
  after: MapState;
  digest?: string;
}

/** One strategy doing one workload on one built machine. */
export interface ComparisonRecord {
  granule: number;
  vaBits: number;
  memoryBytes: number;
  /** See bench/configurations.ts: `pages`, `blocks`, `on`, `off`. */
  configuration: string;
  workload: string;
  strategy: string;
  /** 0, or the negative errno that ended the workload. */
  result: number;
  counters: Counters;
  before: MapState;
  after: MapState;
  digest?: string;
}

/** Memory of the linear map's page tables, root not counted, right after boot. */
export interface TableMemoryRecord {
  granule: number;
  vaBits: number;
  memoryBytes: number;
  configuration: string;
  tableBytes: number;
  digest?: string;
}

/** flush_tlb_kernel_range() at the sizes where it decides otherwise, on one kind of CPU. */
export interface FlushRecord {
  granule: number;
  vaBits: number;
  /** `single`: without range operations; `range`; `range-lpa2`; `range-repeat`: with the repeat-TLBI workaround. */
  cpu: string;
  /** From a page of the linear map, counted from its start. */
  flushes: ({ firstPage: number; pages: number } & Pick<Counters, 'tlbi' | 'dsbIshst' | 'dsbIsh' | 'isb'>)[];
}

/** Estimated time of one comparison record: always an interval, with the assumptions that make most of its width. */
export interface TimeRecord {
  granule: number;
  configuration: string;
  workload: string;
  strategy: string;
  platform: string;
  /** Nanoseconds. */
  low: number;
  typical: number;
  high: number;
  dominating: string[];
}

/** How fast estimates are made: operations a second on one thread, the middle sample. Measured. */
export interface EstimateSpeedRecord {
  title: string;
  operation: 'access' | 'byte';
  perSecond: number;
}

export type HotPath = 'walk' | 'split' | 'change' | 'build';
export type Implementation = 'wasm' | 'typescript';

/** A measured time: median of samples with a 95 % confidence interval of the median, in nanoseconds per operation. */
export interface HotPathRecord {
  path: HotPath;
  /** What was timed, in words: `random walks over 256 GiB of pages`. */
  title: string;
  /** What one operation is: `walk`, `split`, `page`, `descriptor`. */
  operation: string;
  implementation: Implementation;
  nsPerOperation: { median: number; low: number; high: number; samples: number };
}
