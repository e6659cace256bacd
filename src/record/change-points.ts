// Where a series changed its level: E-divisive means with a t-test. Deterministic.
// Matteson and James, "A nonparametric approach for multiple change point analysis of multivariate data", JASA 2014;
// windows, t-test and merging as in Fleming et al., "Hunter: Using Change Point Detection to Hunt for Performance
// Regressions", ICPE 2023, whose program is Apache Otava today. The defaults are Otava's.
import { compareMeans } from './change-points-t-test.js';

export interface ChangePointOptions {
  /** Values looked at together. Default 50. */
  window?: number;
  /** Largest p-value of a change point. Default 0.001. */
  maxPValue?: number;
  /** Least relative change, of either mean by the other, less 1. Default 0: any. */
  minMagnitude?: number;
}

interface ChangePoint {
  /** Of the first value after the change. */
  index: number;
  /** Means of the stretches before and after, each up to the next change point. */
  before: number;
  after: number;
  pValue: number;
}

/** The change points of a series, in its order. Values are finite. */
export function changePoints(series: readonly number[], options: ChangePointOptions = {}): ChangePoint[] {
  const { window = 50, maxPValue = 0.001, minMagnitude = 0 } = options;
  const weak = weakPoints(series, window, relaxed(maxPValue));
  return merged(series, weak, maxPValue, minMagnitude);
}

/** Weak points may turn out significant once their neighbours are gone: the first pass asks for less. */
function relaxed(maxPValue: number): number {
  if (maxPValue < 0.05) return maxPValue * 10;
  return maxPValue < 0.5 ? maxPValue * 2 : maxPValue;
}

/** Points found in windows that overlap by half, or start at the last point found. */
function weakPoints(series: readonly number[], window: number, maxPValue: number): number[] {
  const found = new Set<number>();
  const step = Math.floor(window / 2);
  for (let start = 0; start < series.length; ) {
    const points = divide(series.slice(start, start + window), maxPValue).map((point) => start + point);
    for (const point of points) found.add(point);
    start = Math.max(points.at(-1) ?? 0, start + step);
  }
  return [...found].sort((a, b) => a - b);
}

/** Splits at the point of the greatest divergence in any part, for as long as the t-test accepts it. */
function divide(values: readonly number[], maxPValue: number): number[] {
  const sums = distanceSums(values);
  const points: number[] = [];
  for (;;) {
    const ends = [0, ...points, values.length];
    let best: (Candidate & { start: number; end: number }) | null = null;
    for (let part = 0; part + 1 < ends.length; part++) {
      const [start, end] = [ends[part] as number, ends[part + 1] as number];
      const candidate = mostDivergent(sums, start, end);
      if (candidate && (best === null || candidate.divergence > best.divergence))
        best = { ...candidate, start, end };
    }
    if (best === null) return points;
    const { pValue } = compareMeans(values.slice(best.start, best.at), values.slice(best.at, best.end));
    if (pValue > maxPValue) return points;
    points.push(best.at);
    points.sort((a, b) => a - b);
  }
}

interface Candidate {
  at: number;
  divergence: number;
}

/**
 * The split of [start, at) from [at, end'), end' ≤ end, whose divergence Q̂ is greatest. With n and m values on the
 * sides, Q̂ = nm/(n+m) · (2·mean distance between the sides − mean distance within each); equation (5) of Matteson and
 * James. A side of one value has no distance within. Of equals the first.
 */
function mostDivergent(sums: DistanceSums, start: number, end: number): Candidate | null {
  let best: Candidate | null = null;
  for (let at = start + 1; at < end; at++) {
    const n = at - start;
    const withinLeft = n > 1 ? sums(start, at, start, at) / (n * (n - 1)) : 0;
    for (let last = at + 1; last <= end; last++) {
      const m = last - at;
      const between = (2 * sums(start, at, at, last)) / (n * m);
      const withinRight = m > 1 ? sums(at, last, at, last) / (m * (m - 1)) : 0;
      const divergence = ((n * m) / (n + m)) * (between - withinLeft - withinRight);
      if (best === null || divergence > best.divergence) best = { at, divergence };
    }
  }
  return best;
}

/** Sum of |x_i − x_j| over i in [i0, i1) and j in [j0, j1). */
type DistanceSums = (i0: number, i1: number, j0: number, j1: number) => number;

function distanceSums(values: readonly number[]): DistanceSums {
  const width = values.length + 1;
  const table = new Float64Array(width * width);
  const sum = (i: number, j: number) => table[i * width + j] as number;
  values.forEach((x, i) => {
    values.forEach((y, j) => {
      table[(i + 1) * width + j + 1] = Math.abs(x - y) + sum(i, j + 1) + sum(i + 1, j) - sum(i, j);
    });
  });
  return (i0, i1, j0, j1) => sum(i1, j1) - sum(i0, j1) - sum(i1, j0) + sum(i0, j0);
}

/** Takes the weakest point away, bottom-up, until all that are left are significant and large enough. */
function merged(
  series: readonly number[],
  weak: readonly number[],
  maxPValue: number,
  minMagnitude: number,
): ChangePoint[] {
  let points = describe(series, weak);
  for (;;) {
    let weakest = points.reduce((a, b) => (b.pValue > a.pValue ? b : a), points[0] as ChangePoint);
    if (points.length === 0) return points;
    if (weakest.pValue < maxPValue) {
      weakest = points.reduce((a, b) => (magnitude(b) < magnitude(a) ? b : a));
      if (magnitude(weakest) > minMagnitude) return points;
    }
    // Its neighbours border on longer stretches now.
    points = describe(
      series,
      points.filter((point) => point !== weakest).map(({ index }) => index),
    );
  }
}

function describe(series: readonly number[], indexes: readonly number[]): ChangePoint[] {
  return indexes.map((index, at) => ({
    index,
    ...compareMeans(
      series.slice(at === 0 ? 0 : indexes[at - 1], index),
      series.slice(index, indexes[at + 1] ?? series.length),
    ),
  }));
}

/** The larger of the two relative changes, from either side; 0 takes the other side's place by none. */
function magnitude({ before, after }: ChangePoint): number {
  const forward = before === 0 ? 0 : Math.abs(after / before - 1);
  const backward = after === 0 ? 0 : Math.abs(before / after - 1);
  return Math.max(forward, backward);
}
