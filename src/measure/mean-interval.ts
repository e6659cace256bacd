import { studentTCdf, studentTQuantile } from './student-t.js';

/** Share of the values that is left out at each end: the usual fifth. */
const TRIMMED = 0.2;

/** Mean of independent values, and what is needed to say how well it is known. */
export interface MeanEstimate {
  readonly mean: number;
  /** Standard error of the mean; infinite for a single value. */
  readonly error: number;
  /** Degrees of freedom: one less than the values that the mean is of. */
  readonly freedom: number;
}

/**
 * The mean of the values without the fifth at each end, which a few that went astray do not move. Its error is Tukey and
 * McLaughlin's: from the values with those at the ends moved in (winsorized). Fewer than five values stay as they are.
 * Source: R. Wilcox, Introduction to Robust Estimation and Hypothesis Testing, 3.3.3 and 4.3.
 * @throws RangeError where there are no values
 */
export function trimmedMean(values: readonly number[]): MeanEstimate {
  const n = values.length;
  if (n === 0) throw new RangeError('no values');
  const cut = Math.floor(TRIMMED * n);
  const sorted = values.toSorted((a, b) => a - b);
  const kept = sorted.slice(cut, n - cut);
  const freedom = kept.length - 1;
  const [least, most] = [kept[0] as number, kept[freedom] as number];
  const winsorized = sorted.map((value) => Math.min(Math.max(value, least), most));
  const centre = average(winsorized);
  const squares = winsorized.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const error = freedom === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(squares / (kept.length * freedom));
  return { mean: average(kept), error, freedom };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Student's interval that holds the true mean with this confidence, for values that are about normal in the middle. */
export function meanInterval(estimate: MeanEstimate, confidence: number): { low: number; high: number } {
  const { mean, error, freedom } = estimate;
  if (freedom === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const half = studentTQuantile((1 + confidence) / 2, freedom) * error;
  return { low: mean - half, high: mean + half };
}

/**
 * How likely a mean at least this far outside ± `margin` is where the true mean is within: 1 minus the confidence of
 * the widest interval that lies outside.
 */
export function outsideProbability({ mean, error, freedom }: MeanEstimate, margin: number): number {
  const beyond = Math.abs(mean) - margin;
  if (beyond <= 0 || freedom === 0) return 1;
  return 2 * (1 - studentTCdf(beyond / error, freedom));
}
