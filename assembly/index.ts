// The exported surface: the only place where the simulated machine is entered from outside. No logic.
//
// Rules of the boundary:
// - An address is an f64 that holds a signed 64-bit integer: a PA is 0 … 2^52, a kernel VA is negative
//   (VA - 2^64, the top 2^52 bytes of the address space), so both are exact.
// - Bit masks are i64. Lists cross in one call, through buffers in this module's memory.
// - Constants are exported globals; the harness finds slots, flags and bits by name (COUNTER_…, SYSTEM_…).
// - Views of the memory must be made anew after any call that may allocate tables, for it may grow.
import { installNonGlobal as installNg, linkSharedRootEntry as linkShared, mapRange as map } from './build';
import { changeMemory as change, permissionClear as clearMask, permissionSet as setMask } from './change';
import { setDescriptorFormat } from './descriptor';
import {
  contiguousShift,
  contiguousSize,
  levelSize,
  pageEnd,
  pageOffset,
  rootLevel,
  setGeometry,
} from './geometry';
import { loadTable as loadLink, loadLeaves as loadRun } from './load';
import { readRuns as readRecords, runsResume as resumeAt } from './readout';
import { SYSTEM_LPA2, setKfencePool as setPool, setRealm, setSystemFlags, systemHas } from './system';
import { arenaBytes, failAllocationsAfter as failAfter, resetTables, setArenaStart } from './tables';
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
  CONTIGUOUS,
  PRESENT_INVALID,
  PROT_KERNEL,
  PROT_KERNEL_RO,
  PROT_KERNEL_TAGGED,
  PXN,
  READ_ONLY,
  TYPE_MASK,
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
  operationsBuffer,
  runOperations,
} from './operations';
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
export { WALK_NONE, walkBatch, walkBuffer, walkResult } from './walk';

setArenaStart(__heap_base);

/** Starts an empty machine: `granuleShift` 12, 14 or 16; VA bits in use; PAGE_END; SYSTEM_ flags; realm IPA bits or 0. */
export function reset(granuleShift: u32, vaBits: u32, linearEnd: f64, flags: u32, realmIpaBits: u32): void {
  setGeometry(granuleShift, vaBits, address(linearEnd));
  setSystem(flags, realmIpaBits);
  setPool(0, 0);
  resetTables();
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
  return map(address(pa), address(va), address(size), prot, flags);
}

export function linkSharedRootEntry(): void {
  linkShared();
}

export function installNonGlobal(): void {
  installNg();
}

export function loadTable(level: i32, va: f64, attributes: u64): i32 {
  return loadLink(level, address(va), attributes);
}

export function loadLeaves(level: i32, va: f64, pa: f64, leaves: f64, attributes: u64): i32 {
  return loadRun(level, address(va), address(pa), address(leaves), attributes);
}

/** __change_memory_common() for one range. */
export function changeMemory(start: f64, size: f64, set: u64, clear: u64): i32 {
  return change(address(start), address(size), set, clear);
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

export function geometryPageEnd(): f64 {
  return <f64>(<i64>pageEnd);
}

export function geometryLevelSize(level: i32): f64 {
  return <f64>levelSize(level);
}

/** Bytes of a contiguous group; 0 where the level has none. */
export function geometryContiguousSize(level: i32): f64 {
  return contiguousShift(level) === 0 ? 0 : <f64>contiguousSize(level);
}

function address(value: f64): u64 {
  return <u64>(<i64>value);
}
