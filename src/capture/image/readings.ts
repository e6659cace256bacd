// A live machine's tables change under the reader: they are read until two readings in a row agree.

import { formatAddress, parseAddress } from '../../io/address.js';
import { compareMaps, type Difference } from '../../map/compare.js';
import type { Bits } from '../../map/leaf-change.js';
import { leafName } from '../../map/leaf-change.js';
import { type LinearMap, levelSize } from '../../map/linear-map.js';
import { TableFault } from './image-memory.js';

interface Agreement {
  /** The last reading. */
  map: LinearMap;
  /** What changed between the last two readings, in words; empty where they agree. */
  moved: string[];
}

/** Lines of `moved` at most; what else changed is counted. */
const MOST_LINES = 20;

/**
 * Reads until two readings agree, or `most` times.
 * @param read one reading; a TableFault that it throws may be of a table that was just being changed, so it is
 *   thrown on from the last reading only
 */
export function readUntilAgreed(read: () => LinearMap, most: number, bits: Bits): Agreement {
  let previous: LinearMap | null = null;
  for (let reading = 1; ; reading++) {
    let map: LinearMap;
    try {
      map = read();
    } catch (error) {
      if (!(error instanceof TableFault) || reading >= most) throw error;
      previous = null;
      continue;
    }
    if (previous !== null) {
      const moved = describeMoves(previous, map, bits);
      if (moved.length === 0 || reading >= most) return { map, moved };
    } else if (reading >= most) {
      return { map, moved: ['no two readings could be compared: all but the last met tables being changed'] };
    }
    previous = map;
  }
}

/** Differences of two readings, neighbours of one kind in a line. */
function describeMoves(before: LinearMap, after: LinearMap, bits: Bits): string[] {
  const { differenceCount, differences } = compareMaps(before, after, { limit: 50 * MOST_LINES });
  const lines: { text: string; level: number; start: number; end: number; count: number }[] = [];
  for (const difference of differences) {
    const { level } = difference;
    const start = parseAddress(difference.va);
    const end = start + levelSize(before.granule, level);
    const text = `${form(difference, difference.expected, bits)} became ${form(difference, difference.actual, bits)}`;
    const last = lines.findLast((line) => line.level === level);
    if (last && last.end === start && last.text === text) {
      last.end = end;
      last.count++;
    } else {
      lines.push({ text, level, start, end, count: 1 });
    }
  }
  const shown = lines.slice(0, MOST_LINES);
  const told = shown.reduce((sum, { count }) => sum + count, 0);
  const texts = shown.map(({ text, level, start, end, count }) => {
    const many = count === 1 ? 'descriptor' : 'descriptors';
    return `level ${level}, ${formatAddress(start)}-${formatAddress(end)}, ${count} ${many}: ${text}`;
  });
  return told < differenceCount ? [...texts, `${differenceCount - told} more descriptors`] : texts;
}

/** `PMD blocks, read-write (0xe8000000000705)`. */
function form({ level }: Difference, text: string | null, bits: Bits): string {
  if (text === null) return 'nothing';
  const [what, hex = '0x0'] = text.split(' ');
  if (what === 'table') return `a table (${hex})`;
  const attributes = BigInt(hex);
  const name = leafName({ level, va: 0, pa: 0, count: 1, attributes }, bits);
  return `${name}, ${permission(attributes, bits)} (${hex})`;
}

function permission(attributes: bigint, bits: Bits): string {
  if ((attributes & bits.valid) === 0n) return 'invalid';
  return (attributes & bits.readOnly) === 0n ? 'read-write' : 'read-only';
}
