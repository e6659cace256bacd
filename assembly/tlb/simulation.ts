// Simulation: setting up the TLBs of a core, and starting over. Their memory lies among the tables and goes with
// them when the machine is reset; the simulation ends then.
import { reserveBytes } from '../tables';
import { resetTime, runAccesses } from './engine';
import { forgetFlights } from './flights';
import { isActive, setActive } from './invalidate';
import { noSizesDiffer } from './leaf';
import { emptyLineCaches } from './lines';
import { emptyStructures, removeStructures } from './structures';
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
