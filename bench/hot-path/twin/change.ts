// Change in plain TypeScript: the algorithm of assembly/change.ts, without barriers and flushes.
import { maskEntries, type TwinMasks } from './fill.js';
import { entryOf, LAST_LEVEL, levelPages, nextBoundary, ROOT_LEVEL } from './geometry.js';
import type { TwinMap } from './linear-map.js';

/**
 * The second half of update_range_prot(): applies the masks to every leaf of [page, page + pages). The boundaries
 * have been split already, where the map has blocks.
 * @throws RangeError at a block that is covered in part.
 */
export function changeRange(map: TwinMap, page: number, pages: number, masks: TwinMasks): void {
  changeTable(map, map.root, ROOT_LEVEL, page, page + pages, masks);
}

/** Empty entries are skipped above the last level, but changed in it: the PTE callback sees every slot. */
function changeTable(
  map: TwinMap,
  table: number,
  level: number,
  page: number,
  end: number,
  masks: TwinMasks,
): void {
  const { words, bits } = map;
  if (level === LAST_LEVEL) {
    map.reads += end - page;
    map.stores += end - page;
    maskEntries(words, entryOf(table, level, page), end - page, masks);
    return;
  }
  const pages = levelPages(level);
  while (page < end) {
    const next = nextBoundary(page, end, pages);
    const entry = entryOf(table, level, page);
    const low = words[entry] as number;
    map.reads++;
    if ((low & bits.typeMask) === bits.typeMask) {
      changeTable(map, low & bits.address.low, level + 1, page, next, masks);
    } else if (low !== 0) {
      if (next - page !== pages) throw new RangeError(`the block of page ${page} is covered in part`);
      maskEntries(words, entry, 1, masks);
      map.stores++;
    }
    page = next;
  }
}
