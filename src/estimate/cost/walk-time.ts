// What walks cost the instructions that wait for them.
import type { Interval } from './interval.js';

/**
 * The share of walk cycles that instructions really wait for: an out-of-order core hides some of them. Assumed.
 * No single share fits all workloads: linear models from misses to run time were found wrong by up to 192 %
 * (Agbarya et al., MICRO 2020).
 */
export const EXPOSED_SHARE: Interval = { low: 0.2, typical: 0.6, high: 1 };

interface WalkTime {
  /** Cycles that walks take, whoever waits for them. */
  walkCycles: number;
  /** Cycles that instructions wait. */
  exposedCycles: Interval;
  /** The same in nanoseconds. */
  exposedNs: Interval;
}

/**
 * Walk cycles and the time that they cost, for each 1000 instructions.
 * @param ghz the core's clock
 * @throws RangeError where no instructions were executed, or the clock stands still.
 */
export function estimateWalkTime(walkCycles: number, instructions: number, ghz: number): WalkTime {
  if (!(instructions > 0)) throw new RangeError(`walk cycles of ${instructions} instructions`);
  if (!(ghz > 0)) throw new RangeError(`a clock of ${ghz} GHz`);
  const perThousand = (walkCycles * 1000) / instructions;
  const exposed = (share: number) => perThousand * share;
  const exposedCycles = {
    low: exposed(EXPOSED_SHARE.low),
    typical: exposed(EXPOSED_SHARE.typical),
    high: exposed(EXPOSED_SHARE.high),
  };
  const { low, typical, high } = exposedCycles;
  return {
    walkCycles: perThousand,
    exposedCycles,
    exposedNs: { low: low / ghz, typical: typical / ghz, high: high / ghz },
  };
}
