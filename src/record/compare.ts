// Two records side by side: counters exactly, times where they may be compared at all. A report, not a verdict.
import type { ExactCase } from './exact-cases.js';
import { casesOf, DIGEST, type ExactDifference, exactDifferences } from './exact-differences.js';
import { type ExactDigest, exactDigest } from './history-entry.js';
import type { TimedSeries } from './timed-series.js';

/** One side of a comparison: the record of a run, a line of the history, or a baseline. */
export interface Comparable {
  /** As the person named it. */
  name: string;
  /** The file. */
  source: string;
  /** ISO 8601; null for what is of no single run. */
  time: string | null;
  commit: { hash: string; dirty: boolean } | null;
  /** What times depend on; null where there are none. */
  machine: { fingerprint: string; cpu: string; node: string } | null;
  options: { quick: boolean; filter: string | null } | null;
  /** The history keeps digests only. */
  exact: readonly ExactCase[] | ExactDigest;
  series: readonly TimedSeries[];
}

export interface RunComparison {
  a: ComparedSide;
  b: ComparedSide;
  counters: CounterComparison;
  times: TimeComparison;
}

export type ComparedSide = Omit<Comparable, 'exact' | 'series'>;

export type CounterComparison =
  | {
      by: 'counter';
      /** Cases that both have, and how many of those differ. */
      cases: number;
      changed: number;
      /** Most important first. */
      differences: RankedDifference[];
      onlyInA: string[];
      onlyInB: string[];
    }
  | {
      by: 'digest';
      /** Kinds of cases that both have, and whether all is equal. */
      kinds: { kind: string; equal: boolean }[];
    }
  | { by: 'nothing'; reason: string };

export interface RankedDifference extends ExactDifference {
  /** By how much of the larger value; 1 for a digest. */
  relative: number;
  importance: number;
}

export type TimeComparison =
  | {
      comparable: true;
      /** The greatest ratio first. */
      series: SeriesComparison[];
      onlyInA: string[];
      onlyInB: string[];
    }
  | { comparable: false; reason: string };

interface SeriesComparison {
  name: string;
  unit: string;
  better: TimedSeries['better'];
  a: Interval;
  b: Interval;
  /** b's median by a's. */
  ratio: number;
  /** Whether the intervals have nothing in common; null where a record has none. */
  apart: boolean | null;
}

interface Interval {
  median: number;
  low: number | null;
  high: number | null;
}

/** Compares two records. Counters need no common machine, times do. */
export function compareRuns(a: Comparable, b: Comparable): RunComparison {
  return { a: sideOf(a), b: sideOf(b), counters: compareCounters(a, b), times: compareTimes(a, b) };
}

/** Why the times of two records say nothing about each other; null where they do. */
export function whyTimesDiffer(a: Comparable, b: Comparable): string | null {
  for (const { name, machine, series } of [a, b]) {
    if (machine === null || series.length === 0) return `${name} has no times`;
  }
  if (a.machine?.fingerprint !== b.machine?.fingerprint) {
    const [here, there] = [a, b].map(
      ({ machine }) => `${machine?.cpu}, Node ${machine?.node} (${machine?.fingerprint})`,
    );
    return `other machines or runtimes: ${here}; ${there}`;
  }
  if (a.options?.quick !== b.options?.quick) {
    return 'one run was quick: it warms up less and takes fewer samples';
  }
  return null;
}

function compareCounters(a: Comparable, b: Comparable): CounterComparison {
  if (!hasCases(a.exact) || !hasCases(b.exact)) return compareDigests(a, b);
  const [before, after] = [byName(a.exact), byName(b.exact)];
  const common = a.exact.filter(({ name }) => after.has(name));
  const differences = exactDifferences(
    common,
    b.exact.filter(({ name }) => before.has(name)),
  );
  return {
    by: 'counter',
    cases: common.length,
    changed: casesOf(differences),
    differences: differences.map(ranked).sort((x, y) => y.importance - x.importance),
    onlyInA: [...before].filter((name) => !after.has(name)),
    onlyInB: [...after].filter((name) => !before.has(name)),
  };
}

