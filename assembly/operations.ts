// Operations: a whole list of calls crosses the boundary at once, through a buffer in this module's memory.
import { changeMemory, changeMemorySeriesV3, updateRangeProt } from './change';
import { EINVAL } from './errno';
import { flushAll, flushKernelRange } from './flush';
import {
  LONE_CHANGE,
  OPERATION_BYTES,
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
import { runPageChanges } from './page-changes';
import { splitLeafMapping, splitRangeToPages } from './split';
import { setKfencePool } from './system';
import { failAllocationsAfter } from './tables';

const BUFFER: usize = memory.data(40 * 1024, 16);
const RESULTS: usize = memory.data(4 * 1024, 16);

/** Room for as many operations as there may be in one call. */
export function operationsBuffer(): usize {
  return BUFFER;
}

/** What each of them returned (i32). */
export function operationResults(): usize {
  return RESULTS;
}

/** Runs the first `n` operations of the buffer in order. `continued` says that the first one may be chained to the last of the list before. */
export function runOperations(n: u32, continued: bool): void {
  if (!continued) chainFailed = false;
  for (let i: u32 = 0; i < n; ) {
    const at = BUFFER + <usize>i * OPERATION_BYTES;
    const result = RESULTS + ((<usize>i) << 2);
    const changed = load<u64>(at) === LONE_CHANGE ? runPageChanges(at, n - i) : 0;
    if (changed > 0) {
      chainFailed = false;
      memory.fill(result, 0, (<usize>changed) << 2);
      i += changed;
    } else {
      store<i32>(result, runOne(at));
      i++;
    }
  }
}

let chainFailed: bool = false;

function runOne(at: usize): i32 {
  const flags = load<u32>(at, 4);
  if (!(flags & OPERATION_CHAINED)) chainFailed = false;
  if (chainFailed) return OPERATION_SKIPPED;
  const ret = load<u32>(at) === OPERATION_CHANGE ? runChange(at, flags) : runOther(at, flags);
  if (ret !== 0) chainFailed = true;
  return ret;
}

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
