// A TLB: entries of several sizes in sets of ways, found by address, replaced by a policy.
//
//   tag   | VA, the bits below the size are zero | 0 (5) | table (1) | log2 of the size (6) |    0: empty
//
// The size of an entry decides which bits of the address choose the set, so an address is looked up once for every
// size that it may be held by. Which way is replaced is the business of replacement.ts; where a fully associative TLB
// finds a tag, of tag-index.ts.
import { reserveBytes } from '../tables';
import {
  ATTRIBUTES,
  BUCKET_SHIFT,
  BUCKETS,
  NO_SLOT,
  OFFSETS,
  PIECES,
  POLICY,
  PRESENT,
  ROW,
  SET_BYTES,
  SET_MASK,
  SETS,
  SETS_END,
  SMALL_SETS,
  TREES,
  WAYS,
} from './array-layout';
import { countIn, countOut, nonePresent, notePresent } from './present';
import {
  initReplacement,
  isRing,
  makeNewest,
  makeOldest,
  newestSlot,
  olderSlot,
  oldestSlot,
  takeVictim,
} from './replacement';
import { findSmall, SMALL_WAYS } from './small-sets';
import { bucketBits, bucketBytes, emptyIndex, indexed, isNamed, nameInIndex, sameBucket } from './tag-index';

/** A table descriptor that is kept as a walk cache keeps it, not a leaf. */
export const TAG_TABLE: u64 = 1 << 6;
export const TAG_SHIFT_MASK: u64 = 63;
const TAG_FLAGS: u64 = 0xfff;

/**
 * Makes an empty TLB at `array` in new memory. `sizes` has bit n set where an entry may hold 2^n bytes.
 * `entries / ways` is a power of two; a way's number fits 16 bits.
 */
export function createArray(array: usize, entries: u32, ways: u32, policy: u32, sizes: u64): void {
  const sets = entries / ways;
  // Sets are compared, one large set is indexed.
  const indexedSlots: u32 = sets === 1 ? ways : 1;
  const small = sets > 1 && ways <= SMALL_WAYS;
  const row = (<usize>(small ? SMALL_WAYS : (ways + 1) & ~1)) << 3;
  const setBytes = row * 4;
  const at = reserveBytes(setBytes * (sets + 1) + bucketBytes(indexedSlots) + entries);
  const none = at + setBytes * sets;
  store<usize>(array, row, ROW);
  store<usize>(array, setBytes, SET_BYTES);
  store<usize>(array, at, SETS);
  store<usize>(array, none, SETS_END);
  store<u32>(array, sets - 1, SET_MASK);
  store<u32>(array, ways, WAYS);
  store<u32>(array, policy, POLICY);
  store<u32>(array, u32(small), SMALL_SETS);
  store<usize>(array, none, NO_SLOT);
  store<usize>(array, none + setBytes, BUCKETS);
  store<u64>(array, 64 - bucketBits(indexedSlots), BUCKET_SHIFT);
  store<usize>(array, none + setBytes + bucketBytes(indexedSlots), TREES);
  for (let reach: u64 = 0; reach < 64; reach++) {
    const fitting = sizes & (((<u64>2) << reach) - 1);
    store<u8>(array + <usize>reach, fitting === 0 ? 0 : <u8>(63 - clz(fitting)), PIECES);
  }
  emptyArray(array);
}

export function emptyArray(array: usize): void {
  const end = load<usize>(array, SETS_END);
  for (let set = load<usize>(array, SETS); set < end; set += load<usize>(array, SET_BYTES)) {
    memory.fill(set, 0, load<usize>(array, ROW));
  }
  nonePresent(array);
  emptyIndex(array);
  initReplacement(array);
}

function isFullyAssociative(array: usize): bool {
  return load<u32>(array, SET_MASK) === 0;
}

/** Several sets of at most eight ways: small-sets.ts knows its layout. */
export function hasSmallSets(array: usize): bool {
  return load<u32>(array, SMALL_SETS) !== 0;
}

/** First address that an entry covers. */
export function baseOfTag(tag: u64): u64 {
  return tag & ~TAG_FLAGS;
}

/** Last address that an entry covers. */
export function lastOfTag(tag: u64): u64 {
  return baseOfTag(tag) + (((<u64>1) << (tag & TAG_SHIFT_MASK)) - 1);
}

export function isLeafTag(tag: u64): bool {
  return tag !== 0 && !(tag & TAG_TABLE);
}

/** Tag of the entry that translates `va` by a piece of 2^shift bytes. */
export function leafTag(va: u64, shift: u64): u64 {
  return ((va >> shift) << shift) | shift;
}

/** Tag under which a table descriptor is kept whose entry spans 2^shift bytes. */
export function tableTag(va: u64, shift: u64): u64 {
  return leafTag(va, shift) | TAG_TABLE;
}

