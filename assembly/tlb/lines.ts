// Lines: the 64-byte lines of eight descriptors that walks fetch, and the caches they are fetched through.
//
//   line   | level + 2 (8) | VA >> (shift of the level + 3) |     0: empty
//
// A line is known by what it translates, not by where its table lies, so tables need not be stored. A cache is its
// tags alone: set by set, most recently used first, which is all that LRU asks.
import { levelShift } from '../geometry';
import { reserveBytes } from '../tables';
import { add, TLB_LINES_DRAM, TLB_LINES_L2, TLB_LINES_SYSTEM } from './tlb-counters';

const LINE_BYTES_SHIFT: u32 = 6;
const DESCRIPTORS_SHIFT: u32 = 3;
const LEVEL_SHIFT: u64 = 56;

let enabled: bool = false;
let l2Tags: usize = 0;
let l2SetMask: usize = 0;
let l2RowBytes: usize = 0;
let l2Cycles: u64 = 0;
/** 0: there is no system cache. */
let systemTags: usize = 0;
let systemSetMask: usize = 0;
let systemRowBytes: usize = 0;
let systemCycles: u64 = 0;
let dramCycles: u64 = 0;

/** Without caches every line costs what one in L2 does. Called before the caches are made. */
export function setLineTiming(l2: u64, system: u64, dram: u64): void {
  enabled = false;
  l2Cycles = l2;
  systemCycles = system;
  dramCycles = dram;
  systemTags = 0;
}

/** Makes the caches; `systemBytes` 0 stands for none. Bytes make a power of two of sets. */
export function createLineCaches(l2Bytes: u64, l2Ways: u32, systemBytes: u64, systemWays: u32): void {
  enabled = true;
  l2RowBytes = (<usize>l2Ways) << 3;
  l2SetMask = setsOf(l2Bytes, l2Ways) - 1;
  l2Tags = reserveBytes((l2SetMask + 1) * l2RowBytes);
  if (systemBytes > 0) {
    systemRowBytes = (<usize>systemWays) << 3;
    systemSetMask = setsOf(systemBytes, systemWays) - 1;
    systemTags = reserveBytes((systemSetMask + 1) * systemRowBytes);
  }
  emptyLineCaches();
}

export function emptyLineCaches(): void {
  if (!enabled) return;
  memory.fill(l2Tags, 0, (l2SetMask + 1) * l2RowBytes);
  if (systemTags !== 0) memory.fill(systemTags, 0, (systemSetMask + 1) * systemRowBytes);
}

/** Fetches the line of the descriptor of `level` for `va`, counts where it was found and returns the cycles it took. */
export function fetchLine(va: u64, level: i32, counters: usize): u64 {
  if (!enabled) {
    add(counters, TLB_LINES_L2, 1);
    return l2Cycles;
  }
  const index = va >> <u64>(levelShift(level) + DESCRIPTORS_SHIFT);
  const line = ((<u64>(level + 2)) << LEVEL_SHIFT) | index;
  if (promote(l2Tags + (<usize>index & l2SetMask) * l2RowBytes, l2RowBytes, line)) {
    add(counters, TLB_LINES_L2, 1);
    return l2Cycles;
  }
  if (
    systemTags !== 0 &&
    promote(systemTags + (<usize>index & systemSetMask) * systemRowBytes, systemRowBytes, line)
  ) {
    add(counters, TLB_LINES_SYSTEM, 1);
    return systemCycles;
  }
  add(counters, TLB_LINES_DRAM, 1);
  return dramCycles;
}

/** Moves a line to the front of its set; one that was not there pushes the last one out. Returns whether it was there. */
function promote(row: usize, bytes: usize, line: u64): bool {
  let carried = line;
  for (let at = row, end = row + bytes; at < end; at += 8) {
    const found = load<u64>(at);
    store<u64>(at, carried);
    if (found === line) return true;
    carried = found;
  }
  return false;
}

function setsOf(bytes: u64, ways: u32): usize {
  return <usize>(bytes >> LINE_BYTES_SHIFT) / ways;
}
