// What is not known exactly: every estimate is an interval.

/** An estimate: nothing is known but that it lies between `low` and `high`, and is more likely near `typical`. */
export interface Interval {
  low: number;
  typical: number;
  high: number;
}

/** Ends add up as if all were at their worst together: the sum is never narrower than the truth. */
export function sum(intervals: readonly Interval[]): Interval {
  const total = { low: 0, typical: 0, high: 0 };
  for (const { low, typical, high } of intervals) {
    total.low += low;
    total.typical += typical;
    total.high += high;
  }
  return total;
}

export function times({ low, typical, high }: Interval, factor: number): Interval {
  return { low: low * factor, typical: typical * factor, high: high * factor };
}

/** How much is not known. */
export function width({ low, high }: Interval): number {
  return high - low;
}
