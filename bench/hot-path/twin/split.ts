// Split in plain TypeScript: the algorithm of assembly/split.ts, without barriers, errors and the event log.
//
//   PUD block → contiguous PMDs → PMD block → contiguous PTEs → page
import { fillLeaves, maskEntries } from './fill.js';
import {
  CONTIGUOUS_ENTRIES,
  ENTRIES,
  ENTRY_WORDS,
  entryOf,
  groupPages,
  hasGroups,
  LAST_LEVEL,
  levelPages,
  ROOT_LEVEL,
} from './geometry.js';
import type { TwinMap } from './linear-map.js';

const GROUP_WORDS = CONTIGUOUS_ENTRIES * ENTRY_WORDS;

/** split_kernel_leaf_mapping(): makes leaf boundaries at `page` and `page + pages`. */
export function splitLeafMapping(map: TwinMap, page: number, pages: number): void {
  if (pages === 1) {
    // The odd one of two consecutive boundaries lies inside a contiguous group; splitting it makes both.
    splitBoundary(map, page & 1 ? page : page + 1);
  } else {
    splitBoundary(map, page);
    splitBoundary(map, page + pages);
  }
}

/** Each step asks the same three things: is the boundary there already, is anything mapped, is it a leaf to split? */
function splitBoundary(map: TwinMap, page: number): void {
  const { words } = map;
  let table = map.root;
  let level = ROOT_LEVEL;

  for (; level < 2; level++) {
    if ((page & (levelPages(level) - 1)) === 0) return;
    const entry = entryOf(table, level, page);
    map.reads++;
    if (!isPresent(map, entry)) return;
    if (!isTable(map, entry)) splitBlock(map, entry, level);
    table = (words[entry] as number) & map.bits.address.low;
  }

  if ((page & (groupPages(2) - 1)) === 0) return;
  const pmd = entryOf(table, 2, page);
  map.reads++;
  if (!isPresent(map, pmd)) return;
  if (!isTable(map, pmd)) {
    if (isContiguous(map, pmd)) splitContiguous(map, pmd);
    if ((page & (levelPages(2) - 1)) === 0) return;
    splitBlock(map, pmd, 2);
  }

  if ((page & (groupPages(3) - 1)) === 0) return;
  const pte = entryOf((words[pmd] as number) & map.bits.address.low, 3, page);
  map.reads++;
  if (isPresent(map, pte) && isContiguous(map, pte)) splitContiguous(map, pte);
}

/** split_pud() and split_pmd(): replaces a block by a table whose entries carry the block's attributes. */
function splitBlock(map: TwinMap, entry: number, level: number): void {
  const { words, bits } = map;
  const below = level + 1;
  const low = words[entry] as number;
  const high = words[entry + 1] as number;
  const frame = ((low & bits.address.low) >>> 12) | ((high & bits.address.high) << 20);
  const type = (below === LAST_LEVEL ? bits.page.low : bits.block.low) & bits.typeMask;
  let childLow = (low & ~bits.address.low & ~bits.typeMask) | type;
  if ((low & bits.valid) === 0) childLow = (childLow & ~bits.valid) | bits.presentInvalid;
  let childHigh = high & ~bits.address.high & ~bits.contiguous;
  if (hasGroups(below)) childHigh |= bits.contiguous;

  const table = map.allocate(false);
  fillLeaves(words, table >>> 2, ENTRIES, frame, levelPages(below), childLow, childHigh);
  const link = (high & bits.pxn) !== 0 ? bits.table : bits.executableTable;
  words[entry] = table | link.low;
  words[entry + 1] = link.high;
  map.stores += ENTRIES + 1;
  map.splits++;
}

/** split_contpmd() and split_contpte(): takes the Contiguous bit from every entry of the group around `entry`. */
function splitContiguous(map: TwinMap, entry: number): void {
  const first = entry & -GROUP_WORDS;
  const masks = { setLow: 0, setHigh: 0, clearLow: 0, clearHigh: map.bits.contiguous };
  maskEntries(map.words, first, CONTIGUOUS_ENTRIES, masks);
  map.reads += CONTIGUOUS_ENTRIES;
  map.stores += CONTIGUOUS_ENTRIES;
  map.splits++;
}

function isPresent({ words, bits }: TwinMap, entry: number): boolean {
  return ((words[entry] as number) & (bits.valid | bits.presentInvalid)) !== 0;
}

function isTable({ words, bits }: TwinMap, entry: number): boolean {
  return ((words[entry] as number) & bits.typeMask) === bits.typeMask;
}

function isContiguous({ words, bits }: TwinMap, entry: number): boolean {
  return ((words[entry + 1] as number) & bits.contiguous) !== 0;
}
