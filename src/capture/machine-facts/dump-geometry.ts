// What the addresses in a dump say of the configuration it is of.
import { type Address, formatAddress } from '../../io/address.js';
import { InputError } from '../../io/input-error.js';
import { formatGranule, GRANULES, type Granule, pageOffsetOf, vaBitsOf } from '../../machine/va-layout.js';
import { levelSize, rootLevelOf } from '../../map/linear-map.js';
import type { Ptdump, PtdumpRange } from '../texts/ptdump.js';
import { linearEndOf } from './mapped-memory.js';
import { levelNamed } from './ptdump-level.js';

/** Whether the entries of a granule can tile every range of a dump, for some number of VA bits. */
export function dumpFitsGranule(dump: Ptdump, granule: Granule): boolean {
  const vaBits = vaBitsOfDump(dump, granule);
  return vaBits !== null && dump.ranges.every((range) => tiles(dump, range, granule, vaBits));
}

/** The granules that a dump may be of, the largest last. Whatever 64K pages tile, smaller ones do. */
export function granulesOfDump(dump: Ptdump): Granule[] {
  const fitting = GRANULES.filter((granule) => dumpFitsGranule(dump, granule));
  const usual = fitting.filter((granule) => !needsEmptyTable(dump, granule));
  return usual.length > 0 ? usual : fitting;
}

/**
 * A granule that is said to be a dump's can be.
 * @throws InputError naming the first line of the linear map that it cannot have
 */
export function requireGranule(dump: Ptdump, granule: Granule): void {
  const vaBits = vaBitsOfDump(dump, granule);
  const [first] = dump.ranges;
  const pages = `${formatGranule(granule)} pages`;
  if (vaBits === null) {
    const starts = vaBitsOf(granule).map((bits) => formatAddress(pageOffsetOf(bits)));
    const found = formatAddress(startOf(dump));
    throw new InputError(
      dump.file,
      first?.line ?? null,
      `expected a linear map of ${pages}, from ${starts.join(', ')}, found one from ${found}`,
    );
  }
  const end = linearEndOf(dump, granule, vaBits);
  const wrong = dump.ranges.find((range) => range.start < end && !tiles(dump, range, granule, vaBits));
  if (wrong === undefined) return;
  const found = `${formatAddress(wrong.start)}-${formatAddress(wrong.end)}`;
  throw new InputError(
    dump.file,
    wrong.line,
    `expected a range that ${wrong.level} entries of ${pages} tile, found ${found}`,
  );
}

/** Whether a dump shows where the linear map starts; else the first line is the first memory. */
export function showsStart(dump: Ptdump, granule: Granule): boolean {
  return vaBitsOf(granule).some((row) => pageOffsetOf(row) === startOf(dump));
}

/**
 * The VA bits in use, by where the linear map starts; null where no configuration of the granule starts there.
 * Kernels before 6.9 walk from the PAGE_OFFSET they were built for even where the CPU has fewer bits: then nothing is
 * mapped below the one that is in use.
 */
export function vaBitsOfDump(dump: Ptdump, granule: Granule): number | null {
  const rows = vaBitsOf(granule);
  const start = startOf(dump);
  const mapped = dump.ranges.find(({ leaf }) => leaf !== null)?.start ?? 0;
  // Without entries for what is empty, the first line is the first memory, within the first half of the range.
  const exact = rows.find((row) => pageOffsetOf(row) === start);
  const built = exact ?? rows.find((row) => start > pageOffsetOf(row) && start < pageOffsetOf(row) / 2);
  if (built === undefined || start >= 0) return null;
  // Only the 64K granule had 52 bits then.
  return granule === 65536 && built === 52 && mapped >= pageOffsetOf(48) ? 48 : built;
}

function startOf({ linearStart, ranges }: Ptdump): Address {
  return linearStart ?? ranges[0]?.start ?? 0;
}

function tiles(
  { linearEnd }: Ptdump,
  { start, end, level, leaf }: PtdumpRange,
  granule: Granule,
  vaBits: number,
): boolean {
  const rootLevel = rootLevelOf(granule, vaBits);
  const entry = levelNamed(level, rootLevel);
  if (entry < rootLevel) return false;
  // The root prints as PGD, but for kernels built with more levels that folded some when they saw the CPU.
  const named = level === 'PUD' || level === 'P4D';
  if (named && entry === rootLevel && rootLevelOf(granule, 52) === rootLevel) return false;
  const size = levelSize(granule, entry);
  // The last line of kernels that walk to ~0UL, and what markers cut in two, end where no entry does.
  const open = leaf === null && (end === 0 || end === linearEnd);
  return start % size === 0 && (open || end % size === 0);
}

/** Whether zero entries of the linear map fill a table. Kernels make none with nothing in it there. */
function needsEmptyTable(dump: Ptdump, granule: Granule): boolean {
  const vaBits = vaBitsOfDump(dump, granule);
  if (vaBits === null) return false;
  const rootLevel = rootLevelOf(granule, vaBits);
  const linearEnd = linearEndOf(dump, granule, vaBits);
  return dump.ranges.some(({ start, end, level, leaf }) => {
    const entry = levelNamed(level, rootLevel);
    if (leaf !== null || start >= linearEnd || entry <= rootLevel) return false;
    const table = levelSize(granule, entry - 1);
    return Math.ceil(start / table) * table + table <= Math.min(end, linearEnd);
  });
}
