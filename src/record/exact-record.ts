// What a run found out about its own exact results, as data.
import type { ExactDifference } from './exact-differences.js';

export interface ExactRecord {
  cases: number;
  /** Against the same cases computed again in this run, in another order. Any difference is a bug of the simulator. */
  repeated: { cases: number; differences: ExactDifference[] };
  /** Against a baseline; only where the run was asked to check. */
  baseline?: BaselineCheck;
}

export interface BaselineCheck {
  /** The baseline's file, as it was named. */
  file: string;
  /** Cases of this run that the baseline has as well. */
  compared: number;
  differences: ExactDifference[];
}
