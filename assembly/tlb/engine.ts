// Engine: one access after another through first level, second level and walk.
//
//   access   | VA[63:12] in place | 0 (9) | class (2) | write (1) |
//   class    0 linear map data, 1 other kernel data, 2 user data, 3 instruction fetch
//
// Writes count as reads: a TLB entry of a kernel page carries its dirty state from the start.
import { levelsAreApart, runApart } from './apart';
import { allWalkersBusy, beginFlight, completeFlights, isInFlight, nextCompletion, walkers } from './flights';
import { accessesByClass, attributesOfLeaf, knownReaches, offsetOf, reachOf } from './leaf';
import { touch } from './replacement';
import { setLookupTiming } from './second-pass';
import { SLICE } from './slice';
import { secondLevel, structure, TLB_L1_DATA, TLB_L1_INSTRUCTION } from './structures';
import {
  attributesIn,
  fill,
  findProbing,
  findTag,
  leafTag,
  offsetIn,
  pieceShift,
  probesUntil,
  TAG_SHIFT_MASK,
} from './tlb-array';
import {
  add,
  countersOfClass,
  TLB_ACCESSES,
  TLB_CLASSES,
  TLB_L1_MISSES,
  TLB_L2_MISSES,
  TLB_LOOKUP_CYCLES,
  TLB_MERGED,
  TLB_STALL_CYCLES,
} from './tlb-counters';
import { walk, walkCycles } from './walker';

const PAGE_MASK: u64 = ~(<u64>0xfff);
const CLASS_MASK: u64 = 6;

/** log2 of the reach of each access of a slice, where it is known; u8. */
const REACHES: usize = memory.data(1024);

let l2HitCycles: u64 = 0;
let probeCycles: u64 = 0;
let cyclesPerAccess: u64 = 0;
/** Cycles since the start. */
let now: u64 = 0;

export function setTiming(l2Hit: u64, probe: u64, access: u64): void {
  setLookupTiming(l2Hit, probe);
  l2HitCycles = l2Hit;
  probeCycles = probe;
  cyclesPerAccess = access;
}

export function resetTime(): void {
  now = 0;
}

/** Simulates `n` accesses, one u64 each from `at` on. */
export function runAccesses(at: usize, n: u32): void {
  for (let done: u32 = 0; done < n; done += SLICE) {
    runSlice(at + ((<usize>done) << 3), min(n - done, SLICE));
  }
}

function runSlice(from: usize, n: u32): void {
  const allKnown = knownReaches(from, n, REACHES);
  const accesses = accessesByClass;
  for (let kind: u32 = 0; kind < TLB_CLASSES; kind++) {
    add(countersOfClass(kind), TLB_ACCESSES, (accesses >> ((<u64>kind) << 4)) & 0xffff);
  }
  if (allKnown && levelsAreApart && walkers === 0) {
    runApart(from, n, <u32>(accesses >> 48), REACHES);
    return;
  }
  for (let i: usize = 0; i < <usize>n; i++) simulate(load<u64>(from + (i << 3)), load<u8>(REACHES + i));
}

/** Any access. `reach`: of its leaf, where that is known. */
function simulate(word: u64, reach: u64): void {
  now += cyclesPerAccess;
  if (nextCompletion <= now) completeFlights(now);
  const va = word & PAGE_MASK;
  const kind = <u32>(word & CLASS_MASK) >> 1;
  const first = structure(kind === 3 ? TLB_L1_INSTRUCTION : TLB_L1_DATA);
  const inFirst = lookUp(first, va, reach);
  if (inFirst !== 0) {
    touch(first, inFirst);
    return;
  }
  const counters = countersOfClass(kind);
  const second = secondLevel(kind === 3 ? 1 : 0);
  add(counters, TLB_L1_MISSES, 1);
  const slot = lookUp(second, va, reach);
  if (slot === 0) {
    missBoth(first, second, va, kind, counters);
    return;
  }
  touch(second, slot);
  const size = load<u64>(slot) & TAG_SHIFT_MASK;
  add(counters, TLB_LOOKUP_CYCLES, l2HitCycles + probeCycles * (probesUntil(second, size) - 1));
  const held = pieceShift(first, size);
  if (held !== 0) fill(first, leafTag(va, held), offsetIn(second, slot), attributesIn(second, slot));
}

/** The slot that translates `va`, or 0. Where the leaf's reach is known, only its piece can be there. */
function lookUp(array: usize, va: u64, reach: u64): usize {
  const piece = pieceShift(array, reach);
  if (piece !== 0) return findTag(array, leafTag(va, piece));
  return reach === 0 ? findProbing(array, va) : 0;
}

function missBoth(first: usize, second: usize, va: u64, kind: u32, counters: usize): void {
  add(counters, TLB_LOOKUP_CYCLES, l2HitCycles + probeCycles * (probesUntil(second, 63) - 1));
  add(counters, TLB_L2_MISSES, 1);
  if (walkers === 0) {
    const leaf = walk(va, kind, second, counters);
    fillPiece(second, va, reachOf(leaf), offsetOf(leaf), attributesOfLeaf(leaf));
    fillPiece(first, va, reachOf(leaf), offsetOf(leaf), attributesOfLeaf(leaf));
    return;
  }
  const side: u32 = kind === 3 ? 1 : 0;
  if (isInFlight(va, side)) {
    add(counters, TLB_MERGED, 1);
    return;
  }
  if (allWalkersBusy()) waitForWalker(counters);
  const leaf = walk(va, kind, second, counters);
  // An access that faults traps: nothing goes on beside its walk.
  if (reachOf(leaf) === 0) return;
  beginFlight(now + walkCycles, va, side, reachOf(leaf), offsetOf(leaf), attributesOfLeaf(leaf));
}

function fillPiece(array: usize, va: u64, reach: u64, offset: u64, attributes: u64): void {
  const shift = pieceShift(array, reach);
  if (shift !== 0) fill(array, leafTag(va, shift), offset, attributes);
}

function waitForWalker(counters: usize): void {
  add(counters, TLB_STALL_CYCLES, nextCompletion - now);
  now = nextCompletion;
  completeFlights(now);
}
