// The exported surface: the only place where the simulated machine is entered from outside. No logic.
//
// Rules of the boundary:
// - An address is an f64 that holds a signed 64-bit integer: a PA is 0 … 2^52, a kernel VA is negative
//   (VA - 2^64, the top 2^52 bytes of the address space), so both are exact.
// - Bit masks are i64. Lists cross in one call, through buffers in this module's memory.
// - Constants are exported globals; the harness finds slots, flags and bits by name (COUNTER_…, SYSTEM_…).
// - Views of the memory must be made anew after any call that may allocate tables, for it may grow.
import { resetLazyMmu } from './barrier';
import { installNonGlobal as installNg, linkSharedRootEntry as linkShared, mapRange as map } from './build';
import { changeMemory as change, permissionClear as clearMask, permissionSet as setMask } from './change';
import { setDescriptorFormat } from './descriptor';
import { contiguousShift, contiguousSize, levelSize, pageOffset, rootLevel, setGeometry } from './geometry';
import { loadTable as loadLink, loadLeaves as loadRun } from './load';
import { runOperations as runList } from './operations';
import { readRuns as readRecords, runsResume as resumeAt } from './readout';
import { leafUnits as nameUnits } from './stream/leaf-units';
import { SYSTEM_LPA2, setKfencePool as setPool, setRealm, setSystemFlags, systemHas } from './system';
import { arenaBytes, failAllocationsAfter as failAfter, resetTables, root, setArenaStart } from './tables';
import {
  conflictingEntries as conflicts,
  overlappingEntries as overlaps,
  staleEntries as stale,
} from './tlb/coherence';
import { setTiming } from './tlb/engine';
import { setWalkers } from './tlb/flights';
import { setReach, tablesChanged } from './tlb/leaf';
import { createLineCaches, setLineTiming } from './tlb/lines';
import { forgetTlb, newTlb, startTlb } from './tlb/simulation';
import { createStructure } from './tlb/structures';
import { setWalkCache } from './tlb/walker';
import { walk as walkTo } from './walk';

