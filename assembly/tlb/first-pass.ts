// First pass: accesses through a first level of one set under LRU, whatever lies behind it.
//
// For the length of a slice its entries have positions instead of slots: those of the start in their order, oldest
// first, then one for each access. An entry lives at the position of its last use. What is replaced is then the
// lowest live position, and an access hits where the position of the use before it is not below that: neither links nor
// ages are kept, and whether one access hits is known a few instructions after the one before it. A slice ends with
// the entries back in the ring that all else works on.
//
//   bucket | position of the last use of a tag that belongs here u16 |   0, where nothing lives: none
import { NO_SLOT, ORDERS, PIECES, PRESENT, ROW, SETS, WAYS } from './array-layout';
import { link, newerSlot, oldestSlot } from './replacement';
import { nameInIndex, SPREAD } from './tag-index';
import { TAG_SHIFT_MASK } from './tlb-array';

/** Entries that a first level may have for this. */
export const MOST_ENTRIES: u32 = 512;

/** The first position: live ones are kept in words of 64. */
const START: usize = 64;
/** Positions, and a word more. */
const POSITIONS: i32 = 64 + 512 + 1024 + 64;
const BUCKET_BITS: u64 = 12;
const BUCKETS: usize = memory.data(2 << 12, 64);
/** u64 of each position: its tag. */
const TAGS: usize = memory.data(8 * POSITIONS, 64);
/** u16 of each access's position: that in its bucket before it, and OTHER where that is another tag's. */
const BEFORE: usize = memory.data(2 * POSITIONS, 64);
const OTHER_SHIFT: u32 = 15;
const OTHER: u32 = 1 << OTHER_SHIFT;
/** u8 of each position: 1 where live, or not used yet. Of the lowest word of live ones, `live` knows better. */
const LIVE: usize = memory.data(POSITIONS, 64);
/** u32 of each position: the slot that its entry had at the start, or the note of the miss that brought it. */
const ORIGINS: usize = memory.data(4 * POSITIONS, 64);
/** u8 of each way: 1 where its entry is still live at the end. */
const KEPT: usize = memory.data(512, 64);

/**
 * Takes `n` accesses from `words` on, u8 of each one's reach at `reaches`, through `array`. Notes each miss at `misses`:
 * u32 of its number, from 0 on, and u32 of the slot that it has got, 0 where another has replaced it since. Returns
 * where the notes end.
 */
export function passFirst(array: usize, words: usize, reaches: usize, n: u32, misses: usize): usize {
  if (n === 0) return misses;
  const start = takeEntries(array);
  findBefore(array, words, reaches, start, start + n);
  return replace(array, start, start + n, misses);
}

/** Gives the entries of the ring positions; returns the position after them. */
function takeEntries(array: usize): usize {
  memory.fill(BUCKETS, 0, 2 << 12);
  memory.fill(LIVE, 1, POSITIONS);
  const none = load<usize>(array, NO_SLOT);
  let position = START;
  for (let slot = oldestSlot(array); slot !== none; slot = newerSlot(array, slot)) {
    const tag = load<u64>(slot);
    store<u64>(TAGS + (position << 3), tag);
    store<u32>(ORIGINS + (position << 2), <u32>slot);
    store<u16>(bucketOf(tag), <u16>position);
    position++;
  }
  return position;
}

/** Looks up what each access finds in its bucket. None of that depends on what has been replaced. */
function findBefore(array: usize, words: usize, reaches: usize, start: usize, end: usize): void {
  for (let position = start; position < end; position++, words += 8, reaches++) {
    const piece = <u64>load<u8>(array + <usize>load<u8>(reaches), PIECES);
    const tag = ((load<u64>(words) >> piece) << piece) | piece;
    const bucket = bucketOf(tag);
    const before = <u32>load<u16>(bucket);
    const other = load<u64>(TAGS + ((<usize>before) << 3)) !== tag;
    store<u16>(bucket, <u16>position);
    store<u64>(TAGS + (position << 3), tag);
    store<u16>(BEFORE + (position << 1), <u16>(before | (u32(other) << OTHER_SHIFT)));
  }
}

/**
 * Replaces entry after entry. There is no branch on a hit, which nothing can predict: a hit is noted as well, but the
 * next access overwrites the note.
 */
