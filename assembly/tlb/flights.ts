// Flights: walks that have begun and not completed. A TLB learns the leaf when its walk completes; until then a miss
// to the same leaf joins the walk, and a miss to another takes a walker or waits for one.
//
//   +0 completion u64 | +8 va u64 | +16 offset u64 | +24 attributes u64 | +32 reach u64 | +40 side u32 | +44 dropped u32
//
// They lie in the order in which they began.

import { touch } from './replacement';
import { secondLevel, structure } from './structures';
import { fill, findTag, leafTag, pieceShift, setContent } from './tlb-array';

const NEVER: u64 = ~(<u64>0);

const COMPLETION: usize = 0;
const VA: usize = 8;
const OFFSET: usize = 16;
const ATTRIBUTES: usize = 24;
const REACH: usize = 32;
const SIDE: usize = 40;
const DROPPED: usize = 44;
const BYTES: usize = 48;
export const TLB_MOST_WALKERS: u32 = 64;
const FLIGHTS: usize = memory.data(48 * 64, 8);

/** Walks that can be in flight; 0: every walk completes at once. */
export let walkers: u32 = 0;
/** When the first flight completes. */
export let nextCompletion: u64 = NEVER;
let end: usize = FLIGHTS;

export function setWalkers(n: u32): void {
  walkers = n;
  forgetFlights();
}

export function forgetFlights(): void {
  end = FLIGHTS;
  nextCompletion = NEVER;
}

export function allWalkersBusy(): bool {
  return end === FLIGHTS + <usize>walkers * BYTES;
}

/** A walk of the same side is fetching the leaf around `va`. */
export function isInFlight(va: u64, side: u32): bool {
  for (let at = FLIGHTS; at < end; at += BYTES) {
    if (load<u32>(at, SIDE) === side && load<u32>(at, DROPPED) === 0 && covers(at, va)) return true;
  }
  return false;
}

export function beginFlight(
  completion: u64,
  va: u64,
  side: u32,
  reach: u64,
  offset: u64,
  attributes: u64,
): void {
  store<u64>(end, completion, COMPLETION);
  store<u64>(end, va, VA);
  store<u64>(end, offset, OFFSET);
  store<u64>(end, attributes, ATTRIBUTES);
  store<u64>(end, reach, REACH);
  store<u32>(end, side, SIDE);
  store<u32>(end, 0, DROPPED);
  end += BYTES;
  nextCompletion = min(nextCompletion, completion);
}

/** Completes every flight that is due at `now`, in the order of completion, then of beginning. */
export function completeFlights(now: u64): void {
  while (nextCompletion <= now) {
    let at = FLIGHTS;
    while (load<u64>(at, COMPLETION) !== nextCompletion) at += BYTES;
    if (load<u32>(at, DROPPED) === 0) land(at);
    end -= BYTES;
    // Not memory.copy(), which leaves WebAssembly: few bytes are to be moved.
    for (let to = at; to < end; to += 16) v128.store(to, v128.load(to, BYTES));
    nextCompletion = NEVER;
    for (let other = FLIGHTS; other < end; other += BYTES) {
      nextCompletion = min(nextCompletion, load<u64>(other, COMPLETION));
    }
  }
}

/** Flights whose leaf reaches into [first, last] fill nothing: what they read may be old. Their walkers stay busy. */
export function dropFlights(first: u64, last: u64): void {
  for (let at = FLIGHTS; at < end; at += BYTES) {
    const reach = load<u64>(at, REACH);
    const start = (load<u64>(at, VA) >> reach) << reach;
    if (start <= last && start + (((<u64>1) << reach) - 1) >= first) store<u32>(at, 1, DROPPED);
  }
}

/** Fills both levels. What another walk has filled meanwhile is brought up to date and counts as used. */
function land(at: usize): void {
  const va = load<u64>(at, VA);
  const side = load<u32>(at, SIDE);
  fillPiece(secondLevel(side), va, at);
  fillPiece(structure(side), va, at);
}

function fillPiece(array: usize, va: u64, at: usize): void {
  const shift = pieceShift(array, load<u64>(at, REACH));
  if (shift === 0) return;
  const offset = load<u64>(at, OFFSET);
  const attributes = load<u64>(at, ATTRIBUTES);
  const tag = leafTag(va, shift);
  const slot = findTag(array, tag);
  if (slot === 0) {
    fill(array, tag, offset, attributes);
  } else {
    setContent(array, slot, offset, attributes);
    touch(array, slot);
  }
}

function covers(at: usize, va: u64): bool {
  return (load<u64>(at, VA) ^ va) >> load<u64>(at, REACH) === 0;
}