export {
  NO_BLOCK_MAPPINGS,
  NO_CONT_MAPPINGS,
  NO_EXEC_MAPPINGS,
} from './build';
export {
  PERMISSION_DECRYPTED,
  PERMISSION_DEFAULT,
  PERMISSION_ENCRYPTED,
  PERMISSION_INVALID,
  PERMISSION_NX,
  PERMISSION_RO,
  PERMISSION_RW,
  PERMISSION_VALID,
  PERMISSION_X,
} from './change';
export {
  COUNTER_BOUNDARIES,
  COUNTER_CALLS,
  COUNTER_DESCRIPTOR_READS,
  COUNTER_DESCRIPTOR_WRITES,
  COUNTER_DSB_ISH,
  COUNTER_DSB_ISHST,
  COUNTER_ISB,
  COUNTER_SPLIT_CONT_PMD,
  COUNTER_SPLIT_CONT_PTE,
  COUNTER_SPLIT_PMD_TO_CONT_PTE,
  COUNTER_SPLIT_PMD_TO_PTE,
  COUNTER_SPLIT_PUD_TO_CONT_PMD,
  COUNTER_SPLIT_PUD_TO_PMD,
  COUNTER_TABLES_P4D,
  COUNTER_TABLES_PMD,
  COUNTER_TABLES_PTE,
  COUNTER_TABLES_PUD,
  COUNTER_TLBI_ALL,
  COUNTER_TLBI_RANGE,
  COUNTER_TLBI_SINGLE,
  countersAddress,
  resetCounters,
} from './counters';
export {
  ACCESS_FLAG,
  ATTR_INDEX,
  CONTIGUOUS,
  PRESENT_INVALID,
  PROT_KERNEL,
  PROT_KERNEL_RO,
  PROT_KERNEL_TAGGED,
  PXN,
  READ_ONLY,
  TABLE_PXN,
  TYPE_MASK,
  USER,
  UXN,
  VALID,
  WRITE,
} from './descriptor';
export {
  LOG_BOUNDARY,
  LOG_CAPACITY,
  LOG_KIND_MASK,
  LOG_SPLIT_PMD_TO_CONT_PTE,
  LOG_SPLIT_PMD_TO_PTE,
  LOG_SPLIT_PUD_TO_CONT_PMD,
  LOG_SPLIT_PUD_TO_PMD,
  logAddress,
  logEvents,
  resetLog,
} from './log';
export {
  OPERATION_BYTES,
  OPERATION_CAPACITY,
  OPERATION_CHAINED,
  OPERATION_CHANGE,
  OPERATION_CHANGE_SERIES_V3,
  OPERATION_FAIL_ALLOCATIONS,
  OPERATION_FLUSH,
  OPERATION_FLUSH_ALL,
  OPERATION_KFENCE_POOL,
  OPERATION_NO_FLUSH,
  OPERATION_SKIPPED,
  OPERATION_SPLIT,
  OPERATION_SPLIT_TO_PAGES,
} from './operation';
export { operationResults, operationsBuffer } from './operations';
export {
  RUN_BYTES,
  RUN_LEAF,
  RUN_TABLE,
  runsBuffer,
  SUMMARY_INVALID_BYTES,
  SUMMARY_LEAVES_PMD,
  SUMMARY_LEAVES_PMD_CONT,
  SUMMARY_LEAVES_PTE,
  SUMMARY_LEAVES_PTE_CONT,
  SUMMARY_LEAVES_PUD,
  SUMMARY_READ_ONLY_BYTES,
  SUMMARY_TABLES_P4D,
  SUMMARY_TABLES_PMD,
  SUMMARY_TABLES_PTE,
  SUMMARY_TABLES_PUD,
  summarise,
  summaryAddress,
} from './readout';
export {
  decodeTrace,
  resetTrace,
  TRACE_CHUNK,
  TRACE_CLASS_OUTSIDE,
  TRACE_OK,
  TRACE_PAGE_OUTSIDE,
  TRACE_VARINT_TOO_LONG,
  traceError,
  traceInput,
  traceInstructions,
  traceKept,
  traceOffset,
  traceOutput,
  traceRecords,
} from './stream/decode';
export {
  passStack,
  resetStack,
  resetStackCounts,
  STACK_BUFFER,
  STACK_CLASSES,
  STACK_DEPTH,
  stackBuffer,
  stackFirstTouches,
  stackHistogram,
  stackUnits,
} from './stream/stack-distance';
export {
  SYSTEM_BTI,
  SYSTEM_CAPS_FINAL,
  SYSTEM_HAS_BBML2,
  SYSTEM_LAZY_MMU,
  SYSTEM_LPA2,
  SYSTEM_NON_GLOBAL,
  SYSTEM_PAGE_ALLOCATOR,
  SYSTEM_PAGES_ONLY,
  SYSTEM_REPEAT_TLBI,
  SYSTEM_REQUIRES_BBML2,
  SYSTEM_RODATA_READ_ONLY,
  SYSTEM_SMP,
  SYSTEM_TLBI_RANGE,
  SYSTEM_UNIFORM_TABLES,
} from './system';
export { outOfMemory } from './tables';
export { TLB_MOST_WALKERS } from './tlb/flights';
export { POLICY_FIFO, POLICY_LRU, POLICY_PLRU } from './tlb/replacement';
export { resetTlb, runTlb, TLB_BUFFER_WORDS, tlbBuffer } from './tlb/simulation';
export {
  TLB_L1_DATA,
  TLB_L1_INSTRUCTION,
  TLB_L2_DATA,
  TLB_L2_INSTRUCTION,
  TLB_WALK_CACHE,
} from './tlb/structures';
export {
  resetTlbCounters,
  TLB_ACCESSES,
  TLB_CLASSES,
  TLB_COUNTER_SLOTS,
  TLB_FAULTS,
  TLB_L1_MISSES,
  TLB_L2_MISSES,
  TLB_LINES_DRAM,
  TLB_LINES_L2,
  TLB_LINES_SYSTEM,
  TLB_LOOKUP_CYCLES,
  TLB_MERGED,
  TLB_STALL_CYCLES,
  TLB_WALK_CYCLES,
  TLB_WALKS,
  tlbCounters,
} from './tlb/tlb-counters';
export { TLB_WALK_CACHE_IN_L2, TLB_WALK_CACHE_NONE, TLB_WALK_CACHE_SEPARATE } from './tlb/walker';
export { walkBatch, walkBuffer, walkEach } from './translate';
export { WALK_NONE, walkResult } from './walk';

setArenaStart(__heap_base);

/** Starts an empty machine: `granuleShift` 12, 14 or 16; VA bits in use; PAGE_END; SYSTEM_ flags; realm IPA bits or 0. */
export function reset(granuleShift: u32, vaBits: u32, linearEnd: f64, flags: u32, realmIpaBits: u32): void {
  setGeometry(granuleShift, vaBits, address(linearEnd));
  setSystem(flags, realmIpaBits);
  setPool(0, 0);
  forgetTlb();
  resetLazyMmu();
  resetTables();
  tablesChanged();
}

export function setSystem(flags: u32, realmIpaBits: u32): void {
  setSystemFlags(flags);
  setRealm(realmIpaBits);
  setDescriptorFormat(systemHas(SYSTEM_LPA2));
}

export function setKfencePool(start: f64, end: f64): void {
  setPool(address(start), address(end));
}

export function mapRange(pa: f64, va: f64, size: f64, prot: u32, flags: u32): i32 {
  const ret = map(address(pa), address(va), address(size), prot, flags);
  tablesChanged();
  return ret;
}

export function linkSharedRootEntry(): void {
  linkShared();
  tablesChanged();
}

export function installNonGlobal(): void {
  installNg();
  tablesChanged();
}

