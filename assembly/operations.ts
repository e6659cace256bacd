// Operations: a whole list of calls crosses the boundary at once, through a buffer in this module's memory.
//
//   +0 opcode u32 | +4 flags u32 | +8 start u64 | +16 size u64 | +24 set u64 | +32 clear u64 | +40 result i32
//
// A chained operation runs only if every operation of its chain before it returned 0, as the kernel's loops
// stop at the first error; what was skipped has the result SKIPPED.
import { changeMemory, changeMemorySeriesV3, updateRangeProt } from './change';
import { EINVAL } from './errno';
import { flushAll, flushKernelRange } from './flush';
import { splitLeafMapping, splitRangeToPages } from './split';
import { setKfencePool } from './system';
import { failAllocationsAfter } from './tables';

/** __change_memory_common(start, size, set, clear); update_range_prot() with OPERATION_NO_FLUSH */
export const OPERATION_CHANGE: u32 = 0;
/** The same as series v3 did it: split_linear_mapping(), a change of pages, the flush */
export const OPERATION_CHANGE_SERIES_V3: u32 = 1;
/** flush_tlb_kernel_range(start, start + size) */
export const OPERATION_FLUSH: u32 = 2;
export const OPERATION_FLUSH_ALL: u32 = 3;
/** split_kernel_leaf_mapping(start, start + size) */
export const OPERATION_SPLIT: u32 = 4;
/** range_split_to_ptes(start, start + size) */
export const OPERATION_SPLIT_TO_PAGES: u32 = 5;
/** The next `size` table allocations succeed and all later ones fail; all ones: none fails. */
export const OPERATION_FAIL_ALLOCATIONS: u32 = 6;

/** From now on [start, start + size) is the KFENCE pool. */
export const OPERATION_KFENCE_POOL: u32 = 7;

export const OPERATION_CHAINED: u32 = 1 << 0;
/** The flush of the call is left out: set_direct_map_*_noflush(). */
export const OPERATION_NO_FLUSH: u32 = 1 << 1;

export const OPERATION_BYTES: u32 = 48;
export const OPERATION_CAPACITY: u32 = 1024;
export const OPERATION_SKIPPED: i32 = 1;

const BUFFER: usize = memory.data(48 * 1024);

export function operationsBuffer(): usize {
  return BUFFER;
}

/** Runs the first `n` operations of the buffer in order. `continued` says that the first one may be chained to the last of the list before. */
export function runOperations(n: u32, continued: bool): void {
  if (!continued) chainFailed = false;
  for (let i: u32 = 0; i < n; i++) {
    const at = BUFFER + <usize>i * OPERATION_BYTES;
    const flags = load<u32>(at, 4);
    if (!(flags & OPERATION_CHAINED)) chainFailed = false;
    if (chainFailed) {
      store<i32>(at, OPERATION_SKIPPED, 40);
      continue;
    }
    const ret = load<u32>(at) === OPERATION_CHANGE ? runChange(at, flags) : runOther(at, flags);
    store<i32>(at, ret, 40);
    if (ret !== 0) chainFailed = true;
  }
}

let chainFailed: bool = false;

function runChange(at: usize, flags: u32): i32 {
  const start = load<u64>(at, 8);
  const size = load<u64>(at, 16);
  const set = load<u64>(at, 24);
  const clear = load<u64>(at, 32);
  return flags & OPERATION_NO_FLUSH
    ? updateRangeProt(start, size, set, clear)
    : changeMemory(start, size, set, clear);
}

function runOther(at: usize, flags: u32): i32 {
  const start = load<u64>(at, 8);
  const size = load<u64>(at, 16);
  switch (load<u32>(at)) {
    case OPERATION_CHANGE_SERIES_V3: {
      const flush = !(flags & OPERATION_NO_FLUSH);
      return changeMemorySeriesV3(start, size, load<u64>(at, 24), load<u64>(at, 32), flush);
    }
    case OPERATION_FLUSH:
      flushKernelRange(start, start + size);
      return 0;
    case OPERATION_FLUSH_ALL:
      flushAll();
      return 0;
    case OPERATION_SPLIT:
      return splitLeafMapping(start, start + size);
    case OPERATION_SPLIT_TO_PAGES:
      return splitRangeToPages(start, start + size);
    case OPERATION_FAIL_ALLOCATIONS:
      failAllocationsAfter(<i64>size);
      return 0;
    case OPERATION_KFENCE_POOL:
      setKfencePool(start, start + size);
      return 0;
    default:
      return -EINVAL;
  }
}
