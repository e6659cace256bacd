// Line cache: the tags of a cache of descriptor lines, set by set, most recently used first, which is all that LRU asks.
//
//   cache   | tags u32 | bytes of a row u32 | sets - 1 u32 | bytes u32 |
import { reserveBytes } from '../tables';

const TAGS: usize = 0;
const ROW: usize = 4;
const SET_MASK: usize = 8;
const BYTES: usize = 12;
const LINE_BYTES_SHIFT: u32 = 6;
/** Ways that promote() moves at once: a cache line of the host. */
const STEP: usize = 64;

/** Makes a cache at `cache`, not empty yet. Bytes make a power of two of sets. */
export function createLineCache(cache: usize, bytes: u64, ways: u32): void {
  const sets = <usize>(bytes >> LINE_BYTES_SHIFT) / ways;
  const row = (<usize>ways) << 3;
  store<usize>(cache, row, ROW);
  store<usize>(cache, sets - 1, SET_MASK);
  store<usize>(cache, sets * row, BYTES);
  // What touchRows() reads of the last row may lie beyond it.
  store<usize>(cache, reserveBytes(sets * row + STEP), TAGS);
}

export function emptyLineCache(cache: usize): void {
  memory.fill(load<usize>(cache, TAGS), 0, load<usize>(cache, BYTES));
}

/** Where the tags are that `line` is one of. */
export function rowOf(cache: usize, line: u64): usize {
  return load<usize>(cache, TAGS) + (<usize>line & load<usize>(cache, SET_MASK)) * load<usize>(cache, ROW);
}

/** Moves a line to the front of its row; one that was not there pushes the last one out. Returns whether it was there. */
export function promote(cache: usize, line: u64): bool {
  const wanted = i64x2.splat(<i64>line);
  let carried = wanted;
  let at = rowOf(cache, line);
  const end = at + load<usize>(cache, ROW);
  for (; at + STEP <= end; at += STEP) {
    // Without a branch on the place, which cannot be predicted: each tag is replaced by the one before it or stays.
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const low = i16x8.narrow_i32x4_s(i64x2.eq(a, wanted), i64x2.eq(b, wanted));
    const high = i16x8.narrow_i32x4_s(i64x2.eq(c, wanted), i64x2.eq(d, wanted));
    // Two bits a way.
    const hits = i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
    const place = i64x2.splat(<i64>(ctz(hits | 0x10000) >> 1));
    v128.store(at, v128.bitselect(a, before(carried, a), i64x2.gt_s(i64x2(0, 1), place)));
    v128.store(at, v128.bitselect(b, before(a, b), i64x2.gt_s(i64x2(2, 3), place)), 16);
    v128.store(at, v128.bitselect(c, before(b, c), i64x2.gt_s(i64x2(4, 5), place)), 32);
    v128.store(at, v128.bitselect(d, before(c, d), i64x2.gt_s(i64x2(6, 7), place)), 48);
    if (hits !== 0) return true;
    carried = d;
  }
  let last = <u64>i64x2.extract_lane(carried, 1);
  for (; at < end; at += 8) {
    const found = load<u64>(at);
    store<u64>(at, last);
    if (found === line) return true;
    last = found;
  }
  return false;
}

/** The upper half of `a`, then the lower half of `b`. */
function before(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 2);
}
