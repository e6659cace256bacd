// The twin's map as runs, in the form in which the core gives its own; for comparing the two.
import type { Run } from '../../../src/core/readout.js';
import { ENTRIES, LAST_LEVEL, levelPages, PAGE_SHIFT, ROOT_LEVEL } from './geometry.js';
import type { TwinMap } from './linear-map.js';

/** Bytes of the arena are below 4 GiB, so a table's PA is in the low half. */
const TABLE_ADDRESS = 0xfffff000;

/** All leaves and tables in address order; leaves with consecutive VA and PA and equal attributes are one run. */
export function twinRuns(map: TwinMap, pageOffset: number): Run[] {
  const runs: Run[] = [];
  readTable(map, map.root, ROOT_LEVEL, 0, pageOffset, runs);
  return runs;
}

function readTable(
  map: TwinMap,
  table: number,
  level: number,
  page: number,
  pageOffset: number,
  runs: Run[],
): void {
  const { words, bits } = map;
  const pages = levelPages(level);
  const first = table >>> 2;
  for (let index = 0; index < ENTRIES; ) {
    const at = first + 2 * index;
    const low = words[at] as number;
    const high = words[at + 1] as number;
    const va = (page + index * pages) * 2 ** PAGE_SHIFT + pageOffset;
    if (level < LAST_LEVEL && (low & bits.typeMask) === bits.typeMask) {
      const attributes = join(low & ~TABLE_ADDRESS, high);
      runs.push({ table: true, level, va, pa: 0, count: 1, attributes });
      readTable(map, low & bits.address.low, level + 1, page + index * pages, pageOffset, runs);
      index++;
    } else if (low !== 0 || high !== 0) {
      const count = leavesAlike(words, at, ENTRIES - index, pages);
      const pa = ((low & bits.address.low) >>> 0) + (high & bits.address.high) * 2 ** 32;
      const attributes = join(low & ~bits.address.low, high & ~bits.address.high);
      runs.push({ table: false, level, va, pa, count, attributes });
      index += count;
    } else {
      index++;
    }
  }
}

/** How many entries from `at` on are leaves whose descriptors rise by `pages` frames each; at most `most`. */
function leavesAlike(words: Uint32Array, at: number, most: number, pages: number): number {
  const step = pages * 2 ** PAGE_SHIFT;
  let low = words[at] as number;
  let high = words[at + 1] as number;
  let count = 1;
  for (; count < most; count++) {
    const next = low + step;
    low = next >>> 0;
    if (next >= 2 ** 32) high++;
    if (words[at + 2 * count] !== low || words[at + 2 * count + 1] !== high) break;
  }
  return count;
}

function join(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
