// Both levels apart: a slice of accesses goes through the first level, then what it misses goes through the second.
//
// That is the same as access by access where the first level does not depend on the second: walks complete at once, and
// a leaf enters it in the same piece from a walk as from the second level. It is several times as fast, because
// the first level can then be simulated without a branch on hit or miss, which nothing can predict.
import { WAYS } from './array-layout';
import { MOST_ENTRIES, passFirst } from './first-pass';
import { isLru, isRing } from './replacement';
import { passSecond } from './second-pass';
import { secondLevel, structure, TLB_L1_DATA, TLB_L1_INSTRUCTION } from './structures';
import { hasSmallSets, pieceShift } from './tlb-array';

const CLASS_MASK: u64 = 6;
const INSTRUCTION: u64 = 6;

/** Of each miss of the first level: u32 of its number in the slice and u32 of the slot that it has got there, or 0. */
const MISSES: usize = memory.data(8 * 1025, 64);

/** The accesses of one side of a slice that has both: words, u8 of their reaches, u16 of their numbers, misses. */
const DATA: usize = memory.data(8 * 1024 + 1024 + 2 * 1024 + 8 * 1025, 64);
const FETCHES: usize = memory.data(8 * 1024 + 1024 + 2 * 1024 + 8 * 1025, 64);
const SIDE_REACHES: usize = 8 * 1024;
const SIDE_NUMBERS: usize = SIDE_REACHES + 1024;
const SIDE_MISSES: usize = SIDE_NUMBERS + 2 * 1024;

/** The structures are of the usual kinds: a first level of one set, a second of small ones, both LRU. */
export let levelsAreApart: bool = false;

/** Called when the structures have been made. */
export function findOutIfApart(): void {
  levelsAreApart = sideIsUsual(0) && sideIsUsual(1);
}

function sideIsUsual(side: u32): bool {
  const first = structure(side);
  const second = secondLevel(side);
  if (!isRing(first) || !isLru(first) || load<u32>(first, WAYS) > MOST_ENTRIES) return false;
  if (!hasSmallSets(second) || !isLru(second)) return false;
  // A page has a piece in both.
  return pieceShift(first, 12) !== 0 && pieceShift(second, 12) !== 0;
}

/** Simulates a slice of `n` accesses, `fetches` of them of instructions, whose reaches are all known, u8 each at `reaches`. */
export function runApart(words: usize, n: u32, fetches: u32, reaches: usize): void {
  let end: usize = 0;
  if (fetches === 0) {
    end = passFirst(structure(TLB_L1_DATA), words, reaches, n, MISSES);
  } else {
    separate(words, n, reaches);
    const endOfData = passSide(TLB_L1_DATA, DATA, n - fetches);
    const endOfFetches = passSide(TLB_L1_INSTRUCTION, FETCHES, fetches);
    end = merge(endOfData, endOfFetches);
  }
  passSecond(words, reaches, MISSES, end);
}

/** Copies the accesses of either side to where that side's are. */
function separate(words: usize, n: u32, reaches: usize): void {
  let data: usize = 0;
  let fetches: usize = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const word = load<u64>(words + (i << 3));
    const isFetch = (word & CLASS_MASK) === INSTRUCTION;
    const side = isFetch ? FETCHES : DATA;
    const place = isFetch ? fetches : data;
    store<u64>(side + (place << 3), word);
    store<u8>(side + place, load<u8>(reaches + i), SIDE_REACHES);
    store<u16>(side + (place << 1), <u16>i, SIDE_NUMBERS);
    data += isFetch ? 0 : 1;
    fetches += isFetch ? 1 : 0;
  }
}

function passSide(first: u32, side: usize, n: u32): usize {
  return passFirst(structure(first), side, side + SIDE_REACHES, n, side + SIDE_MISSES);
}

/** Puts the misses of both sides into the order of the accesses; returns where they end. */
function merge(endOfData: usize, endOfFetches: usize): usize {
  let data = DATA + SIDE_MISSES;
  let fetch = FETCHES + SIDE_MISSES;
  let end = MISSES;
  while (data < endOfData || fetch < endOfFetches) {
    const ofData = data < endOfData ? numberOf(DATA, data) : <u32>-1;
    const ofFetch = fetch < endOfFetches ? numberOf(FETCHES, fetch) : <u32>-1;
    const isData = ofData < ofFetch;
    store<u32>(end, isData ? ofData : ofFetch);
    store<u32>(end, load<u32>(isData ? data : fetch, 4), 4);
    data += isData ? 8 : 0;
    fetch += isData ? 0 : 8;
    end += 8;
  }
  return end;
}

/** The number in the slice of a miss that is numbered within its side. */
function numberOf(side: usize, miss: usize): u32 {
  return load<u16>(side + ((<usize>load<u32>(miss)) << 1), SIDE_NUMBERS);
}
