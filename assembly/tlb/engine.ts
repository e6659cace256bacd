// Engine: one access after another through first level, second level and walk.
//
//   access   | VA[63:12] in place | 0 (9) | class (2) | write (1) |
//   class    0 linear map data, 1 other kernel data, 2 user data, 3 instruction fetch
//
// Writes count as reads: a TLB entry of a kernel page carries its dirty state from the start.
import { allWalkersBusy, beginFlight, completeFlights, isInFlight, nextCompletion, walkers } from './flights';
import { attributesOfLeaf, knownReach, levelOf, offsetOf, reachOf, resolveLeaf } from './leaf';
import { newestSlot, touch } from './replacement';
import { secondLevel, structure, TLB_L1_DATA, TLB_L1_INSTRUCTION } from './structures';
import { emptySlot, firstIndexed } from './tag-index';
import {
  attributesIn,
  fill,
  findProbing,
  findTag,
  isFullyAssociative,
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
  TLB_FAULTS,
  TLB_L1_MISSES,
  TLB_L2_MISSES,
  TLB_LOOKUP_CYCLES,
  TLB_MERGED,
  TLB_STALL_CYCLES,
  TLB_WALK_CYCLES,
  TLB_WALKS,
} from './tlb-counters';
import { walkCost } from './walker';

const PAGE_MASK: u64 = ~(<u64>0xfff);
const CLASS_MASK: u32 = 6;
const INSTRUCTION: u32 = 6;

/** Accesses that are looked at together; their classes are counted in 16 bits each. */
const SLICE: u32 = 512;
/** log2 of the reach of each access of a slice, where it is known; u8. */
const REACHES: usize = memory.data(512);

let l2HitCycles: u64 = 0;
let probeCycles: u64 = 0;
let cyclesPerAccess: u64 = 0;
/** Cycles since the start. */
let now: u64 = 0;
let walkCycles: u64 = 0;

export function setTiming(l2Hit: u64, probe: u64, access: u64): void {
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

/**
 * What is known of the leaves is asked for all accesses before the first one is simulated: these look-ups do not
 * depend on each other, and none of them waits behind a mispredicted hit or miss.
 */
function runSlice(from: usize, n: u32): void {
  // Four counters of 16 bits, one a class.
  let accesses: u64 = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const word = load<u64>(from + (i << 3));
    const kind = <u32>word & CLASS_MASK;
    accesses += (<u64>1) << ((<u64>kind) << 3);
    store<u8>(REACHES + i, <u8>knownReach(word & PAGE_MASK, kind >> 1));
  }
  for (let kind: u32 = 0; kind < TLB_CLASSES; kind++) {
    add(countersOfClass(kind), TLB_ACCESSES, (accesses >> ((<u64>kind) << 4)) & 0xffff);
  }
  const data = structure(TLB_L1_DATA);
  const instruction = structure(TLB_L1_INSTRUCTION);
  for (let i: usize = 0; i < <usize>n; i++) {
    const word = load<u64>(from + (i << 3));
    const va = word & PAGE_MASK;
    const kind = <u32>word & CLASS_MASK;
    const reach = <u64>load<u8>(REACHES + i);
    const first = kind === INSTRUCTION ? instruction : data;
    now += cyclesPerAccess;
    if (nextCompletion <= now) completeFlights(now);
    // What follows begins with the commonest case: an entry that a fully associative first level finds at once.
    const tag = leafTag(va, pieceShift(first, reach));
    const slot = firstIndexed(first, tag);
    if (load<u64>(slot) !== tag) lookFurther(first, va, kind >> 1, reach, slot);
    else if (slot !== newestSlot(first)) touch(first, slot);
  }
}

/** An access that the first level does not translate by `indexed`, the first slot that its index names. */
function lookFurther(first: usize, va: u64, kind: u32, reach: u64, indexed: usize): void {
  // With a known reach and an empty bucket there is nothing that could be found.
  if (reach === 0 || !isFullyAssociative(first) || indexed !== emptySlot(first)) {
    const slot = lookUp(first, va, reach);
    if (slot !== 0) {
      touch(first, slot);
      return;
    }
  }
  const counters = countersOfClass(kind);
  const second = secondLevel(kind === 3 ? 1 : 0);
  add(counters, TLB_L1_MISSES, 1);
  const slot = lookUp(second, va, reach);
  if (slot === 0) {
    missBoth(first, second, va, kind, counters);
    return;
  }
  const size = load<u64>(slot) & TAG_SHIFT_MASK;
  add(counters, TLB_LOOKUP_CYCLES, l2HitCycles + probeCycles * (probesUntil(second, size) - 1));
  touch(second, slot);
  fillPiece(first, va, size, offsetIn(second, slot), attributesIn(second, slot));
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

/** Walks and counts. Returns the leaf; the cycles are in walkCycles. */
function walk(va: u64, kind: u32, second: usize, counters: usize): usize {
  const leaf = resolveLeaf(va, kind);
  walkCycles = walkCost(va, levelOf(leaf), second, counters);
  add(counters, TLB_WALKS, 1);
  add(counters, TLB_WALK_CYCLES, walkCycles);
  if (reachOf(leaf) === 0) add(counters, TLB_FAULTS, 1);
  return leaf;
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
