// Student's two-sided t-test of two means with pooled variance.
import { studentTCdf } from '../measure/student-t.js';

/** Two samples side by side. */
interface MeansCompared {
  before: number;
  after: number;
  /** Probability of a difference at least as large, were both drawn from one normal distribution. */
  pValue: number;
}

/**
 * Compares the means of two samples, neither of them empty.
 * The deviations are those of the samples themselves (divided by n), as Apache Otava takes them: a detector that is to
 * find the same points has to. Textbooks divide by n − 1, which gives slightly larger p-values.
 */
export function compareMeans(left: readonly number[], right: readonly number[]): MeansCompared {
  const [before, after] = [mean(left), mean(right)];
  const degrees = left.length + right.length - 2;
  if (degrees < 1) return { before, after, pValue: 1 };
  const pooled =
    ((left.length - 1) * variance(left, before) + (right.length - 1) * variance(right, after)) / degrees;
  const error = Math.sqrt(pooled * (1 / left.length + 1 / right.length));
  if (error === 0) return { before, after, pValue: before === after ? 1 : 0 };
  return { before, after, pValue: twoSided((after - before) / error, degrees) };
}

/** P(|T| ≥ |t|) for Student's t with this many degrees of freedom. */
export function twoSided(t: number, degrees: number): number {
  return 2 * studentTCdf(-Math.abs(t), degrees);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[], centre: number): number {
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
}
