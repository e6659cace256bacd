// What the addresses in a dump say of the configuration it is of.
import { type Granule, pageOffsetOf, vaBitsOf } from '../../machine/va-layout.js';
import { levelSize, rootLevelOf } from '../../map/linear-map.js';
import type { Ptdump } from '../texts/ptdump.js';

/** Whether the entries of a granule can tile every range of a dump, for some number of VA bits. */
export function dumpFitsGranule(dump: Ptdump, granule: Granule): boolean {
  const vaBits = vaBitsOfDump(dump, granule);
  return vaBits !== null && tiles(dump, granule, rootLevelOf(granule, vaBits));
}

/**
 * The VA bits in use, by where the linear map starts; null where no configuration of the granule starts there.
 * Kernels before 6.9 walk from the PAGE_OFFSET they were built for even where the CPU has fewer bits: then nothing is
 * mapped below the one that is in use.
 */
export function vaBitsOfDump(dump: Ptdump, granule: Granule): number | null {
  const rows = vaBitsOf(granule);
  const start = dump.linearStart ?? dump.ranges[0]?.start ?? 0;
  const mapped = dump.ranges.find(({ leaf }) => leaf !== null)?.start ?? 0;
  // Without entries for what is empty, the first line is the first memory, within the first half of the range.
  const exact = rows.find((row) => pageOffsetOf(row) === start);
  const built = exact ?? rows.find((row) => start > pageOffsetOf(row) && start < pageOffsetOf(row) / 2);
  if (built === undefined || start >= 0) return null;
  // Only the 64K granule had 52 bits then.
  return granule === 65536 && built === 52 && mapped >= pageOffsetOf(48) ? 48 : built;
}

function tiles({ ranges, linearEnd }: Ptdump, granule: Granule, rootLevel: number): boolean {
  return ranges.every(({ start, end, level, leaf }) => {
    const entry = level === 'PGD' ? rootLevel : { P4D: 0, PUD: 1, PMD: 2, PTE: 3 }[level];
    if (entry < rootLevel) return false;
    // The root prints as PGD, but for kernels built with more levels that folded some when they saw the CPU.
    const named = level === 'PUD' || level === 'P4D';
    if (named && entry === rootLevel && rootLevelOf(granule, 52) === rootLevel) return false;
    const size = levelSize(granule, entry);
    // The last line of kernels that walk to ~0UL, and what markers cut in two, end where no entry does.
    const open = leaf === null && (end === 0 || end === linearEnd);
    return start % size === 0 && (open || end % size === 0);
  });
}