function compareDigests(a: Comparable, b: Comparable): CounterComparison {
  if (a.options === null || b.options === null) {
    return {
      by: 'nothing',
      reason: 'the history keeps digests of whole runs, a baseline has no such digest',
    };
  }
  if (a.options.filter !== b.options.filter) {
    return {
      by: 'nothing',
      reason: 'the history keeps digests only, and the runs were filtered differently',
    };
  }
  const [before, after] = [a, b].map(({ exact }) => (hasCases(exact) ? exactDigest(exact) : exact)) as [
    ExactDigest,
    ExactDigest,
  ];
  const alike = a.options.quick === b.options.quick;
  const kinds = Object.keys(before.kinds)
    // Quick runs estimate over shorter streams.
    .filter((kind) => kind in after.kinds && (alike || kind !== 'tlb'))
    .map((kind) => ({ kind, equal: before.kinds[kind] === after.kinds[kind] }));
  return { by: 'digest', kinds };
}

function compareTimes(a: Comparable, b: Comparable): TimeComparison {
  const reason = whyTimesDiffer(a, b);
  if (reason !== null) return { comparable: false, reason };
  const [before, after] = [byName(a.series), byName(b.series)];
  const series = a.series.flatMap((one) => {
    const other = b.series.find(({ name, unit }) => name === one.name && unit === one.unit);
    return other === undefined ? [] : [compareSeries(one, other)];
  });
  return {
    comparable: true,
    series: series.sort((x, y) => Math.abs(Math.log(y.ratio)) - Math.abs(Math.log(x.ratio))),
    onlyInA: [...before].filter((name) => !after.has(name)),
    onlyInB: [...after].filter((name) => !before.has(name)),
  };
}

function compareSeries(a: TimedSeries, b: TimedSeries): SeriesComparison {
  const { name, unit, better } = a;
  return {
    name,
    unit,
    better,
    a: intervalOf(a),
    b: intervalOf(b),
    ratio: b.median / a.median,
    apart: apart(a, b),
  };
}

function apart(a: TimedSeries, b: TimedSeries): boolean | null {
  if (a.low === null || a.high === null || b.low === null || b.high === null) return null;
  return a.high < b.low || b.high < a.low;
}

function intervalOf({ median, low, high }: TimedSeries): Interval {
  return { median, low, high };
}

/** What a counter weighs: results before what other CPUs wait for, that before tables, stores and reads. */
const WEIGHTS: Readonly<Record<string, number>> = {
  result: 8,
  differenceCount: 8,
  faults: 8,
  [DIGEST]: 8,
  tlbi: 4,
  dsbIsh: 4,
  tablesAllocated: 3,
  tables: 3,
  tableBytes: 3,
  l2Misses: 3,
  walks: 3,
  splits: 2,
  leaves: 2,
  descriptorWrites: 2,
};

/** Relative size by weight. A counter that came from or went to nothing has changed by all of it. */
function ranked(difference: ExactDifference): RankedDifference {
  const { counter, old, new: now } = difference;
  const weight = WEIGHTS[counter.split('.')[0] ?? counter] ?? 1;
  const relative =
    typeof old === 'number' && typeof now === 'number'
      ? Math.abs(now - old) / Math.max(Math.abs(now), Math.abs(old))
      : 1;
  return { ...difference, relative, importance: weight * relative };
}

function hasCases(exact: Comparable['exact']): exact is readonly ExactCase[] {
  return Array.isArray(exact);
}

function byName(named: readonly { name: string }[]): Set<string> {
  return new Set(named.map(({ name }) => name));
}

function sideOf({ exact: _, series: __, ...side }: Comparable): ComparedSide {
  return side;
}
