// Tag index: which slot of a fully associative TLB holds a tag. Hash chains: a bucket names its first slot, a slot the
// next one of its bucket; one slot that holds no tag stands for none. A set-associative TLB leaves its index empty:
// its sets are small enough to compare every tag.
import { BUCKET_SHIFT, BUCKETS, CHAINS, NO_SLOT, ROW } from './array-layout';

/** 2^64 / golden ratio, odd: Knuth's multiplicative hash. */
const SPREAD: u64 = 0x9e3779b97f4a7c15;

/** log2 of the buckets for so many slots: eight to sixteen a slot, so that most chains have one slot at most. */
export function bucketBits(slots: u32): u32 {
  return 36 - <u32>clz(slots);
}

export function emptyIndex(array: usize): void {
  const none = load<usize>(array, NO_SLOT);
  const buckets = load<usize>(array, BUCKETS);
  const bits = <usize>64 - <usize>load<u64>(array, BUCKET_SHIFT);
  const end = buckets + ((<usize>4) << bits);
  for (let bucket = buckets; bucket < end; bucket += 4) store<usize>(bucket, none);
  store<u64>(none, 0);
}

/** The first slot of the bucket of `tag`: almost always the one that holds it, if any does. */
export function firstIndexed(array: usize, tag: u64): usize {
  return load<usize>(bucketOf(array, tag));
}

/** The slot that stands for none. */
export function emptySlot(array: usize): usize {
  return load<usize>(array, NO_SLOT);
}

/** The slot that holds `tag`, or 0. */
export function indexed(array: usize, tag: u64): usize {
  const none = load<usize>(array, NO_SLOT);
  const chains = CHAINS * load<usize>(array, ROW);
  for (let slot = firstIndexed(array, tag); slot !== none; slot = load<usize>(slot + chains)) {
    if (load<u64>(slot) === tag) return slot;
  }
  return 0;
}

export function addToIndex(array: usize, tag: u64, slot: usize): void {
  const bucket = bucketOf(array, tag);
  store<usize>(slot + CHAINS * load<usize>(array, ROW), load<usize>(bucket));
  store<usize>(bucket, slot);
}

export function removeFromIndex(array: usize, tag: u64, slot: usize): void {
  const chains = CHAINS * load<usize>(array, ROW);
  let link = bucketOf(array, tag);
  while (load<usize>(link) !== slot) link = load<usize>(link) + chains;
  store<usize>(link, load<usize>(slot + chains));
}

function bucketOf(array: usize, tag: u64): usize {
  return load<usize>(array, BUCKETS) + ((<usize>((tag * SPREAD) >> load<u64>(array, BUCKET_SHIFT))) << 2);
}
