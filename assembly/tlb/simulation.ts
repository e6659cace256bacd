// Simulation: setting up the TLBs of a core, and starting over. Their memory lies among the tables and goes with
// them when the machine is reset; the simulation ends then.
import { reserveBytes } from '../tables';
import { findOutIfApart } from './apart';
import { resetTime, runAccesses } from './engine';
import { forgetFlights } from './flights';
import { isActive, setActive } from './invalidate';
import { noSizesDiffer, setPiecesMayDiffer } from './leaf';
import { emptyLineCaches } from './lines';
import { emptyStructures, removeStructures, secondLevel, structure } from './structures';
import { pieceShift } from './tlb-array';
import { resetTlbCounters } from './tlb-counters';

/** Accesses that the buffer holds. */
export const TLB_BUFFER_WORDS: u32 = 2048;

let buffer: usize = 0;

/** Forgets the TLBs there were. What follows makes structures, caches and timing; startTlb() ends that. */
export function newTlb(): void {
  forgetTlb();
  buffer = reserveBytes((<usize>TLB_BUFFER_WORDS) << 3);
}

export function startTlb(): void {
  setActive(true);
  findOutIfApart();
  setPiecesMayDiffer(handsOnSmallerPieces(0) || handsOnSmallerPieces(1));
  resetTlb();
}

/** All empty, as at the start. */
export function resetTlb(): void {
  emptyStructures();
  noSizesDiffer();
  emptyLineCaches();
  forgetFlights();
  resetTime();
  resetTlbCounters();
}

/** Ends the simulation, if there is one. */
export function forgetTlb(): void {
  setActive(false);
  removeStructures();
  forgetFlights();
}

/** Where the caller puts accesses; 0 where no TLB is set up, or no longer. */
export function tlbBuffer(): usize {
  return isActive() ? buffer : 0;
}

/** Simulates `n` accesses at `at`, in the buffer or anywhere else in this module's memory. */
export function runTlb(at: usize, n: u32): void {
  if (isActive()) runAccesses(at, n);
}

/** A first level may get from the second a smaller piece of a leaf than from a walk. */
function handsOnSmallerPieces(side: u32): bool {
  const first = structure(side);
  const second = secondLevel(side);
  for (let reach: u64 = 12; reach < 63; reach++) {
    const held = pieceShift(second, reach);
    if (held !== 0 && pieceShift(first, held) !== pieceShift(first, reach)) return true;
  }
  return false;
}
