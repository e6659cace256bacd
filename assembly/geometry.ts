// Geometry: granule and VA width give, for every level, its shift, its size and its contiguous group.
// Level is data: everything else asks the functions below and has no constants of its own.
//
//   va  | sign | index of root level | … | index of level 2 | index of level 3 | offset in page |
//                vaBits - shift(root)        indexBits          indexBits        granuleShift
//
// Levels are the Arm ARM's: 3 holds pages (PTE), 2 PMD, 1 PUD, 0 P4D, -1 the root of 52-bit 4K maps.
// It does not know descriptors.

export const LAST_LEVEL: i32 = 3;
export const DESCRIPTOR_SHIFT: u32 = 3;

export let granuleShift: u32 = 12;
export let granuleSize: u32 = 1 << 12;
export let indexBits: u32 = 9;
export let vaBits: u32 = 48;
export let rootLevel: i32 = 0;
let rootEntries: u32 = 512;
/** First byte of the linear map: -(2^vaBits). */
export let pageOffset: u64 = 0xffff000000000000;
/** First byte after the linear map: -(2^(VA_BITS_MIN - 1)), where modules begin. */
export let pageEnd: u64 = 0xffff800000000000;

/** Granule and VA width in one number: see shapeOf(). */
export let shape: u32 = 0;

let contiguousPteShift: u32 = 4;
let contiguousPmdShift: u32 = 4;

/** Sets the translation regime. `linearEnd` is PAGE_END, which a 52-bit build decides, not the hardware. */
export function setGeometry(shift: u32, bits: u32, linearEnd: u64): void {
  granuleShift = shift;
  granuleSize = (<u32>1) << shift;
  indexBits = shift - DESCRIPTOR_SHIFT;
  vaBits = bits;
  rootLevel = LAST_LEVEL + 1 - <i32>((bits - 4) / indexBits);
  rootEntries = (<u32>1) << (bits - levelShift(rootLevel));
  shape = shapeOf(shift, bits);
  pageOffset = ~(<u64>0) << (<u64>bits);
  pageEnd = linearEnd;
  // CONT_PTES: 64K, 2M, 2M. CONT_PMDS: 32M, 1G, 16G.
  contiguousPteShift = shift === 12 ? 4 : shift === 14 ? 7 : 5;
  contiguousPmdShift = shift === 12 ? 4 : 5;
}

/** What `shape` is in one geometry: code whose shifts are constants is chosen by it. */
export function shapeOf(shift: u32, bits: u32): u32 {
  return (shift << 8) | bits;
}

/** log2 of the span of one entry at `level`. */
export function levelShift(level: i32): u32 {
  return indexBits * <u32>(LAST_LEVEL + 1 - level) + DESCRIPTOR_SHIFT;
}

/** Bytes of VA that one entry at `level` spans. */
export function levelSize(level: i32): u64 {
  return (<u64>1) << (<u64>levelShift(level));
}

/** Entries in a table whose entries are of `level`. */
export function entriesAt(level: i32): u32 {
  return level === rootLevel ? rootEntries : (<u32>1) << indexBits;
}

/** log2 of the entries in a contiguous group at `level`; 0 where the level has none. */
export function contiguousShift(level: i32): u32 {
  if (level === 3) return contiguousPteShift;
  // The mapper looks for groups inside one PUD. With two levels that is folded to one PMD
  // (alloc_init_cont_pmd() is called for one entry of the root at a time), so none is ever found.
  if (level === 2 && rootLevel < 2) return contiguousPmdShift;
  return 0;
}

/** Bytes that a contiguous group at `level` spans; the size of one entry where there are no groups. */
export function contiguousSize(level: i32): u64 {
  return levelSize(level) << (<u64>contiguousShift(level));
}

/** True where Linux maps blocks at `level`: PMDs always, PUDs with the 4K granule (pud_sect_supported()). */
export function blocksAt(level: i32): bool {
  return level === 2 || (level === 1 && granuleShift === 12);
}

/** Address of the entry that translates `va` in a table whose entries are of `level`. */
export function entryOf(table: usize, level: i32, va: u64): usize {
  const index = <u32>(va >> <u64>levelShift(level)) & (entriesAt(level) - 1);
  return table + ((<usize>index) << DESCRIPTOR_SHIFT);
}

/** The next boundary of `size` after `va`, but not beyond `end`; as pXd_addr_end(), safe at the top of the VA space. */
export function nextBoundary(va: u64, end: u64, size: u64): u64 {
  const boundary = (va + size) & ~(size - 1);
  return boundary - 1 < end - 1 ? boundary : end;
}
