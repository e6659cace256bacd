// What several presets have in common, mostly because nothing is known.
import type {
  EntrySizes,
  LineCacheModel,
  ReplacementPolicy,
  TlbModel,
  WalkCacheModel,
} from '../core-model.js';
import { assumed, documented, type Fact } from '../fact.js';

export const KIB = 2 ** 10;
export const MIB = 2 ** 20;
export const GIB = 2 ** 30;

const LRU: Fact<ReplacementPolicy> = assumed(
  'lru',
  'no vendor but Fujitsu says how its TLBs replace entries',
);

/** Every level of a table tree, for walk caches that are said to keep intermediates but not of which levels. */
const TABLE_LEVELS: Fact<readonly number[]> = assumed(
  [-1, 0, 1, 2],
  'table descriptors of every level; which ones are kept is not published',
);

const WALK_CACHE_CYCLES = assumed(2, 'one to three cycles; no figure published');

export const PROBE_CYCLES = assumed(3, 'no figure published');

export const OUT_OF_ORDER_ACCESS = assumed(2, 'one access in three instructions, 1.5 instructions a cycle');
export const IN_ORDER_ACCESS = assumed(4, 'one access in three instructions, 0.75 instructions a cycle');

export const NO_AGGREGATION = assumed(1, 'nothing found that says this core does it and that it is enabled');
export const AGGREGATION_OFF = documented(
  1,
  'firmware sets CPUECTLR_EL1[46] to switch it off, against CVE-2024-5660 (TF-A advisory TFV-12)',
);

export const MERGES_BY_SIZES = assumed(
  true,
  '64K and 32M are sizes of an entry with the 4K granule; no manual promises that a contiguous group takes one',
);

/** A set-associative TLB whose replacement is not known. */
export function setAssociative(entries: Fact<number>, ways: Fact<number>, sizes: Fact<EntrySizes>): TlbModel {
  return { entries, ways, policy: LRU, sizes };
}

/** A fully associative TLB whose replacement is not known. */
export function fullyAssociative(entries: Fact<number>, sizes: Fact<EntrySizes>): TlbModel {
  return { entries, ways: entries, policy: LRU, sizes };
}

/** Walk intermediates are kept among the leaves, and compete with them. */
export function walkCacheInSecondLevel(kind: WalkCacheModel['kind']): WalkCacheModel {
  const none: Fact<number> = { ...kind, value: 0 };
  return { kind, entries: none, ways: none, levels: TABLE_LEVELS, cycles: WALK_CACHE_CYCLES };
}

export function separateWalkCache(
  entries: Fact<number>,
  ways: Fact<number>,
  levels: Fact<readonly number[]> = TABLE_LEVELS,
): WalkCacheModel {
  const kind = { ...entries, value: 'separate' as const };
  return { kind, entries, ways, levels, cycles: WALK_CACHE_CYCLES };
}

export function lineCache(bytes: Fact<number>, ways: number, cycles: Fact<number>): LineCacheModel {
  return { bytes, ways: assumed(ways, 'makes the number of sets a power of two'), cycles };
}

/** A latency in nanoseconds as cycles of a core. */
export function nanoseconds(latency: Fact<number>, ghz: Fact<number>): Fact<number> {
  const value = Math.round(latency.value * ghz.value);
  return { ...latency, value, source: `${latency.source}; ${latency.value} ns at ${ghz.value} GHz` };
}

/** Where no latency of a server's system cache or DRAM was found. */
export const SYSTEM_CACHE_NS = assumed(30, 'the usual system cache of a mesh server');
export const DRAM_NS = assumed(145, 'the middle of 120 to 170 ns, usual for a mesh server');
