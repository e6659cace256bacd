// Both levels apart: a slice of accesses goes through the first level, then what it misses goes through the second.
//
// That is the same as access by access where the first level does not depend on the second: walks complete at once, and
// a leaf enters it in the same piece from a walk as from the second level. It is several times as fast, because
// the first level can then be simulated without a branch on hit or miss, which nothing can predict.
import { attributesOfLeaf, offsetOf } from './leaf';
import { isLru, isRing, newestSlot, oldestSlot, stamp, touch } from './replacement';
import { secondLevel, structure, TLB_L1_DATA, TLB_L1_INSTRUCTION } from './structures';
import { indexed, mayBeHidden, named } from './tag-index';
import {
  attributesIn,
  fill,
  findInSmallSet,
  hasSmallSets,
  leafTag,
  offsetIn,
  pieceShift,
  probesUntil,
  replaceInRing,
  setContent,
} from './tlb-array';
import { add, countersOfClass, TLB_L1_MISSES, TLB_L2_MISSES, TLB_LOOKUP_CYCLES } from './tlb-counters';
import { walk } from './walker';

const PAGE_MASK: u64 = ~(<u64>0xfff);
const CLASS_MASK: u64 = 6;
const INSTRUCTION: u64 = 6;

/** Of each miss of the first level: u32 of its number in the slice and u32 of the slot it has taken. */
const MISSES: usize = memory.data(8 * 513, 8);
let endOfMisses: usize = MISSES;

/** The structures are of the usual kinds: a first level of one set, a second of small ones, both LRU. */
export let levelsAreApart: bool = false;

let l2HitCycles: u64 = 0;
let probeCycles: u64 = 0;

export function setLookupTiming(l2Hit: u64, probe: u64): void {
  l2HitCycles = l2Hit;
  probeCycles = probe;
}

/** Called when the structures have been made. */
export function findOutIfApart(): void {
  levelsAreApart = true;
  for (let side: u32 = 0; side < 2; side++) {
    const first = structure(side);
    const second = secondLevel(side);
    if (!isRing(first) || !isLru(first) || !hasSmallSets(second) || !isLru(second)) levelsAreApart = false;
    // A page has a piece in both.
    if (pieceShift(first, 12) === 0 || pieceShift(second, 12) === 0) levelsAreApart = false;
  }
}

/** Simulates up to 512 accesses whose reaches are all known, u8 each at `reaches`. */
export function runApart(from: usize, n: u32, reaches: usize): void {
  endOfMisses = MISSES;
  for (let i = passFirst(from, 0, n, reaches); i < <usize>n; i = passFirst(from, i, n, reaches)) {
    passHidden(load<u64>(from + (i << 3)), i, load<u8>(reaches + i));
    i++;
  }
  for (let at = MISSES; at < endOfMisses; at += 8) {
    const i = <usize>load<u32>(at);
    missFirst(load<u64>(from + (i << 3)), load<u8>(reaches + i), load<usize>(at, 4));
  }
}

/**
 * Takes accesses from `i` on through the first level and notes those that miss it; returns the first whose tag may be
 * hidden in the index. This loop decides how fast all is. It calls nothing and has no branch on a hit: a hit is noted
 * as well, but not counted, so that the next access overwrites it.
 */
function passFirst(from: usize, i: usize, n: usize, reaches: usize): usize {
  const data = structure(TLB_L1_DATA);
  const instruction = structure(TLB_L1_INSTRUCTION);
  let end = endOfMisses;
  for (; i < n; i++) {
    const word = load<u64>(from + (i << 3));
    const first = (word & CLASS_MASK) === INSTRUCTION ? instruction : data;
    const tag = leafTag(word & PAGE_MASK, pieceShift(first, load<u8>(reaches + i)));
    const found = named(first, tag);
    const hit = load<u64>(found) === tag;
    // Not &&, which would branch on the hit.
    if (u32(!hit) & u32(mayBeHidden(first, tag))) break;
    // Hits in a row of one entry, which are easily predicted, change nothing.
    if (u32(hit) & u32(found === newestSlot(first))) continue;
    const slot = select(found, oldestSlot(first), hit);
    replaceInRing(first, slot, tag, hit);
    store<u32>(end, <u32>i);
    store<usize>(end, slot, 4);
    end += select<usize>(0, 8, hit);
  }
  endOfMisses = end;
  return i;
}

function passHidden(word: u64, i: usize, reach: u64): void {
  const first = structure((word & CLASS_MASK) === INSTRUCTION ? TLB_L1_INSTRUCTION : TLB_L1_DATA);
  const tag = leafTag(word & PAGE_MASK, pieceShift(first, reach));
  const slot = indexed(first, tag);
  if (slot !== 0) {
    touch(first, slot);
    return;
  }
  store<u32>(endOfMisses, <u32>i);
  store<usize>(endOfMisses, fill(first, tag, 0, 0), 4);
  endOfMisses += 8;
}

/** The rest of an access that has missed the first level and taken `slot` there, unless a later one has it now. */
function missFirst(word: u64, reach: u64, slot: usize): void {
  const va = word & PAGE_MASK;
  const kind = <u32>(word & CLASS_MASK) >> 1;
  const side: u32 = kind === 3 ? 1 : 0;
  const second = secondLevel(side);
  const counters = countersOfClass(kind);
  const piece = pieceShift(second, reach);
  const tag = leafTag(va, piece);
  let found = findInSmallSet(second, tag);
  add(counters, TLB_L1_MISSES, 1);
  if (found !== 0) {
    add(counters, TLB_LOOKUP_CYCLES, l2HitCycles + probeCycles * (probesUntil(second, piece) - 1));
    stamp(second, found);
  } else {
    add(counters, TLB_LOOKUP_CYCLES, l2HitCycles + probeCycles * (probesUntil(second, 63) - 1));
    add(counters, TLB_L2_MISSES, 1);
    const leaf = walk(va, kind, second, counters);
    found = fill(second, tag, offsetOf(leaf), attributesOfLeaf(leaf));
  }
  const first = structure(side);
  if (load<u64>(slot) === leafTag(va, pieceShift(first, reach))) {
    setContent(first, slot, offsetIn(second, found), attributesIn(second, found));
  }
}
