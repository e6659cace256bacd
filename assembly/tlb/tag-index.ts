// Tag index: which slot of a ring holds a tag, so that not all of them need be compared.
//
//   bucket   | slot u32 |
//
// A bucket names, of the slots whose tags belong to it, the newest of the ring. That one is the last of them to be
// replaced: when it holds another bucket's tag, the TLB holds nothing of this bucket, and nothing needs to be taken
// out of the index when a slot is filled anew. Only when it holds another tag of this bucket, which is rare, all slots are
// compared.
import { BUCKET_SHIFT, BUCKETS, NO_SLOT, ROW, SETS } from './array-layout';

/** 2^64 / golden ratio, odd: Knuth's multiplicative hash. */
export const SPREAD: u64 = 0x9e3779b97f4a7c15;
/** Bits that no tag has. */
const NO_TAG: u64 = 0xf80;
/** log2 of the bytes of a bucket. */
export const BUCKET_BYTES_SHIFT: usize = 2;

/** log2 of the buckets for so many slots: thirty-two to sixty-four a slot. */
export function bucketBits(slots: u32): u32 {
  return 38 - <u32>clz(slots);
}

export function bucketBytes(slots: u32): usize {
  return (<usize>1) << (<usize>bucketBits(slots) + BUCKET_BYTES_SHIFT);
}

export function emptyIndex(array: usize): void {
  const none = load<usize>(array, NO_SLOT);
  const bits = <usize>64 - <usize>load<u64>(array, BUCKET_SHIFT);
  const buckets = load<usize>(array, BUCKETS);
  const end = buckets + ((<usize>1) << (bits + BUCKET_BYTES_SHIFT));
  for (let bucket = buckets; bucket < end; bucket += (<usize>1) << BUCKET_BYTES_SHIFT)
    store<usize>(bucket, none);
  store<u64>(none, NO_TAG);
}

/** The slot that holds `tag`, or 0. */
export function indexed(array: usize, tag: u64): usize {
  const bucket = bucketOf(array, tag);
  const slot = load<usize>(bucket);
  const held = load<u64>(slot);
  if (held === tag) return slot;
  return bucketOf(array, held) === bucket ? searchAll(array, tag) : 0;
}

/** `slot` holds `tag` and is the newest of the ring. */
export function nameInIndex(array: usize, tag: u64, slot: usize): void {
  store<usize>(bucketOf(array, tag), slot);
}

/** The bucket of `tag` names `slot`. */
export function isNamed(array: usize, tag: u64, slot: usize): bool {
  return load<usize>(bucketOf(array, tag)) === slot;
}

export function sameBucket(array: usize, tag: u64, other: u64): bool {
  return bucketOf(array, tag) === bucketOf(array, other);
}

/** The slot that holds `tag`, or 0, without the index. */
function searchAll(array: usize, tag: u64): usize {
  const wanted = i64x2.splat(<i64>tag);
  const end = load<usize>(array, SETS) + load<usize>(array, ROW);
  for (let slot = load<usize>(array, SETS); slot < end; slot += 16) {
    const hits = i64x2.bitmask(i64x2.eq(v128.load(slot), wanted));
    if (hits !== 0) return slot + ((<usize>ctz(hits)) << 3);
  }
  return 0;
}

function bucketOf(array: usize, tag: u64): usize {
  const number = <usize>((tag * SPREAD) >> load<u64>(array, BUCKET_SHIFT));
  return load<usize>(array, BUCKETS) + (number << BUCKET_BYTES_SHIFT);
}
