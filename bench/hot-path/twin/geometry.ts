// Geometry of the twin: the 4K granule with 48 bits of VA, counted in pages.
//
// A page is a number from PAGE_OFFSET on and a frame a number from PA 0 on, so that all of their arithmetic stays in
// 32-bit integers, which is what a JavaScript engine is quick at. 2^30 pages, 4 TiB, are the most that can be mapped.
//
//   page  | root index | level 1 | level 2 | level 3 |
//          29        27 26     18 17      9 8       0

export const ROOT_LEVEL = 0;
export const LAST_LEVEL = 3;
export const PAGE_SHIFT = 12;
export const INDEX_BITS = 9;
export const ENTRIES = 1 << INDEX_BITS;
export const INDEX_MASK = ENTRIES - 1;
/** Entries of a contiguous group, at level 3 (64 KiB) and at level 2 (32 MiB). */
export const CONTIGUOUS_ENTRIES = 16;
/** A descriptor is two words, the low half first. */
export const ENTRY_WORDS = 2;

/** Pages that one entry at `level` spans. */
export function levelPages(level: number): number {
  return 1 << (INDEX_BITS * (LAST_LEVEL - level));
}

/** Pages that a contiguous group at `level` spans; those of one entry where there are no groups. */
export function groupPages(level: number): number {
  return hasGroups(level) ? levelPages(level) * CONTIGUOUS_ENTRIES : levelPages(level);
}

export function hasGroups(level: number): boolean {
  return level >= 2;
}

/** True where Linux maps blocks: PUDs and PMDs. */
export function blocksAt(level: number): boolean {
  return level === 1 || level === 2;
}

/** Index in `words` of the entry that translates `page` in a table whose entries are of `level`. */
export function entryOf(table: number, level: number, page: number): number {
  const index = (page >>> (INDEX_BITS * (LAST_LEVEL - level))) & INDEX_MASK;
  return (table >>> 2) + index * ENTRY_WORDS;
}

/** The next boundary of `pages` after `page`, but not beyond `end`. */
export function nextBoundary(page: number, end: number, pages: number): number {
  const boundary = (page + pages) & -pages;
  return boundary < end ? boundary : end;
}
