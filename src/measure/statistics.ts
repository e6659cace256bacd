// Statistics that make no assumption on the shape of a distribution: times are skewed and have outliers.

/** A median and the interval that holds the population's median with at least the confidence asked for. */
interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the interval holds the median: at least what was asked, or what min and max reach. */
  readonly confidence: number;
}

/** Middle value, or the mean of the two middle ones. @throws RangeError where there are no values. */
export function median(values: readonly number[]): number {
  return middleOf(ascending(values));
}

/**
 * The interval between two order statistics, the k-th smallest value and the k-th largest, with the largest k that
 * keeps the confidence. The number of values below the median is binomial (n, 1/2) whatever the distribution, so the
 * coverage 1 - 2 P(X < k) is exact. Fewer than 6 values do not reach 95 %: then the interval is min … max.
 * Source: David and Nagaraja, Order Statistics, 3rd ed., 7.1.
 * @throws RangeError where there are no values.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  const sorted = ascending(values);
  const n = sorted.length;
  const { rank, coverage } = outermostRank(n, confidence);
  return {
    median: middleOf(sorted),
    low: sorted[rank - 1] as number,
    high: sorted[n - rank] as number,
    confidence: coverage,
  };
}

/** The largest k with 1 - 2 P(X < k) >= confidence, X binomial (n, 1/2); at least 1. */
function outermostRank(n: number, confidence: number): { rank: number; coverage: number } {
  // The term P(X = k) is followed by its logarithm, for 2^-n is no double beyond n = 1074.
  let logTerm = -n * Math.LN2;
  let below = Math.exp(logTerm);
  let rank = 1;
  while (2 * (rank + 1) <= n + 1) {
    logTerm += Math.log((n - rank + 1) / rank);
    const next = below + Math.exp(logTerm);
    if (1 - 2 * next < confidence) break;
    below = next;
    rank++;
  }
  return { rank, coverage: Math.max(0, 1 - 2 * below) };
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('no values');
  return values.toSorted((a, b) => a - b);
}

function middleOf(sorted: readonly number[]): number {
  const half = sorted.length >>> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
