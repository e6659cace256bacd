import type { Counters } from '../core/counters.js';

/** All barriers executed, of whatever kind. */
export function totalBarriers({ dsbIshst, dsbIsh, isb }: Counters): number {
  return dsbIshst + dsbIsh + isb;
}
