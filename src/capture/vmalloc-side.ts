// The vmalloc side of a replay. A trace shows ranges of it being changed, but a capture has no tables for it: the
// pages that the trace changes are mapped one by one before the replay, so that those changes cost what they cost.
import type { Core } from '../core/core.js';
import type { Address } from '../io/address.js';
import type { Call } from './calls.js';

/** More than this many pages in one trace are not vmalloc areas of modules and programs. */
const MAX_PAGES = 1 << 20;

/** Maps, by single pages of arbitrary PA, every page outside the linear map that some call changes. */
export function mapVmallocRanges(core: Core, calls: readonly Call[]): void {
  const { granule, pageEnd } = core.geometry;
  const ranges: { start: Address; end: Address }[] = [];
  for (const call of calls) {
    if (call.kind !== 'change' || call.start < pageEnd) continue;
    const start = Math.floor(call.start / granule) * granule;
    const end = Math.ceil((call.start + call.size) / granule) * granule;
    // The kernel's addresses end at 2^64, which is 0 here.
    if (end > start && end <= 0 && end - start <= MAX_PAGES * granule) ranges.push({ start, end });
  }
  ranges.sort((a, b) => a.start - b.start);
  let mappedTo = Number.NEGATIVE_INFINITY;
  for (const { start, end } of ranges) {
    const from = Math.max(start, mappedTo);
    if (from >= end) continue;
    core.mapRange(0, from, end - from, 'kernel', { noBlock: true, noCont: true });
    mappedTo = end;
  }
}
