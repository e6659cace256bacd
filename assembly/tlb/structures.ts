// Structures: the TLBs of one core, by their place. A unified second level serves both sides from one array.
import { ARRAY_BYTES } from './array-layout';
import { createArray, emptyArray } from './tlb-array';

export const TLB_L1_DATA: u32 = 0;
export const TLB_L1_INSTRUCTION: u32 = 1;
/** The data side's, or both sides'. */
export const TLB_L2_DATA: u32 = 2;
export const TLB_L2_INSTRUCTION: u32 = 3;
/** Of table descriptors, where they have an array of their own. */
export const TLB_WALK_CACHE: u32 = 4;
export const TLB_STRUCTURES: u32 = 5;

const ARRAYS: usize = memory.data(656 * 5, 16);
/** Bit n: structure n exists. */
let existing: u32 = 0;

export function structure(place: u32): usize {
  return ARRAYS + <usize>place * ARRAY_BYTES;
}

export function exists(place: u32): bool {
  return ((existing >> place) & 1) !== 0;
}

/** The array in which a side (0 data, 1 instruction) looks after a first-level miss. */
export function secondLevel(side: u32): usize {
  return structure(exists(TLB_L2_INSTRUCTION) ? TLB_L2_DATA + side : TLB_L2_DATA);
}

export function createStructure(place: u32, entries: u32, ways: u32, policy: u32, sizes: u64): void {
  createArray(structure(place), entries, ways, policy, sizes);
  existing |= 1 << place;
}

export function removeStructures(): void {
  existing = 0;
}

export function emptyStructures(): void {
  for (let place: u32 = 0; place < TLB_STRUCTURES; place++) {
    if (exists(place)) emptyArray(structure(place));
  }
}