/** OA - VA of an entry. */
export function offsetIn(array: usize, slot: usize): u64 {
  return load<u64>(slot + OFFSETS * load<usize>(array, ROW));
}

export function attributesIn(array: usize, slot: usize): u64 {
  return load<u64>(slot + ATTRIBUTES * load<usize>(array, ROW));
}

/** log2 of the piece in which `array` holds a leaf of 2^reach bytes; 0 where it holds nothing so small. */
export function pieceShift(array: usize, reach: u64): u64 {
  return load<u8>(array + <usize>reach, PIECES);
}

/** The slot that translates `va`, or 0: the sizes present one after the other, smallest first. */
export function findProbing(array: usize, va: u64): usize {
  for (let sizes = load<u64>(array, PRESENT); sizes !== 0; sizes &= sizes - 1) {
    const slot = findTag(array, leafTag(va, ctz(sizes)));
    if (slot !== 0) return slot;
  }
  return 0;
}

/**
 * How many sizes hardware probes for until it finds an entry of 2^shift bytes; 63: until it has tried them all. A fully
 * associative TLB compares all sizes at once.
 */
export function probesUntil(array: usize, shift: u64): u64 {
  if (isFullyAssociative(array)) return 1;
  return max(1, popcnt(load<u64>(array, PRESENT) & (((<u64>2) << shift) - 1)));
}

/** The slot that holds `tag`, or 0. */
export function findTag(array: usize, tag: u64): usize {
  if (isRing(array)) return indexed(array, tag);
  return hasSmallSets(array) ? findSmall(array, tag) : findInSet(array, tag);
}

function findInSet(array: usize, tag: u64): usize {
  const set = setOf(array, tag);
  for (let slot = set, end = set + load<usize>(array, ROW); slot < end; slot += 8) {
    if (load<u64>(slot) === tag) return slot;
  }
  return 0;
}

/** Puts an entry in place of the victim of its set. Returns its slot. */
export function fill(array: usize, tag: u64, offset: u64, attributes: u64): usize {
  const ring = isRing(array);
  const slot = ring ? oldestSlot(array) : takeVictim(array, setOf(array, tag));
  const old = load<u64>(slot);
  store<u64>(slot, tag);
  setContent(array, slot, offset, attributes);
  if (ring) {
    notePresent(array, tag);
    makeNewest(array, slot);
    nameInIndex(array, tag, slot);
  } else {
    countOut(array, old);
    countIn(array, tag);
  }
  return slot;
}

/** What an entry translates to. */
export function setContent(array: usize, slot: usize, offset: u64, attributes: u64): void {
  const row = load<usize>(array, ROW);
  store<u64>(slot + OFFSETS * row, offset);
  store<u64>(slot + ATTRIBUTES * row, attributes);
}

/** Removes every leaf entry that reaches into [first, last]. */
export function removeLeaves(array: usize, first: u64, last: u64): void {
  for (let slot = firstSlot(array); slot !== 0; slot = nextSlot(array, slot)) {
    const tag = load<u64>(slot);
    if (isLeafTag(tag) && baseOfTag(tag) <= last && lastOfTag(tag) >= first) remove(array, slot, tag);
  }
}

/** Slots one after the other, padding included; 0 after the last. */
export function firstSlot(array: usize): usize {
  return load<usize>(array, SETS);
}

export function nextSlot(array: usize, slot: usize): usize {
  const row = load<usize>(array, ROW);
  const setBytes = load<usize>(array, SET_BYTES);
  let next = slot + 8;
  if ((next - load<usize>(array, SETS)) % setBytes === row) next += setBytes - row;
  return next < load<usize>(array, SETS_END) ? next : 0;
}

function remove(array: usize, slot: usize, tag: u64): void {
  store<u64>(slot, 0);
  makeOldest(array, slot);
  if (!isRing(array)) countOut(array, tag);
  else if (isNamed(array, tag, slot)) nameNext(array, tag);
}

/** Has the bucket of a tag that is gone name the newest of those that are left in it. */
function nameNext(array: usize, gone: u64): void {
  for (
    let slot = newestSlot(array);
    load<u64>(slot) !== 0 && slot !== load<usize>(array, NO_SLOT);
    slot = olderSlot(array, slot)
  ) {
    if (!sameBucket(array, load<u64>(slot), gone)) continue;
    nameInIndex(array, gone, slot);
    return;
  }
}

function setOf(array: usize, tag: u64): usize {
  const number = <u32>(tag >> (tag & TAG_SHIFT_MASK)) & load<u32>(array, SET_MASK);
  return load<usize>(array, SETS) + <usize>number * load<usize>(array, SET_BYTES);
}
