// Small sets: a TLB of several sets of at most eight ways under LRU, as the second pass works on it.
//
// A row has eight slots whatever the ways: 64 bytes, one cache line, at a known distance from the next row. Slots
// beyond the ways stay empty: no tag equals theirs, and no order is later. The functions are small enough for the
// compiler to inline most of them; V8 inlines no calls of WebAssembly.
import { ATTRIBUTES, CLOCK, OFFSETS, ORDERS, SET_MASK, SETS } from './array-layout';
import { countIn, countOut } from './present';

export const SMALL_WAYS: u32 = 8;
const ROW_BYTES: usize = 64;
/** log2 of the bytes of a set. */
const SET_SHIFT: usize = 8;
const TAG_SHIFT_MASK: u64 = 63;
const WAY_MASK: u64 = 0xffff;
const TICK: u64 = 1 << 16;

/** The slot that holds `tag`, or 0. */
export function findSmall(array: usize, tag: u64): usize {
  return findInRow(smallSet(array, tag >> (tag & TAG_SHIFT_MASK)), tag);
}

/** The set of entries whose VA is `number` times their size. */
export function smallSet(array: usize, number: u64): usize {
  return load<usize>(array, SETS) + ((<usize>number & load<u32>(array, SET_MASK)) << SET_SHIFT);
}

/** Compares all ways of `set` at once, for where in a set a tag lies cannot be predicted. */
export function findInRow(set: usize, tag: u64): usize {
  const wanted = i64x2.splat(<i64>tag);
  const low = i16x8.narrow_i32x4_s(i64x2.eq(v128.load(set), wanted), i64x2.eq(v128.load(set, 16), wanted));
  const high = i16x8.narrow_i32x4_s(
    i64x2.eq(v128.load(set, 32), wanted),
    i64x2.eq(v128.load(set, 48), wanted),
  );
  // Two bits a way.
  const hits = <usize>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
  return select(set + ((ctz(hits) & ~1) << 2), 0, hits !== 0);
}

/** A hit. */
export function stampSmall(array: usize, slot: usize): void {
  const clock = load<u64>(array, CLOCK) + TICK;
  store<u64>(array, clock, CLOCK);
  store<u64>(slot, clock | ((<u64>slot & (ROW_BYTES - 1)) >> 3), ORDERS * ROW_BYTES);
}

/** Puts an entry in place of the one of its set used longest ago. Returns its slot. */
export function fillSmall(array: usize, tag: u64, offset: u64, attributes: u64): usize {
  const set = smallSet(array, tag >> (tag & TAG_SHIFT_MASK));
  const least = min(
    min(min(orderOf(set, 0), orderOf(set, 1)), min(orderOf(set, 2), orderOf(set, 3))),
    min(min(orderOf(set, 4), orderOf(set, 5)), min(orderOf(set, 6), orderOf(set, 7))),
  );
  const slot = set + ((<usize>(least & WAY_MASK)) << 3);
  countOut(array, load<u64>(slot));
  countIn(array, tag);
  store<u64>(slot, tag);
  store<u64>(slot, offset, OFFSETS * ROW_BYTES);
  store<u64>(slot, attributes, ATTRIBUTES * ROW_BYTES);
  stampSmall(array, slot);
  return slot;
}

function orderOf(set: usize, way: usize): u64 {
  return load<u64>(set + (way << 3), ORDERS * ROW_BYTES);
}
