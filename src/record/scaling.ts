// How the simulator's own time and memory grow with the machine, as data. Times are measured, bytes are exact.
import type { PowerLaw } from '../measure/power-law.js';

export interface ScalingRecord {
  curves: ScalingCurve[];
  /** 64 TiB in 4K pages; not in quick runs. */
  largest?: LargestMachineRecord;
}

export interface ScalingCurve {
  /** Stable from run to run. */
  id: string;
  /** What is done, in words: `build: blocks`. */
  title: string;
  points: ScalingPoint[];
  /** Exponents over the last points, as many as `FITTED_POINTS`: before those, what is the same for all sizes weighs. */
  time: PowerLaw;
  memory: PowerLaw;
}

export interface ScalingPoint {
  memoryBytes: number;
  /** For all of it: the middle sample, with the 95 % interval of the median. */
  nanoseconds: { median: number; low: number; high: number; samples: number };
  /** Tables that are stored afterwards; those that one formula describes are not. */
  storedBytes: number;
}

export interface LargestMachineRecord {
  memoryBytes: number;
  buildNanoseconds: number;
  builtBytes: number;
  /** Pages at random places that were made read-only, a call each. */
  changes: number;
  changeNanoseconds: number;
  changedBytes: number;
}

export const FITTED_POINTS = 5;
