// The vmalloc side of a replay. A trace shows ranges of it being changed, but a capture has no tables for it: the
// pages that the trace changes are mapped one by one before the replay, so that those changes cost what they cost.
import type { Core } from '../core/core.js';
import type { Address } from '../io/address.js';
import type { CallList } from './call-list.js';

/** More than this many pages in one trace are not vmalloc areas of modules and programs. */
const MAX_PAGES = 1 << 20;

/** Maps, by single pages of arbitrary PA, every page outside the linear map that some call changes. */
export function mapVmallocRanges(core: Core, calls: CallList): void {
  const { granule, pageEnd } = core.geometry;
  /** Ends by start: areas come and go, but at the same addresses. */
  const ranges = new Map<Address, Address>();
  for (let index = 0; index < calls.length; index++) {
    if (!calls.isChange(index) || calls.start(index) < pageEnd) continue;
    const start = Math.floor(calls.start(index) / granule) * granule;
    const end = Math.ceil((calls.start(index) + calls.size(index)) / granule) * granule;
    // The kernel's addresses end at 2^64, which is 0 here.
    if (end <= start || end > 0 || end - start > MAX_PAGES * granule) continue;
    ranges.set(start, Math.max(end, ranges.get(start) ?? end));
  }
  let mappedTo = Number.NEGATIVE_INFINITY;
  for (const [start, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const from = Math.max(start, mappedTo);
    if (from >= end) continue;
    core.mapRange(0, from, end - from, 'kernel', { noBlock: true, noCont: true });
    mappedTo = end;
  }
}
