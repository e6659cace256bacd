// Translate: many virtual addresses to packed words, PA with log2 of the leaf's size in bits 63:56; 0 where there is
// no valid translation. walkBatch() is the fast way; walkEach() is what it is measured against.
import { isTable, oaMask, oaOf, VALID } from './descriptor';
import { granuleShift, granuleSize, indexBits, levelShift, rootLevel, shape, vaBits } from './geometry';
import { entryBelow, isStored, rootEntry } from './page-entry';
import { root } from './tables';
import { uniformPage } from './uniform';
import { descentOf, translationOf } from './unrolled-walk';

const BUFFER: usize = memory.data(2 * 8 * 1024);

/** Room for 1024 addresses (u64 each), followed by room for as many results. */
export function walkBuffer(): usize {
  return BUFFER;
}

/** Addresses that are walked together. */
const GROUP: u32 = 256;
/** For each address of a group, the entry of the last level (u32) that its walk comes to; 0 where it ends above. */
const ENTRIES: usize = memory.data(4 * 256, 16);
const TOUCHED: usize = memory.data(4);

/**
 * Translates `n` addresses (u64 each at `from`) into packed words at `to`. Returns the number of translations found.
 *
 * The tables of pages are what does not fit a cache, so a group's page descriptors are all fetched together
 * before the first of them is looked at: their misses overlap.
 */
export function walkBatch(from: usize, to: usize, n: u32): u32 {
  const unrolled = descentOf(plainShape());
  for (let done: u32 = 0; done < n; done += GROUP) {
    const offset = (<usize>done) << 3;
    const some = min(n - done, GROUP);
    if (unrolled !== null) unrolled(from + offset, to + offset, some, ENTRIES);
    else descend(from + offset, to + offset, some);
    touch(some);
    translatePages(from + offset, to + offset, some);
  }
  return n - zeroWords(to, n);
}

/** Translates them too, but one after the other: each walk to its end before the next begins. */
export function walkEach(from: usize, to: usize, n: u32): u32 {
  const unrolled = translationOf(plainShape());
  if (unrolled !== null) {
    unrolled(from, to, n);
  } else {
    for (let offset: usize = 0, end = (<usize>n) << 3; offset < end; offset += 8) {
      descend(from + offset, to + offset, 1);
      translatePages(from + offset, to + offset, 1);
    }
  }
  return n - zeroWords(to, n);
}

/** The shape of the geometry in force; 0 where output addresses do not lie in one piece. */
function plainShape(): u32 {
  return oaOf(oaMask) === oaMask ? shape : 0;
}

/** Walks the `n` addresses of a group down to the last level: notes the entries there and packs what ends above. */
function descend(from: usize, to: usize, n: u32): void {
  const rootShift = levelShift(rootLevel);
  for (let place: u32 = 0; place < n; place++) {
    const va = load<u64>(from + (place << 3));
    let shift = rootShift;
    let entry = rootEntry(root, va, granuleShift, vaBits);
    let desc = load<u64>(entry);
    while (isStored(desc)) {
      shift -= indexBits;
      entry = entryBelow(desc, va, granuleShift, shift);
      if (shift === granuleShift) break;
      desc = load<u64>(entry);
    }
    const ended = shift !== granuleShift;
    if (ended) store<u64>(to + (place << 3), packAbove(desc, va, shift));
    store<u32>(ENTRIES + (place << 2), ended ? 0 : <u32>entry);
  }
}

/** What an entry above the last level says of `va` where no stored table follows. */
function packAbove(desc: u64, va: u64, shift: u32): u64 {
  const offset = va & (((<u64>1) << (<u64>shift)) - 1);
  if (!isTable(desc)) return desc & VALID ? oaOf(desc) | offset | ((<u64>shift) << 56) : 0;
  const inPage = va & (<u64>granuleSize - 1);
  return oaOf(uniformPage(desc, offset)) | inPage | ((<u64>granuleShift) << 56);
}

