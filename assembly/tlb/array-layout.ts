// The fields of a TLB, as offsets from its address, and the rows of its sets.
//
// A set is a row of tags, a row of orders and so on, `ROW` bytes each, for the ways and padding to an even number, or to eight in small sets. A
// slot is known by the address of its tag; the same slot in the next row lies ROW bytes on:
//
//   tags | orders | offsets (OA - VA) | attributes

/** Bytes of a row. */
export const ROW: usize = 0;
/** Bytes of a set. */
export const SET_BYTES: usize = 4;
export const SETS: usize = 8;
export const SETS_END: usize = 12;
/** Sets - 1. */
export const SET_MASK: usize = 16;
export const WAYS: usize = 20;
export const POLICY: usize = 24;
/** By replacement.ts: the trees of tree-PLRU; 1 where slots form a ring; the time of the last use. */
export const TREES: usize = 32;
export const IS_RING: usize = 36;
export const CLOCK: usize = 40;
/** The slot that stands for none. */
export const NO_SLOT: usize = 52;
/** By tag-index.ts: its buckets; 64 - log2 of their number. */
export const BUCKETS: usize = 48;
export const BUCKET_SHIFT: usize = 56;
/** Sizes of the leaves that are in it, as a set of log2. */
export const PRESENT: usize = 64;
/** Entries by size and kind, the low seven bits of their tags: 128 x u32. */
export const COUNTS: usize = 72;
/** log2 of the piece in which a leaf of 2^n bytes is held, 0 where it is not: 64 x u8. */
export const PIECES: usize = 584;
/** 1: several sets of at most eight ways, in rows of eight: see small-sets.ts. */
export const SMALL_SETS: usize = 648;
export const ARRAY_BYTES: usize = 656;

/** Rows after the tags, in rows. */
export const ORDERS: usize = 1;
export const OFFSETS: usize = 2;
export const ATTRIBUTES: usize = 3;
