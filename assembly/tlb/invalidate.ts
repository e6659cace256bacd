// Invalidation: what TLBI instructions take out of the TLBs. The simulated core gets every broadcast.
import { dropFlights } from './flights';
import { noSizesDiffer } from './leaf';
import { emptyStructures, exists, structure, TLB_WALK_CACHE } from './structures';
import { removeLeaves } from './tlb-array';

/** There are TLBs to invalidate. */
let active: bool = false;

export function setActive(on: bool): void {
  active = on;
}

export function isActive(): bool {
  return active;
}

/**
 * TLBI VAALE1IS and RVAALE1IS: leaves, and pieces and merged groups of leaves, that cover any of [from, to). Table
 * descriptors stay, as the last-level forms say.
 */
export function invalidateLeaves(from: u64, to: u64): void {
  if (!active || from === to) return;
  const last = to - 1;
  dropFlights(from, last);
  for (let place: u32 = 0; place < TLB_WALK_CACHE; place++) {
    if (exists(place)) removeLeaves(structure(place), from, last);
  }
}

/** TLBI VMALLE1IS: everything, table descriptors included. */
export function invalidateAll(): void {
  if (!active) return;
  emptyStructures();
  dropFlights(0, ~(<u64>0));
  noSizesDiffer();
}
