// Leaves counted into cells of equal size. Whole cells of one run stay a run: a map of terabytes is a few of them.
import type { LeafCounts } from '../../core/core.js';
import { isReadOnly, isValid, type LeafBits } from '../../map/descriptor-fields.js';
import { type LeafRun, type LinearMap, runEnd } from '../../map/linear-map.js';
import { leafSizeOf, noLeaves } from '../../map/summary.js';

/** `count` cells from number `first` on (VA / cell size) that hold the same bytes each. */
export interface CellRun {
  first: number;
  count: number;
  /** PA - VA of the first byte mapped in the first cell. */
  offset: number;
  bytes: LeafCounts;
  readOnlyBytes: number;
  invalidBytes: number;
}

/** Ascending; cells with nothing mapped are left out. @param map in normal form */
export function cellRuns(map: LinearMap, cellBytes: number, bits: LeafBits): CellRun[] {
  const cells: CellRun[] = [];
  const add = (run: LeafRun, first: number, count: number, bytes: number): void => {
    const last = cells.at(-1);
    const shared = last !== undefined && last.first + last.count - 1 === first;
    // Only a cell that is partly filled can get more, and such a cell is a run of one.
    const cell = shared ? last : emptyCell(run, first, count);
    if (!shared) cells.push(cell);
    cell.bytes[leafSizeOf(run, bits.contiguous)] += bytes;
    if (isReadOnly(run.attributes, bits)) cell.readOnlyBytes += bytes;
    if (!isValid(run.attributes, bits)) cell.invalidBytes += bytes;
  };
  for (const run of map.leaves) {
    const end = runEnd(run, map.granule);
    const firstWhole = Math.ceil(run.va / cellBytes);
    const lastWhole = Math.floor(end / cellBytes);
    if (firstWhole > lastWhole) {
      add(run, lastWhole, 1, end - run.va);
      continue;
    }
    const before = firstWhole * cellBytes - run.va;
    const after = end - lastWhole * cellBytes;
    if (before > 0) add(run, firstWhole - 1, 1, before);
    if (lastWhole > firstWhole) add(run, firstWhole, lastWhole - firstWhole, cellBytes);
    if (after > 0) add(run, lastWhole, 1, after);
  }
  return cells;
}

function emptyCell({ pa, va }: LeafRun, first: number, count: number): CellRun {
  return { first, count, offset: pa - va, bytes: noLeaves(), readOnlyBytes: 0, invalidBytes: 0 };
}
