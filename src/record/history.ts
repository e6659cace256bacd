// The history as series: values of like runs in order of time, where their level changed, and where counters did.
import { median } from '../measure/statistics.js';
import { type ChangePointOptions, changePoints } from './change-points.js';
import type { HistoryEntry } from './history-entry.js';
import type { TimedSeries } from './timed-series.js';

/** Runs whose times may be compared: one machine, one runtime, one kind of run. */
export interface HistorySegment {
  fingerprint: string;
  cpu: string;
  node: string;
  v8: string;
  /** Quick runs warm up less and take fewer samples. */
  quick: boolean;
  /** Of the first and last run. */
  from: string;
  to: string;
  runs: number;
  series: SeriesHistory[];
}

export interface SeriesHistory {
  name: string;
  unit: string;
  better: TimedSeries['better'];
  /** Medians, oldest first, and the run of each. */
  values: number[];
  runs: RunPlace[];
  latest: number;
  /** Of all values. */
  median: number;
  /** The latest value by that median, less 1. */
  change: number;
  changePoints: SeriesChange[];
}

export interface RunPlace {
  time: string;
  commit: HistoryEntry['commit'];
}

/** A change of level. */
export interface SeriesChange extends RunPlace {
  /** Of the first value of the new level. */
  index: number;
  /** Means of the stretches before and after. */
  before: number;
  after: number;
  /** after / before − 1. */
  change: number;
  pValue: number;
  direction: 'better' | 'worse';
}

/** Two runs in a row, of equal options, whose counters or final maps differ. Machines do not matter to those. */
export interface ExactChange extends RunPlace {
  since: RunPlace;
  /** Kinds of cases that differ. */
  kinds: string[];
}

interface HistoryOptions {
  /** Leaves out series whose name it does not match. */
  series?: RegExp;
  changePoints?: ChangePointOptions;
}

/** Segments in the order of their last runs, oldest first. Entries are in order of time. */
export function segmentsOf(entries: readonly HistoryEntry[], options: HistoryOptions = {}): HistorySegment[] {
  const bySegment = new Map<string, HistoryEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.fingerprint, entry.node, entry.v8, entry.options.quick]);
    const group = bySegment.get(key) ?? [];
    // Set anew: a Map keeps the order of insertion, and a segment stands where its last run does.
    bySegment.delete(key);
    bySegment.set(key, [...group, entry]);
  }
  return [...bySegment.values()].map((group) => segmentOf(group, options));
}

/** Where exact counters changed, oldest first. Entries are in order of time. */
export function exactChanges(entries: readonly HistoryEntry[]): ExactChange[] {
  const last = new Map<string, HistoryEntry>();
  const changes: ExactChange[] = [];
  for (const entry of entries) {
    const key = JSON.stringify([entry.options, entry.seed]);
    const before = last.get(key);
    if (before !== undefined && before.exact.digest !== entry.exact.digest) {
      const kinds = new Set([...Object.keys(before.exact.kinds), ...Object.keys(entry.exact.kinds)]);
      changes.push({
        ...placeOf(entry),
        since: placeOf(before),
        kinds: [...kinds].filter((kind) => before.exact.kinds[kind] !== entry.exact.kinds[kind]),
      });
    }
    last.set(key, entry);
  }
  return changes;
}

function segmentOf(entries: readonly HistoryEntry[], options: HistoryOptions): HistorySegment {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a segment has at least one run');
  const { fingerprint, cpu, node, v8 } = last;
  return {
    fingerprint,
    cpu,
    node,
    v8,
    quick: last.options.quick,
    from: first.time,
    to: last.time,
    runs: entries.length,
    series: seriesOf(entries, options),
  };
}

/** Series in the order of the latest run that has them, those of older runs last. */
function seriesOf(entries: readonly HistoryEntry[], options: HistoryOptions): SeriesHistory[] {
  const names = new Set(entries.toReversed().flatMap(({ series }) => series.map(({ name }) => name)));
  const wanted = [...names].filter((name) => options.series?.test(name) ?? true);
  return wanted.flatMap((name) => {
    const points = entries.flatMap((entry) => {
      const series = entry.series.find((one) => one.name === name);
      return series && Number.isFinite(series.median) ? [{ entry, series }] : [];
    });
    const last = points.at(-1);
    return last === undefined ? [] : [seriesHistory(last.series, points, options)];
  });
}

interface SeriesPoint {
  entry: HistoryEntry;
  series: TimedSeries;
}

function seriesHistory(
  { name, unit, better }: TimedSeries,
  points: readonly SeriesPoint[],
  options: HistoryOptions,
): SeriesHistory {
  const values = points.map(({ series }) => series.median);
  const runs = points.map(({ entry }) => placeOf(entry));
  const latest = values.at(-1) ?? Number.NaN;
  const middle = median(values);
  return {
    name,
    unit,
    better,
    values,
    runs,
    latest,
    median: middle,
    change: latest / middle - 1,
    changePoints: changePoints(values, options.changePoints).map(({ index, before, after, pValue }) => ({
      ...(runs[index] as RunPlace),
      index,
      before,
      after,
      change: after / before - 1,
      pValue,
      direction: after < before === (better === 'lower') ? 'better' : 'worse',
    })),
  };
}

function placeOf({ time, commit }: HistoryEntry): RunPlace {
  return { time, commit };
}
