// Counters of the TLB simulation: one block of u64 slots for each class of access, found by the names exported below.

export const TLB_ACCESSES: u32 = 0;
export const TLB_L1_MISSES: u32 = 1;
export const TLB_L2_MISSES: u32 = 2;
/** Walks begun, those that fault included. */
export const TLB_WALKS: u32 = 3;
/** Second-level misses to a leaf whose walk was in flight. */
export const TLB_MERGED: u32 = 4;
/** Descriptor lines, by where they were found. */
export const TLB_LINES_L2: u32 = 5;
export const TLB_LINES_SYSTEM: u32 = 6;
export const TLB_LINES_DRAM: u32 = 7;
/** Cycles of second-level look-ups, hits and misses. */
export const TLB_LOOKUP_CYCLES: u32 = 8;
export const TLB_WALK_CYCLES: u32 = 9;
/** Cycles that accesses waited for a walker. */
export const TLB_STALL_CYCLES: u32 = 10;
/** Accesses that found no valid leaf. */
export const TLB_FAULTS: u32 = 11;
/** Slots from one class to the next. */
export const TLB_COUNTER_SLOTS: u32 = 16;
export const TLB_CLASSES: u32 = 4;

const BLOCK: usize = memory.data(8 * 16 * 4);

/** Counters of class 0, followed by those of the other classes. */
export function tlbCounters(): usize {
  return BLOCK;
}

export function countersOfClass(kind: u32): usize {
  return BLOCK + ((<usize>(kind * TLB_COUNTER_SLOTS)) << 3);
}

export function add(counters: usize, slot: u32, amount: u64): void {
  const at = counters + ((<usize>slot) << 3);
  store<u64>(at, load<u64>(at) + amount);
}

export function resetTlbCounters(): void {
  memory.fill(BLOCK, 0, 8 * 16 * 4);
}