/**
 * Fetches the first `n` of ENTRIES. A bare loop keeps more misses under way than a walk can; it goes on to a
 * multiple of eight, through entries of earlier groups or 0, which can be read as well: memory never shrinks.
 */
function touch(n: u32): void {
  let any: u32 = 0;
  for (let at = ENTRIES, end = ENTRIES + ((<usize>n) << 2); at < end; at += 32) {
    any |= load<u32>(load<u32>(at)) | load<u32>(load<u32>(at, 4));
    any |= load<u32>(load<u32>(at, 8)) | load<u32>(load<u32>(at, 12));
    any |= load<u32>(load<u32>(at, 16)) | load<u32>(load<u32>(at, 20));
    any |= load<u32>(load<u32>(at, 24)) | load<u32>(load<u32>(at, 28));
  }
  // A result that nobody stores would not be loaded for.
  store<u32>(TOUCHED, any);
}

/** Packs what the first `n` of ENTRIES translate to; four at a time where all of them are pages, as they mostly are. */
function translatePages(from: usize, to: usize, n: u32): void {
  let entries = ENTRIES;
  const end = from + ((<usize>n) << 3);
  if (oaOf(oaMask) === oaMask) {
    const field = i64x2.splat(oaMask);
    const inPage = i64x2.splat(<u64>granuleSize - 1);
    const size = i64x2.splat((<u64>granuleShift) << 56);
    const valid = i64x2.splat(VALID);
    for (
      const bulkEnd = from + ((<usize>(n & ~3)) << 3);
      from < bulkEnd;
      from += 32, to += 32, entries += 16
    ) {
      const four = v128.load(entries);
      if (i32x4.all_true(four)) {
        const front = v128.load_lane<u64>(load<u32>(entries, 4), v128.load_zero<u64>(load<u32>(entries)), 1);
        const back = v128.load_lane<u64>(
          load<u32>(entries, 12),
          v128.load_zero<u64>(load<u32>(entries, 8)),
          1,
        );
        const frontOa = v128.or(v128.or(v128.and(front, field), v128.and(v128.load(from), inPage)), size);
        const backOa = v128.or(v128.or(v128.and(back, field), v128.and(v128.load(from, 16), inPage)), size);
        v128.store(to, v128.and(frontOa, i64x2.eq(v128.and(front, valid), valid)));
        v128.store(to, v128.and(backOa, i64x2.eq(v128.and(back, valid), valid)), 16);
      } else if (v128.any_true(four)) {
        packPages(entries, from, to, from + 32);
      }
    }
  }
  packPages(entries, from, to, end);
}

/** Packs the pages among the addresses of [from, end), one by one. */
function packPages(entries: usize, from: usize, to: usize, end: usize): void {
  for (; from < end; from += 8, to += 8, entries += 4) {
    const entry = load<u32>(entries);
    if (entry === 0) continue;
    const desc = load<u64>(entry);
    const inPage = load<u64>(from) & (<u64>granuleSize - 1);
    store<u64>(to, desc & VALID ? oaOf(desc) | inPage | ((<u64>granuleShift) << 56) : 0);
  }
}

/** How many of `n` words are 0. */
function zeroWords(at: usize, n: u32): u32 {
  const end = at + ((<usize>n) << 3);
  const bulkEnd = at + ((<usize>(n & ~7)) << 3);
  const zero = i64x2.splat(0);
  let sum = zero;
  // A lane that matches is -1.
  for (; at < bulkEnd; at += 64) {
    const front = i64x2.add(i64x2.eq(v128.load(at), zero), i64x2.eq(v128.load(at, 16), zero));
    const back = i64x2.add(i64x2.eq(v128.load(at, 32), zero), i64x2.eq(v128.load(at, 48), zero));
    sum = i64x2.sub(sum, i64x2.add(front, back));
  }
  let zeros = <u32>(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
  for (; at < end; at += 8) if (load<u64>(at) === 0) zeros++;
  return zeros;
}
