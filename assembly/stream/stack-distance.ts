// Stack distance: for each access, how many different units were touched since the last touch of its own, itself
// included (Mattson et al., 1970). An LRU buffer of C entries hits exactly where that distance is at most C, so one
// pass gives the misses of every capacity. Distances beyond STACK_DEPTH are counted together: no TLB is larger.
//
// Time is an axis of slots. The slot of the last touch of each unit in the stack is marked; a unit's distance is
// the number of marks from its own slot up. Marks are counted in three levels, so that a count takes no loop:
//
//   marks    | one bit a slot
//   words    | u8: marks in 64 slots
//   blocks   | u16: marks in 1024 slots
//
// A full axis is compacted: the marked units move, in order, to the first slots of the next axis. A unit is found
// through a hash table of all units that were ever touched, which tells a first touch from a deep one:
//
//   entry    | unit number + 1, u64; 0: empty | stamp of the last touch u64: slots of all earlier axes + its slot |
//
// The table grows beyond what this module's memory holds at its start. That is where page tables go as well, so an
// instance that counts stack distances has no map.

/** The largest distance that is told apart. */
export const STACK_DEPTH: u32 = 4096;
/** Words that the caller may write at stackBuffer(). */
export const STACK_BUFFER: u32 = 1 << 15;
/** Classes of access; each has its own counts. */
export const STACK_CLASSES: u32 = 4;

const AXIS_SHIFT: u32 = 15;
const AXIS: u32 = 1 << AXIS_SHIFT;
const WORD_SHIFT: u32 = 6;
const BLOCK_SHIFT: u32 = 10;
const AXIS_BLOCKS: u32 = AXIS >> BLOCK_SHIFT;

const BUFFER: usize = memory.data(8 << 15, 16);
const MARKS: usize = memory.data(1 << (15 - 3), 16);
const WORDS: usize = memory.data(1 << (15 - 6), 16);
/** Blocks past the axis stay 0: counting reads as many beyond any block as the axis has. */
const BLOCKS: usize = memory.data(2 * (2 << (15 - 10)), 16);
/** By slot: the entry of the unit touched there, u32. */
const ENTRIES: usize = memory.data(4 << 15, 16);
/** 16 bytes of zeros before 16 of ones: read at 15 - i, what keeps the bytes after the i-th. */
const AFTER: usize = memory.data(32, 16);

/** By class and distance, u64: [0] deeper than STACK_DEPTH, [1] … [STACK_DEPTH]. */
const HISTOGRAM: usize = memory.data(4 * 8 * 4097, 8);
/** By class, u64: first touches. */
const FIRST: usize = memory.data(4 * 8, 8);
const ROW: usize = 8 * 4097;

/** Words that are passed over together: their entries are all loaded before any is looked at. */
const RUN: u32 = 128;
const TOUCHED: usize = memory.data(8, 8);
const FIRST_TABLE_SHIFT: u32 = 16;
const ENTRY_SHIFT: u32 = 4;
const ENTRY_BYTES: usize = 16;
/** 2^64 / golden ratio: spreads consecutive units (Knuth, The Art of Computer Programming 3, 6.4). */
const SPREAD: u64 = 0x9e3779b97f4a7c15;

/** Where the smallest table lies. Each larger one follows the one of half its size. */
let tables: usize = 0;
let table: usize = 0;
let tableShift: u32 = 0;
let units: u32 = 0;

/** Slots of all axes before this one. */
let base: u64 = 0;
let now: u32 = 0;
/** No slot below is marked. */
let oldest: u32 = 0;
let marked: u32 = 0;
/** The unit touched last, and with it the first of the stack. */
let last: u64 = 0;

export function stackBuffer(): usize {
  return BUFFER;
}

/** Counts by class and distance: STACK_CLASSES rows of STACK_DEPTH + 1 u64, deeper ones at index 0. */
export function stackHistogram(): usize {
  return HISTOGRAM;
}

/** First touches by class: STACK_CLASSES u64. */
export function stackFirstTouches(): usize {
  return FIRST;
}

/** Different units touched since the reset. */
export function stackUnits(): u32 {
  return units;
}

/** Forgets all units and counts. Returns false where memory does not suffice for the smallest table. */
export function resetStack(): bool {
  if (tables === 0) tables = (<usize>memory.size()) << 16;
  table = emptyTable(FIRST_TABLE_SHIFT);
  if (table === 0) return false;
  tableShift = FIRST_TABLE_SHIFT;
  memory.fill(AFTER + 16, 0xff, 16);
  units = 0;
  base = 0;
  now = 0;
  last = 0;
  setMarks(0);
  resetStackCounts();
  return true;
}

