// Page changes: calls in a row that change one page each without a flush, as the kernel makes them page by page in
// set_area_direct_map() and vm_reset_perms(), where nothing is left to split. They need no more than a walk and a store,
// so they run in one loop, and what they do is counted at its end. Everything else is left to change.ts.
import { barriersOfLoneStores } from './barrier';
import {
  COUNTER_BOUNDARIES,
  COUNTER_CALLS,
  COUNTER_DESCRIPTOR_READS,
  COUNTER_DESCRIPTOR_WRITES,
  count,
} from './counters';
import { CONTIGUOUS, isValidKernelLeaf } from './descriptor';
import { DESCRIPTOR_SHIFT, LAST_LEVEL, rootLevel, shape, shapeOf } from './geometry';
import { logging } from './log';
import { LONE_CHANGE, OPERATION_BYTES } from './operation';
import { UnrolledEntry } from './page-entry';
import { splitsOnDemand } from './split';
import { inKfencePool, SYSTEM_HAS_BBML2, systemHas } from './system';
import { root } from './tables';

/**
 * Runs the `n` operations from `at` on up to the first that is no such call, or whose page is not below stored tables.
 * Returns how many; all of them return 0.
 */
export function runPageChanges(at: usize, n: u32): u32 {
  const splits = splitsOnDemand();
  // What a split would log, or refuse, is for split.ts.
  if (splits && (!systemHas(SYSTEM_HAS_BBML2) || logging())) return 0;
  return runShape(at, at + <usize>n * OPERATION_BYTES, splits);
}

/** Counts what changing `changed` pages did, `invalid` of which are no valid leaves now. Returns `changed`. */
function counted(changed: u32, invalid: u32, splits: bool): u32 {
  const calls = <u64>changed;
  const levels = <u64>(LAST_LEVEL + 1 - rootLevel);
  count(COUNTER_CALLS, calls);
  count(COUNTER_DESCRIPTOR_READS, calls * levels);
  count(COUNTER_DESCRIPTOR_WRITES, calls);
  if (splits) {
    // splitLeafMapping() makes one boundary for a page, and walks down to it.
    count(COUNTER_BOUNDARIES, calls);
    count(COUNTER_DESCRIPTOR_READS, calls * levels);
  }
  barriersOfLoneStores(<u64>(changed - invalid));
  return changed;
}

function runShape(at: usize, end: usize, splits: bool): u32 {
  switch (shape) {
    case shapeOf(12, 48):
      return pages4K48(at, end, splits);
    case shapeOf(12, 39):
      return pages4K39(at, end, splits);
    case shapeOf(12, 52):
      return pages4K52(at, end, splits);
    case shapeOf(14, 52):
      return pages16K52(at, end, splits);
    case shapeOf(14, 48):
      return pages16K48(at, end, splits);
    case shapeOf(14, 47):
      return pages16K47(at, end, splits);
    case shapeOf(14, 36):
      return pages16K36(at, end, splits);
    case shapeOf(16, 52):
      return pages64K52(at, end, splits);
    case shapeOf(16, 48):
      return pages64K48(at, end, splits);
    case shapeOf(16, 42):
      return pages64K42(at, end, splits);
    default:
      return 0;
  }
}

// biome-ignore lint/complexity/noStaticOnlyClass: tools read a decorator on a method, but none on a function
class UnrolledChanges {
  @inline
  static run(at: usize, end: usize, splits: bool, granuleShift: u32, vaBits: u32): u32 {
    const granule = (<u64>1) << (<u64>granuleShift);
    const start = at;
    // A global is read into a local before the loop: the stores in it keep the compiler from doing so.
    const table = root;
    // What is rare is counted, for a counter that every call increments does not stay in a register.
    let invalid: u32 = 0;
    for (; at < end; at += OPERATION_BYTES) {
      if (load<u64>(at) !== LONE_CHANGE) break;
      if (load<u64>(at, 16) !== granule) break;
      const va = load<u64>(at, 8);
      if (<u32>va & (<u32>granule - 1)) break;
      const entry = UnrolledEntry.of(table, va, granuleShift, vaBits);
      if (entry === 0) break;
      if (splits) {
        // splitLeafMapping() leaves the pool alone, and looks at the odd one of two pages: see there.
        if (inKfencePool(va)) break;
        if (load<u64>(entry | (1 << DESCRIPTOR_SHIFT)) & CONTIGUOUS) break;
      }
      const desc = (load<u64>(entry) & ~load<u64>(at, 32)) | load<u64>(at, 24);
      store<u64>(entry, desc);
      if (!isValidKernelLeaf(desc)) invalid++;
    }
    return counted(<u32>(at - start) / OPERATION_BYTES, invalid, splits);
  }
}

// Functions of their own, or the compiler makes one of them with variables again.

function pages4K48(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 12, 48);
}

function pages4K39(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 12, 39);
}

function pages4K52(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 12, 52);
}

function pages16K52(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 14, 52);
}

function pages16K48(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 14, 48);
}

function pages16K47(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 14, 47);
}

function pages16K36(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 14, 36);
}

function pages64K52(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 16, 52);
}

function pages64K48(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 16, 48);
}

function pages64K42(at: usize, end: usize, splits: bool): u32 {
  return UnrolledChanges.run(at, end, splits, 16, 42);
}
