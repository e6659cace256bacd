// Tag index: which slot of a fully associative TLB holds a tag, so that not all of them need be compared.
//
//   bucket   | tags in the TLB that belong here u32 | slot of one of them u32 |
//
// Of several tags in one bucket only one is named, the last that was added or searched for: the others are hidden.
// That is rare, and then all slots are compared. A slot that no tag is in stands for none. A set-associative
// TLB leaves its index empty.
import { BUCKET_SHIFT, BUCKETS, NO_SLOT, ROW, SETS, SPARE_BUCKET } from './array-layout';

/** 2^64 / golden ratio, odd: Knuth's multiplicative hash. */
const SPREAD: u64 = 0x9e3779b97f4a7c15;
/** Bits that no tag has. */
const NO_TAG: u64 = 0xf80;
const SLOT: usize = 0;
const TAGS: usize = 4;

/** log2 of the buckets for so many slots: sixteen to thirty-two a slot. */
export function bucketBits(slots: u32): u32 {
  return 37 - <u32>clz(slots);
}

/** Of the buckets and a spare one. */
export function bucketBytes(slots: u32): usize {
  return ((<usize>8) << (<usize>bucketBits(slots))) + 8;
}

export function emptyIndex(array: usize): void {
  const none = load<usize>(array, NO_SLOT);
  const bits = <usize>64 - <usize>load<u64>(array, BUCKET_SHIFT);
  const buckets = load<usize>(array, BUCKETS);
  for (let bucket = buckets; bucket < buckets + ((<usize>8) << bits); bucket += 8) {
    store<usize>(bucket, none, SLOT);
    store<u32>(bucket, 0, TAGS);
  }
  store<usize>(array, buckets + ((<usize>8) << bits), SPARE_BUCKET);
  store<u64>(none, NO_TAG);
}

/** The slot that the bucket of `tag` names: almost always the one that holds it, if any does. */
export function named(array: usize, tag: u64): usize {
  return load<usize>(bucketOf(array, tag), SLOT);
}

/** False where the TLB does not hold `tag`, knowing that the slot named does not. */
export function mayBeHidden(array: usize, tag: u64): bool {
  const bucket = bucketOf(array, tag);
  return load<u32>(bucket, TAGS) !== u32(load<usize>(bucket, SLOT) !== load<usize>(array, NO_SLOT));
}

/** The slot that holds `tag`, or 0. */
export function indexed(array: usize, tag: u64): usize {
  const slot = named(array, tag);
  if (load<u64>(slot) === tag) return slot;
  if (!mayBeHidden(array, tag)) return 0;
  const hidden = searchAll(array, tag);
  // The next look-up is likely to be for the same tag.
  if (hidden !== 0) store<usize>(bucketOf(array, tag), hidden, SLOT);
  return hidden;
}

/** `slot`, which held `old` (0: nothing), holds `tag` now. */
export function reindex(array: usize, old: u64, tag: u64, slot: usize): void {
  if (old !== 0) removeFrom(bucketOf(array, old), slot, load<usize>(array, NO_SLOT));
  addTo(bucketOf(array, tag), slot);
}

/**
 * The same, or for a hit nothing, without a branch: a hit works on a bucket that nobody asks. To rewrite its own
 * bucket would do no harm, but hits of one slot in a row would wait for each other's stores.
 */
export function reindexUnlessHit(array: usize, old: u64, tag: u64, slot: usize, hit: bool): void {
  const spare = load<usize>(array, SPARE_BUCKET);
  const unindexed = <bool>(<u32>hit | u32(old === 0));
  removeFrom(select(spare, bucketOf(array, old), unindexed), slot, load<usize>(array, NO_SLOT));
  addTo(select(spare, bucketOf(array, tag), hit), slot);
}

export function removeFromIndex(array: usize, tag: u64, slot: usize): void {
  removeFrom(bucketOf(array, tag), slot, load<usize>(array, NO_SLOT));
}

function addTo(bucket: usize, slot: usize): void {
  store<usize>(bucket, slot, SLOT);
  store<u32>(bucket, load<u32>(bucket, TAGS) + 1, TAGS);
}

function removeFrom(bucket: usize, slot: usize, none: usize): void {
  const last = load<usize>(bucket, SLOT);
  store<usize>(bucket, select(none, last, last === slot), SLOT);
  store<u32>(bucket, load<u32>(bucket, TAGS) - 1, TAGS);
}

function searchAll(array: usize, tag: u64): usize {
  const end = load<usize>(array, SETS) + load<usize>(array, ROW);
  for (let slot = load<usize>(array, SETS); slot < end; slot += 8) {
    if (load<u64>(slot) === tag) return slot;
  }
  return 0;
}

function bucketOf(array: usize, tag: u64): usize {
  return load<usize>(array, BUCKETS) + ((<usize>((tag * SPREAD) >> load<u64>(array, BUCKET_SHIFT))) << 3);
}