/** Starts counting anew with the stack as it is: what comes before was a warm-up. */
export function resetStackCounts(): void {
  memory.fill(HISTOGRAM, 0, ROW * STACK_CLASSES);
  memory.fill(FIRST, 0, 8 * STACK_CLASSES);
}

/**
 * Passes over the first `n` words of the buffer. A unit is 2^unitShift bytes, at least 4 KiB; `classes` has a bit
 * for each class that counts, words of others are left out. Returns false where the units do not fit 4 GiB.
 */
export function passStack(n: u32, unitShift: u32, classes: u32): bool {
  for (let done: u32 = 0; done < n; ) {
    if (now === AXIS) compact();
    const run = min(min(n - done, RUN), AXIS - now);
    if (units + run > (((<u32>1) << tableShift) >> 2) * 3 && !growTable()) return false;
    const from = BUFFER + ((<usize>done) << 3);
    touchEntries(from, run, <u64>unitShift);
    passRun(from, run, <u64>unitShift, classes);
    done += run;
  }
  return true;
}

/** The table does not fit a cache. A bare loop keeps more misses under way than looking units up can. */
function touchEntries(from: usize, n: u32, unitShift: u64): void {
  const entries = table;
  const indexShift = <u64>(64 - tableShift);
  let any: u64 = 0;
  for (const end = from + ((<usize>n) << 3); from < end; from += 8) {
    const unit = (load<u64>(from) >> unitShift) + 1;
    any |= load<u64>(entries + ((<usize>((unit * SPREAD) >> indexShift)) << ENTRY_SHIFT));
  }
  store<u64>(TOUCHED, any);
}

function passRun(from: usize, n: u32, unitShift: u64, classes: u32): void {
  const entries = table;
  const indexShift = <u64>(64 - tableShift);
  const entryMask = (((<usize>1) << tableShift) - 1) << ENTRY_SHIFT;
  const before = base;
  let slot = now;
  let first = oldest;
  let count = marked;
  let previous = last;

  for (const end = from + ((<usize>n) << 3); from < end; from += 8) {
    const word = load<u64>(from);
    const accessClass = <u32>(word >> 1) & 3;
    if (((classes >> accessClass) & 1) === 0) continue;
    const row = HISTOGRAM + <usize>accessClass * ROW;
    const unit = (word >> unitShift) + 1;
    if (unit === previous) {
      increment(row + 8);
      continue;
    }
    previous = unit;

    let entry = (<usize>((unit * SPREAD) >> indexShift)) << ENTRY_SHIFT;
    let found = load<u64>(entries + entry);
    while (found !== unit && found !== 0) {
      entry = (entry + ENTRY_BYTES) & entryMask;
      found = load<u64>(entries + entry);
    }
    entry += entries;

    const stamp = load<u64>(entry, 8);
    if (found !== 0 && stamp >= before + first) {
      const touched = <u32>(stamp - before);
      increment(row + ((<usize>marksFrom(touched)) << 3));
      mark(touched, -1);
    } else {
      if (found === 0) {
        store<u64>(entry, unit);
        increment(FIRST + ((<usize>accessClass) << 3));
        units++;
      } else {
        increment(row);
      }
      if (count === STACK_DEPTH) {
        first = firstMark(first);
        mark(first, -1);
        first++;
      } else {
        count++;
      }
    }
    store<u64>(entry, before + slot, 8);
    store<u32>(ENTRIES + ((<usize>slot) << 2), <u32>entry);
    mark(slot, 1);
    slot++;
  }

  now = slot;
  oldest = first;
  marked = count;
  last = previous;
}

