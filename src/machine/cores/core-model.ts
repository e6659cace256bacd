// What the TLB model needs to know about a core, each value with where it comes from.
import type { Fact } from './fact.js';

export type { Fact, Kind } from './fact.js';

export const CORE_SCHEMA = 'linmap.core/1';

export const POLICIES = ['lru', 'fifo', 'plru'] as const;
export type ReplacementPolicy = (typeof POLICIES)[number];

/** Where the table descriptors that a walk went through are kept: an array of their own, the second-level TLB, nowhere. */
export const WALK_CACHES = ['separate', 'in-l2', 'none'] as const;
export type WalkCacheKind = (typeof WALK_CACHES)[number];

/** Bytes that one entry may hold, ascending; `any`: whatever a leaf or its contiguous group covers. */
export type EntrySizes = readonly number[] | 'any';

/** A TLB. Larger leaves enter as pieces of the largest size that fits. */
export interface TlbModel {
  entries: Fact<number>;
  /** As many as entries: fully associative. */
  ways: Fact<number>;
  policy: Fact<ReplacementPolicy>;
  sizes: Fact<EntrySizes>;
}

export interface WalkCacheModel {
  kind: Fact<WalkCacheKind>;
  /** Of the separate array; 0 for the other kinds. */
  entries: Fact<number>;
  ways: Fact<number>;
  /** Levels, as in the Arm ARM, whose table descriptors are cached. */
  levels: Fact<readonly number[]>;
  /** Cycles of the look-up, paid by every walk. */
  cycles: Fact<number>;
}

/** A cache that descriptor lines of 64 bytes are fetched through. */
export interface LineCacheModel {
  /** All of it: data that competes with page tables for a cache is not modelled. */
  bytes: Fact<number>;
  ways: Fact<number>;
  /** Cycles of the core, from the walker's request to the line. */
  cycles: Fact<number>;
}

export type SecondLevel = { unified: TlbModel } | { data: TlbModel; instruction: TlbModel };

/** A core: one JSON file or preset. Sizes in bytes, times in cycles of the core. */
export interface CoreModel {
  schema: typeof CORE_SCHEMA;
  id: string;
  title: string;
  ghz: Fact<number>;
  l1Data: TlbModel;
  l1Instruction: TlbModel;
  l2: SecondLevel;
  /** Added to an access that misses the first level and hits the second. */
  l2HitCycles: Fact<number>;
  /** Added for each further entry size that the second level is probed for. */
  probeCycles: Fact<number>;
  walkCache: WalkCacheModel;
  /** Walks in flight at once. */
  walkers: Fact<number>;
  /** Cycles between two accesses, for walks in flight. */
  cyclesPerAccess: Fact<number>;
  /** Whether leaves with the contiguous bit share one entry. */
  mergesContiguous: Fact<boolean>;
  /** Adjacent pages that hardware puts into one entry without being told: 1 (off), 2, 4 or 8. */
  aggregation: Fact<number>;
  lines: { l2: LineCacheModel; system: LineCacheModel | null; dramCycles: Fact<number> };
}

/** `T` with every fact replaced by its value. */
type Flat<T> =
  T extends Fact<infer V> ? V : T extends readonly unknown[] | string | number | null ? T : FlatFields<T>;
type FlatFields<T> = { [K in keyof T]: Flat<T[K]> };

export type FlatTlbModel = Flat<TlbModel>;
/** A core as the simulator takes it: plain values. */
export type FlatCoreModel = Flat<CoreModel>;

/** The values of a core without their kinds and sources. */
export function flatten(core: CoreModel): FlatCoreModel {
  return plain(core) as FlatCoreModel;
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('value' in value && 'kind' in value && 'source' in value) return value.value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
