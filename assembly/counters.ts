// Counters: one named slot for each event, incremented where the event happens and nowhere else.
// The harness finds the slots by the names exported below (COUNTER_…), so a name is written once.

const BLOCK: usize = memory.data(8 * 32);

export const COUNTER_CALLS: u32 = 0;
export const COUNTER_DESCRIPTOR_READS: u32 = 1;
export const COUNTER_DESCRIPTOR_WRITES: u32 = 2;
/** Tables allocated, by what their entries are; the four slots follow each other by level 0…3. */
export const COUNTER_TABLES_P4D: u32 = 3;
export const COUNTER_TABLES_PUD: u32 = 4;
export const COUNTER_TABLES_PMD: u32 = 5;
export const COUNTER_TABLES_PTE: u32 = 6;
export const COUNTER_SPLIT_PUD_TO_CONT_PMD: u32 = 7;
export const COUNTER_SPLIT_PUD_TO_PMD: u32 = 8;
export const COUNTER_SPLIT_CONT_PMD: u32 = 9;
export const COUNTER_SPLIT_PMD_TO_CONT_PTE: u32 = 10;
export const COUNTER_SPLIT_PMD_TO_PTE: u32 = 11;
export const COUNTER_SPLIT_CONT_PTE: u32 = 12;
export const COUNTER_DSB_ISHST: u32 = 13;
export const COUNTER_DSB_ISH: u32 = 14;
export const COUNTER_ISB: u32 = 15;
export const COUNTER_TLBI_SINGLE: u32 = 16;
export const COUNTER_TLBI_RANGE: u32 = 17;
export const COUNTER_TLBI_ALL: u32 = 18;
/** Boundaries that split_kernel_leaf_mapping_locked() was asked to make. */
export const COUNTER_BOUNDARIES: u32 = 19;
const COUNTER_SLOTS: u32 = 20;

export function countersAddress(): usize {
  return BLOCK;
}

export function count(slot: u32, times: u64 = 1): void {
  const at = BLOCK + ((<usize>slot) << 3);
  store<u64>(at, load<u64>(at) + times);
}

export function counted(slot: u32): u64 {
  return load<u64>(BLOCK + ((<usize>slot) << 3));
}

export function resetCounters(): void {
  memory.fill(BLOCK, 0, (<usize>COUNTER_SLOTS) << 3);
}
