// Build in plain TypeScript: the algorithm of assembly/build.ts, line by line, without what it knows of other granules.
import { fillLeaves } from './fill.js';
import {
  blocksAt,
  CONTIGUOUS_ENTRIES,
  entryOf,
  groupPages,
  hasGroups,
  LAST_LEVEL,
  levelPages,
  nextBoundary,
  PAGE_SHIFT,
  ROOT_LEVEL,
} from './geometry.js';
import type { TwinMap } from './linear-map.js';

/** Leaves that the mapper may not use; __create_pgd_mapping()'s NO_BLOCK_MAPPINGS and NO_CONT_MAPPINGS. */
export interface LeafLimits {
  readonly noBlock: boolean;
  readonly noCont: boolean;
}

/** Maps `pages` pages from `page` on to the frames from `frame` on, never executable. */
export function mapRange(map: TwinMap, frame: number, page: number, pages: number, limits: LeafLimits): void {
  mapTable(map, map.root, ROOT_LEVEL, page, page + pages, frame, limits);
}

/** Maps [page, end) in a table of `level`, one contiguous group (or one entry, where there are none) at a time. */
function mapTable(
  map: TwinMap,
  table: number,
  level: number,
  page: number,
  end: number,
  frame: number,
  limits: LeafLimits,
): void {
  const { words, bits } = map;
  const group = groupPages(level);
  const attributes = level === LAST_LEVEL ? bits.page : bits.block;
  while (page < end) {
    const next = nextBoundary(page, end, group);
    const wholeGroup = ((page | next | frame) & (group - 1)) === 0;
    const contiguous =
      hasGroups(level) && wholeGroup && !limits.noCont && groupMayBeContiguous(map, table, level, page);
    const high = contiguous ? attributes.high | bits.contiguous : attributes.high;
    if (level === LAST_LEVEL) {
      map.stores += next - page;
      fillLeaves(words, entryOf(table, level, page), next - page, frame, 1, attributes.low, high);
    } else {
      mapGroup(map, table, level, page, next, frame, high, limits);
    }
    frame += next - page;
    page = next;
  }
}

/** Entries of one group above the last level: blocks where they fit, tables elsewhere. */
function mapGroup(
  map: TwinMap,
  table: number,
  level: number,
  page: number,
  end: number,
  frame: number,
  blockHigh: number,
  limits: LeafLimits,
): void {
  const { words, bits } = map;
  const pages = levelPages(level);
  while (page < end) {
    const next = nextBoundary(page, end, pages);
    const entry = entryOf(table, level, page);
    const whole = ((page | next | frame) & (pages - 1)) === 0;
    const isTable = ((words[entry] as number) & bits.typeMask) === bits.typeMask;
    if (whole && blocksAt(level) && !limits.noBlock && !isTable) {
      words[entry] = (frame << PAGE_SHIFT) | bits.block.low;
      words[entry + 1] = (frame >>> (32 - PAGE_SHIFT)) | blockHigh;
      map.stores++;
    } else {
      mapTable(map, descend(map, entry), level + 1, page, next, frame, limits);
    }
    frame += next - page;
    page = next;
  }
}

/** The table below an entry, made where there is none. */
function descend(map: TwinMap, entry: number): number {
  const { words, bits } = map;
  const low = words[entry] as number;
  if (low !== 0) return low & bits.address.low;
  const table = map.allocate(true);
  words[entry] = table | bits.table.low;
  words[entry + 1] = bits.table.high;
  map.stores++;
  return table;
}

/** False where the group holds a valid entry without the Contiguous bit; a table counts as one. */
function groupMayBeContiguous(map: TwinMap, table: number, level: number, page: number): boolean {
  const { words, bits } = map;
  const first = entryOf(table, level, page & -groupPages(level));
  for (let at = first; at < first + 2 * CONTIGUOUS_ENTRIES; at += 2) {
    const valid = ((words[at] as number) & bits.valid) !== 0;
    if (valid && ((words[at + 1] as number) & bits.contiguous) === 0) return false;
  }
  return true;
}
