// The fields of a TLB, as offsets from its address, and the rows of its sets.
//
// A set is a row of tags, a row of orders and so on, `ROW` bytes each, for the ways and padding to an even number. A
// slot is known by the address of its tag; the same slot in the next row lies ROW bytes on:
//
//   tags | orders | offsets (OA - VA) | attributes | chains (fully associative TLBs)

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
/** By replacement.ts: the newest slot of a ring; the trees of tree-PLRU; the time of the last use, above WAY_BITS. */
export const NEWEST: usize = 28;
export const TREES: usize = 32;
export const CLOCK: usize = 40;
/** By tag-index.ts: the first slot of each bucket, u32; 64 - log2 of the buckets; the slot that stands for none. */
export const BUCKETS: usize = 48;
export const NO_SLOT: usize = 52;
export const BUCKET_SHIFT: usize = 56;
/** Sizes of the leaves that are in it, as a set of log2. */
export const PRESENT: usize = 64;
/** Entries by size and kind, the low seven bits of their tags: 128 x u32. */
export const COUNTS: usize = 72;
/** log2 of the piece in which a leaf of 2^n bytes is held, 0 where it is not: 64 x u8. */
export const PIECES: usize = 584;
export const ARRAY_BYTES: usize = 648;

/** Rows after the tags, in rows. */
export const ORDERS: usize = 1;
export const OFFSETS: usize = 2;
export const ATTRIBUTES: usize = 3;
export const CHAINS: usize = 4;
