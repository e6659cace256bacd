// TLB invalidation: how flush_tlb_kernel_range() decomposes into TLBI instructions (asm/tlbflush.h).
//
//   dsb ishst   the new descriptors are visible to all walkers before anything is invalidated
//   tlbi …      one or more, broadcast to the inner shareable domain
//   dsb ish     every CPU has completed them
//   isb         and this CPU fetches anew
import { completeTlbi, dsbIshst } from './barrier';
import { COUNTER_TLBI_ALL, COUNTER_TLBI_RANGE, COUNTER_TLBI_SINGLE, count } from './counters';
import { granuleShift, granuleSize, indexBits } from './geometry';
import { SYSTEM_LPA2, SYSTEM_TLBI_RANGE, systemHas } from './system';
import { invalidateAll, invalidateLeaves } from './tlb/invalidate';

/** MAX_TLBI_RANGE_PAGES: num 31 at scale 3. */
const RANGE_LIMIT: u64 = 32 << 16;
const LPA2_BASE_MASK: u64 = 0xffff;

/** flush_tlb_kernel_range(): invalidates last-level entries of [start, end), rounded out to pages. */
export function flushKernelRange(start: u64, end: u64): void {
  const pageMask = <u64>granuleSize - 1;
  const from = start & ~pageMask;
  const to = (end + pageMask) & ~pageMask;
  const pages = (to - from) >> <u64>granuleShift;
  const ranges = systemHas(SYSTEM_TLBI_RANGE);
  const limit: u64 = ranges ? RANGE_LIMIT + 1 : (<u64>1) << (<u64>indexBits);
  if (pages >= limit) {
    flushAll();
    return;
  }
  dsbIshst();
  if (ranges) tlbiRanges(from, pages);
  else count(COUNTER_TLBI_SINGLE, pages);
  invalidateLeaves(from, to);
  completeTlbi();
}

/** flush_tlb_all() */
export function flushAll(): void {
  dsbIshst();
  count(COUNTER_TLBI_ALL);
  invalidateAll();
  completeTlbi();
}

/** TLBI RVAALE1IS operands: a range op covers (num + 1) << (5 * scale + 1) pages, 0 <= num <= 31. */
function tlbiRanges(from: u64, pages: u64): void {
  const lpa2 = systemHas(SYSTEM_LPA2);
  let va = from;
  let left = pages;
  let scale: i32 = 3;
  while (left !== 0) {
    // Under LPA2 the operand holds VA >> 16, so a range must begin on 64K.
    if (left === 1 || (lpa2 && (va & LPA2_BASE_MASK) !== 0)) {
      count(COUNTER_TLBI_SINGLE);
      va += granuleSize;
      left--;
      continue;
    }
    const unit = <u64>(5 * scale + 1);
    const units = left >> unit;
    if (units > 0) {
      count(COUNTER_TLBI_RANGE);
      const covered = units << unit;
      va += covered << (<u64>granuleShift);
      left -= covered;
    }
    scale--;
  }
}