function replace(array: usize, start: usize, end: usize, misses: usize): usize {
  let note = misses;
  // The word that the lowest live position is in: its first position, and which of them are live.
  let base = START;
  let live = liveFrom(base);
  for (let position = start; ; ) {
    for (; position < end; position++) {
      const found = <u32>load<u16>(BEFORE + (position << 1));
      const before = <usize>(found & (OTHER - 1));
      const hit = before >= base + <usize>ctz(live);
      if (found & (u32(hit) << OTHER_SHIFT)) break;
      store<u8>(LIVE + before, 0);
      store<u32>(ORIGINS + (position << 2), select(load<u32>(ORIGINS + (before << 2)), <u32>note, hit));
      store<u64>(note, <u64>(position - start));
      note += select<usize>(0, 8, hit);
      const bit = select<u64>((<u64>1) << (<u64>before & 63), 0, before - base < 64);
      live ^= select(bit, live & (0 - live), hit);
      if (live === 0) {
        base += 64;
        live = liveFrom(base);
      }
    }
    if (position === end) break;
    // Another tag of the same bucket was used later and lives: a rare case.
    store<u16>(BEFORE + (position << 1), searchBack(position, base + <usize>ctz(live)));
  }
  giveBack(array, base, live, end);
  return note;
}

/** The position, `lowest` or above, of the last use of the tag at `position`, or 0. */
function searchBack(position: usize, lowest: usize): u16 {
  const tag = load<u64>(TAGS + (position << 3));
  for (let before = position - 1; before >= lowest; before--) {
    if (load<u64>(TAGS + (before << 3)) === tag) return <u16>before;
  }
  return 0;
}

/** Puts the entries, live from `base` on, back into the ring in their order. What is new takes the slots of what is gone. */
function giveBack(array: usize, base: usize, first: u64, end: usize): void {
  const slots = load<usize>(array, SETS);
  const orders = ORDERS * load<usize>(array, ROW);
  const none = load<usize>(array, NO_SLOT);
  memory.fill(KEPT, 0, <usize>load<u32>(array, WAYS));
  for (let at = base, live = first; at < end; at += 64, live = liveFrom(at)) {
    for (; live !== 0; live &= live - 1) {
      const origin = <usize>load<u32>(ORIGINS + ((at + <usize>ctz(live)) << 2));
      if (at + <usize>ctz(live) < end && !isNote(origin, slots)) store<u8>(KEPT + ((origin - slots) >> 3), 1);
    }
  }
  let present: u64 = 0;
  let newest = none;
  let free = slots;
  for (let at = base, live = first; at < end; at += 64, live = liveFrom(at)) {
    for (; live !== 0; live &= live - 1) {
      const position = at + <usize>ctz(live);
      if (position >= end) break;
      const tag = load<u64>(TAGS + (position << 3));
      let slot = <usize>load<u32>(ORIGINS + (position << 2));
      if (isNote(slot, slots)) {
        while (load<u8>(KEPT + ((free - slots) >> 3)) !== 0) free += 8;
        store<u32>(slot, <u32>free, 4);
        store<u64>(free, tag);
        slot = free;
        free += 8;
      }
      link(slot, newest, orders);
      newest = slot;
      nameInIndex(array, tag, slot);
      present |= (<u64>1) << (tag & TAG_SHIFT_MASK);
    }
  }
  link(none, newest, orders);
  // Bit 0 stands for empty slots.
  store<u64>(array, present & ~(<u64>1), PRESENT);
}

/** Notes lie in this module's static memory, slots above it. */
function isNote(origin: usize, slots: usize): bool {
  return origin < slots;
}

function bucketOf(tag: u64): usize {
  return BUCKETS + ((<usize>((tag * SPREAD) >> (64 - BUCKET_BITS))) << 1);
}

/** Bit n: position base + n is live. */
function liveFrom(base: usize): u64 {
  const at = LIVE + base;
  return bits(at) | (bits(at + 16) << 16) | (bits(at + 32) << 32) | (bits(at + 48) << 48);
}

function bits(at: usize): u64 {
  return <u64>i8x16.bitmask(i8x16.ne(v128.load(at), i8x16.splat(0)));
}