/** Marks at `slot` and after it. */
function marksFrom(slot: u32): u32 {
  const word = <usize>(slot >> WORD_SHIFT);
  const inWord = <u32>popcnt(load<u64>(MARKS + (word << 3)) >> (<u64>slot & 63));
  const after = v128.load(AFTER + 15 - (word & 15));
  const words = v128.and(v128.load(WORDS + (word & ~15)), after);
  let sum = i16x8.extadd_pairwise_i8x16_u(words);
  const blocks = BLOCKS + ((<usize>(slot >> BLOCK_SHIFT) + 1) << 1);
  for (let i: usize = 0; i < (<usize>AXIS_BLOCKS) << 1; i += 16) sum = i16x8.add(sum, v128.load(blocks + i));
  const pairs = i32x4.extadd_pairwise_i16x8_u(sum);
  const halves = i32x4.add(pairs, v128.shuffle<i32>(pairs, pairs, 2, 3, 0, 1));
  return inWord + i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

/** Sets the mark of a slot that has none (`by` 1), or takes it away (-1). */
function mark(slot: u32, by: i32): void {
  const word = <usize>(slot >> WORD_SHIFT);
  const bits = MARKS + (word << 3);
  store<u64>(bits, load<u64>(bits) ^ ((<u64>1) << (<u64>slot & 63)));
  store<u8>(WORDS + word, <u8>(<i32>load<u8>(WORDS + word) + by));
  const block = BLOCKS + ((<usize>(slot >> BLOCK_SHIFT)) << 1);
  store<u16>(block, <u16>(<i32>load<u16>(block) + by));
}

/** The first marked slot from `slot` on; there is one. */
function firstMark(slot: u32): u32 {
  let word = <usize>(slot >> WORD_SHIFT);
  let bits = (load<u64>(MARKS + (word << 3)) >> (<u64>slot & 63)) << (<u64>slot & 63);
  while (bits === 0) bits = load<u64>(MARKS + (++word << 3));
  return <u32>((word << WORD_SHIFT) + <usize>ctz(bits));
}

/** Moves the marked units, in order, to the first slots of the next axis. */
function compact(): void {
  base += AXIS;
  let slot: u32 = 0;
  for (let word: u32 = 0; word < AXIS >> WORD_SHIFT; word++) {
    let bits = load<u64>(MARKS + ((<usize>word) << 3));
    for (; bits !== 0; bits &= bits - 1) {
      const from = (word << WORD_SHIFT) + <u32>ctz(bits);
      const entry = load<u32>(ENTRIES + ((<usize>from) << 2));
      store<u32>(ENTRIES + ((<usize>slot) << 2), entry);
      store<u64>(entry, base + slot, 8);
      slot++;
    }
  }
  now = slot;
  setMarks(slot);
}

/** Marks the first `n` slots and no others. */
function setMarks(n: u32): void {
  memory.fill(MARKS, 0, AXIS >> 3);
  memory.fill(WORDS, 0, AXIS >> WORD_SHIFT);
  memory.fill(BLOCKS, 0, AXIS_BLOCKS << 1);
  for (let slot: u32 = 0; slot < n; slot++) mark(slot, 1);
  oldest = 0;
  marked = n;
}

/** Doubles the table. The old one is left where it was: all of them together take as much as the last. */
function growTable(): bool {
  const shift = tableShift + 1;
  const larger = emptyTable(shift);
  if (larger === 0) return false;
  const mask = (((<usize>1) << shift) - 1) << ENTRY_SHIFT;
  const end = table + ((<usize>1) << (tableShift + ENTRY_SHIFT));
  for (let from = table; from < end; from += ENTRY_BYTES) {
    const unit = load<u64>(from);
    if (unit === 0) continue;
    let entry = (<usize>((unit * SPREAD) >> <u64>(64 - shift))) << ENTRY_SHIFT;
    while (load<u64>(larger + entry) !== 0) entry = (entry + ENTRY_BYTES) & mask;
    entry += larger;
    const stamp = load<u64>(from, 8);
    store<u64>(entry, unit);
    store<u64>(entry, stamp, 8);
    if (stamp >= base) store<u32>(ENTRIES + ((<usize>(stamp - base)) << 2), <u32>entry);
  }
  table = larger;
  tableShift = shift;
  return true;
}

/** The table of 2^shift entries, empty; 0 where memory does not suffice. */
function emptyTable(shift: u32): usize {
  const bytes = (<u64>1) << (shift + ENTRY_SHIFT);
  const at = <u64>tables + bytes - ((<u64>1) << (FIRST_TABLE_SHIFT + ENTRY_SHIFT));
  const end = at + bytes;
  const have = (<u64>memory.size()) << 16;
  if (end > have && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
  // New memory is zero already. But look-ups come all over the table and read first: an operating system would put one
  // page of zeros everywhere, and take it away, from all CPUs, when a unit is written there.
  memory.fill(<usize>at, 0, <usize>bytes);
  return <usize>at;
}

function increment(at: usize): void {
  store<u64>(at, load<u64>(at) + 1);
}
