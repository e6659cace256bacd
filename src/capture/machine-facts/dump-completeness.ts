// Whether lines of a dump are missing. What is left of it looks like a dump of a machine with less memory.
import { type Address, formatAddress } from '../../io/address.js';
import { InputError } from '../../io/input-error.js';
import { formatSize } from '../../io/size.js';
import type { Ptdump, PtdumpLevel, PtdumpRange } from '../texts/ptdump.js';

/**
 * The lines of the linear map reach from its first address to its last, where the kernel lists zero entries.
 * @param ranges those of the linear map
 * @throws InputError naming the first or the last of them
 */
export function requireWhole(
  { file, ranges: all }: Ptdump,
  ranges: readonly PtdumpRange[],
  pageOffset: Address,
  pageEnd: Address,
): void {
  const [first] = ranges;
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return;
  // Kernels before 6.9 begin where they were built to, which may be further down.
  if (first.start > pageOffset && all[0] === first) {
    const expected = `a range from ${formatAddress(pageOffset)}, where the linear map begins`;
    throw missing(file, first, expected, `one from ${formatAddress(first.start)}`);
  }
  if (last.end < pageEnd) {
    const expected = `ranges to ${formatAddress(pageEnd)}, where the linear map ends`;
    throw missing(file, last, expected, `the last one to ${formatAddress(last.end)}`);
  }
}

/**
 * Contiguous entries come in whole groups. Those of one group may be on several lines, for their attributes may differ.
 * @param groupSize bytes of a group; 0 where a level has none
 * @throws InputError naming the line at which a group begins or ends in its middle
 */
export function requireGroups(
  { file }: Ptdump,
  ranges: readonly PtdumpRange[],
  groupSize: (level: PtdumpLevel) => number,
): void {
  const isContiguous = (range: PtdumpRange | undefined, { level }: PtdumpRange): boolean =>
    range !== undefined && range.level === level && range.leaf?.contiguous === true;
  for (const [index, range] of ranges.entries()) {
    const size = isContiguous(range, range) ? groupSize(range.level) : 0;
    if (size === 0) continue;
    const [before, after] = [ranges[index - 1], ranges[index + 1]];
    const goesOn = isContiguous(before, range) && before?.end === range.start;
    const isContinued = isContiguous(after, range) && after?.start === range.end;
    if ((goesOn || range.start % size === 0) && (isContinued || range.end % size === 0)) continue;
    const expected = `contiguous groups (CON) that are whole, ${formatSize(size)} each`;
    throw missing(file, range, expected, `${formatAddress(range.start)}-${formatAddress(range.end)}`);
  }
}

function missing(file: string, { line }: PtdumpRange, expected: string, found: string): InputError {
  return new InputError(file, line, `expected ${expected}, found ${found}: a line is missing or was changed`);
}