export function loadTable(level: i32, va: f64, attributes: u64): i32 {
  const ret = loadLink(level, address(va), attributes);
  tablesChanged();
  return ret;
}

export function loadLeaves(level: i32, va: f64, pa: f64, leaves: f64, attributes: u64): i32 {
  const ret = loadRun(level, address(va), address(pa), address(leaves), attributes);
  tablesChanged();
  return ret;
}

/** __change_memory_common() for one range. */
export function changeMemory(start: f64, size: f64, set: u64, clear: u64): i32 {
  const ret = change(address(start), address(size), set, clear);
  tablesChanged();
  return ret;
}

/** Runs the first `n` operations of the buffer; `continued`: the first may be chained to the last of the list before. */
export function runOperations(n: u32, continued: bool): void {
  runList(n, continued);
  tablesChanged();
}

export function permissionSet(permission: u32): u64 {
  return setMask(permission);
}

export function permissionClear(permission: u32): u64 {
  return clearMask(permission);
}

/** Walks `va`; the result is at walkResult(). Returns the leaf's level, or WALK_NONE. */
export function walk(va: f64): i32 {
  return walkTo(address(va));
}

/** Fills the runs buffer from `from` on; returns the number of records. */
export function readRuns(from: f64): u32 {
  return readRecords(address(from));
}

export function runsResume(): f64 {
  return <f64>(<i64>resumeAt());
}

/** The next `n` table allocations succeed, all later ones fail; negative: none fails. */
export function failAllocationsAfter(n: f64): void {
  failAfter(<i64>n);
}

/** Where this module's memory has the root table; the others follow in the order of their allocation. */
export function tablesAddress(): usize {
  return root;
}

/** Bytes of this module's memory that tables take. */
export function storedBytes(): f64 {
  return <f64>arenaBytes();
}

export function geometryRootLevel(): i32 {
  return rootLevel;
}

export function geometryPageOffset(): f64 {
  return <f64>(<i64>pageOffset);
}

export function geometryLevelSize(level: i32): f64 {
  return <f64>levelSize(level);
}

/** Bytes of a contiguous group; 0 where the level has none. */
export function geometryContiguousSize(level: i32): f64 {
  return contiguousShift(level) === 0 ? 0 : <f64>contiguousSize(level);
}

/** Begins to set up the TLBs of a core. The calls that follow may come in any order; tlbStart() ends them. */
export function tlbBegin(): void {
  newTlb();
}

/** A TLB_ structure with a POLICY_. `sizes`: the sum of the sizes in bytes that an entry may hold; -4096 for any. */
export function tlbStructure(place: u32, entries: u32, ways: u32, policy: u32, sizes: f64): void {
  createStructure(place, entries, ways, policy, address(sizes));
}

/** A TLB_WALK_CACHE_ kind; bit n of `levels` stands for level n - 1. */
export function tlbWalkCache(kind: u32, levels: u32, cycles: f64): void {
  setWalkCache(kind, levels, <u64>cycles);
}

/** Whether contiguous groups share an entry, and how many neighbouring pages do so unasked. */
export function tlbReach(mergesContiguous: bool, aggregation: u32): void {
  setReach(mergesContiguous, aggregation);
}

/** Cycles of a descriptor line, by where it is found. Without tlbLineCaches() every line is found in L2. */
export function tlbLines(l2Cycles: f64, systemCycles: f64, dramCycles: f64): void {
  setLineTiming(<u64>l2Cycles, <u64>systemCycles, <u64>dramCycles);
}

/** `systemBytes` 0: there is no system cache. Follows tlbLines(). */
export function tlbLineCaches(l2Bytes: f64, l2Ways: u32, systemBytes: f64, systemWays: u32): void {
  createLineCaches(<u64>l2Bytes, l2Ways, <u64>systemBytes, systemWays);
}

/** `walkers` 0: every walk completes at once. */
export function tlbTiming(l2HitCycles: f64, probeCycles: f64, cyclesPerAccess: f64, walkers: u32): void {
  setTiming(<u64>l2HitCycles, <u64>probeCycles, <u64>cyclesPerAccess);
  setWalkers(walkers);
}

export function tlbStart(): void {
  startTlb();
}

/** I9: entries that translate any of [start, end) otherwise than the tables do. */
export function tlbStaleEntries(start: f64, end: f64): u32 {
  return stale(address(start), address(end));
}

/** Pairs of entries of different size for one address in one TLB. */
export function tlbOverlappingEntries(): u32 {
  return overlaps();
}

/** I10: pairs of entries for one address that disagree. */
export function tlbConflictingEntries(): u32 {
  return conflicts();
}

/** Words at stackBuffer() as the leaves they are in; `sizes`: the sum of the sizes in bytes of an entry; -4096 for any. */
export function leafUnits(n: u32, sizes: f64): u32 {
  return nameUnits(n, address(sizes));
}

function address(value: f64): u64 {
  return <u64>(<i64>value);
}
