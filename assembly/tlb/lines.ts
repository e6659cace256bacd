// Lines: the 64-byte lines of eight descriptors that walks fetch, and the caches they are fetched through.
//
//   line   | class (2, of pending lines only) | level + 2 (6) | VA >> (shift of the level + 3) |     0: empty
//
// A line is known by what it translates, not by where its table lies, so tables need not be stored. A cache is its
// tags alone, see line-cache.ts.
//
// Where nothing waits for the cycles of a walk, its lines are put aside and fetched with those of a whole slice: first
// all through L2, then what that misses through the system cache, whose tags are in no near cache of the host.
import { levelShift } from '../geometry';
import { createLineCache, emptyLineCache, promote, rowOf } from './line-cache';
import {
  add,
  countersOfClass,
  TLB_CLASSES,
  TLB_LINES_DRAM,
  TLB_LINES_L2,
  TLB_LINES_SYSTEM,
  TLB_WALK_CYCLES,
} from './tlb-counters';

const DESCRIPTORS_SHIFT: u32 = 3;
const LEVEL_SHIFT: u64 = 56;
const CLASS_SHIFT: u64 = 62;
const LINE: u64 = ((<u64>1) << CLASS_SHIFT) - 1;

/** Lines go through caches. */
export let linesAreCached: bool = false;
let hasSystem: bool = false;
export let l2LineCycles: u64 = 0;
let systemCycles: u64 = 0;
let dramCycles: u64 = 0;

/** A line cache: see line-cache.ts. */
const L2: usize = memory.data(16, 8);
const SYSTEM: usize = memory.data(16, 8);

/** u64 each: five levels of the walks of a slice, and one more. */
const PENDING: usize = memory.data(8 * (5 * 1024 + 1), 64);
let pendingEnd: usize = PENDING;
/** u64 for each class: lines found in L2 in the low half, in the system cache in the high half. */
const FOUND: usize = memory.data(8 * 4, 8);
/** u64 for each class: lines put aside. */
const ASIDE: usize = memory.data(8 * 4, 8);

/** Without caches every line costs what one in L2 does. Called before the caches are made. */
export function setLineTiming(l2: u64, system: u64, dram: u64): void {
  linesAreCached = false;
  hasSystem = false;
  l2LineCycles = l2;
  systemCycles = system;
  dramCycles = dram;
}

/** Makes the caches; `systemBytes` 0 stands for none. Bytes make a power of two of sets. */
export function createLineCaches(l2Bytes: u64, l2Ways: u32, systemBytes: u64, systemWays: u32): void {
  linesAreCached = true;
  createLineCache(L2, l2Bytes, l2Ways);
  hasSystem = systemBytes > 0;
  if (hasSystem) createLineCache(SYSTEM, systemBytes, systemWays);
  emptyLineCaches();
}

export function emptyLineCaches(): void {
  if (!linesAreCached) return;
  emptyLineCache(L2);
  if (hasSystem) emptyLineCache(SYSTEM);
}

/** Fetches the line of the descriptor of `level` for `va`, counts where it was found and returns the cycles it took. */
export function fetchLine(va: u64, level: i32, counters: usize): u64 {
  if (!linesAreCached) {
    add(counters, TLB_LINES_L2, 1);
    return l2LineCycles;
  }
  const line = lineOf(va, level);
  if (promote(L2, line)) {
    add(counters, TLB_LINES_L2, 1);
    return l2LineCycles;
  }
  if (hasSystem && promote(SYSTEM, line)) {
    add(counters, TLB_LINES_SYSTEM, 1);
    return systemCycles;
  }
  add(counters, TLB_LINES_DRAM, 1);
  return dramCycles;
}

/** Puts the lines of a walk by class `kind` aside, from `start` to `level`. */
export function putLinesAside(va: u64, start: i32, level: i32, kind: u64): void {
  let end = pendingEnd;
  for (let read = start; read <= level; read++, end += 8) {
    store<u64>(end, lineOf(va, read) | (kind << CLASS_SHIFT));
  }
  pendingEnd = end;
}

/** Fetches all lines put aside, counts them and their cycles. */
export function fetchPending(): void {
  let end = pendingEnd;
  pendingEnd = PENDING;
  for (let at = PENDING; at < end; at += 8) {
    const counter = ASIDE + ((<usize>(load<u64>(at) >> CLASS_SHIFT)) << 3);
    store<u64>(counter, load<u64>(counter) + 1);
  }
  end = pass(L2, end, 1);
  if (hasSystem) {
    touchRows(SYSTEM, end);
    pass(SYSTEM, end, (<u64>1) << 32);
  }
  for (let kind: u32 = 0; kind < TLB_CLASSES; kind++) {
    const at = (<usize>kind) << 3;
    const inL2 = <u64>load<u32>(FOUND + at);
    const inSystem = <u64>load<u32>(FOUND + at, 4);
    const inDram = load<u64>(ASIDE + at) - inL2 - inSystem;
    store<u64>(FOUND + at, 0);
    store<u64>(ASIDE + at, 0);
    const counters = countersOfClass(kind);
    add(counters, TLB_LINES_L2, inL2);
    add(counters, TLB_LINES_SYSTEM, inSystem);
    add(counters, TLB_LINES_DRAM, inDram);
    add(counters, TLB_WALK_CYCLES, inL2 * l2LineCycles + inSystem * systemCycles + inDram * dramCycles);
  }
}

/** Takes the pending lines before `end` through a cache. Those that miss stay pending; returns where they end. */
function pass(cache: usize, end: usize, one: u64): usize {
  let left = PENDING;
  for (let at = PENDING; at < end; at += 8) {
    const line = load<u64>(at);
    const found = promote(cache, line & LINE);
    const counter = FOUND + ((<usize>(line >> CLASS_SHIFT)) << 3);
    store<u64>(counter, load<u64>(counter) + select<u64>(one, 0, found));
    store<u64>(left, line);
    left += select<usize>(0, 8, found);
  }
  return left;
}

/** Reads what pass() will need: these reads do not wait for each other. */
function touchRows(cache: usize, end: usize): void {
  let touched: u64 = 0;
  for (let at = PENDING; at < end; at += 8) {
    const row = rowOf(cache, load<u64>(at) & LINE);
    touched |= load<u64>(row) | load<u64>(row, 64);
  }
  // Without a use of them the reads would be optimised away.
  store<u64>(end, touched);
}

function lineOf(va: u64, level: i32): u64 {
  return ((<u64>(level + 2)) << LEVEL_SHIFT) | (va >> <u64>(levelShift(level) + DESCRIPTORS_SHIFT));
}
