// What a run measured, as named series: the same name in every run means the same thing was timed.
import type { GateRecord } from './gate/gate-record.js';
import type { NativeRecord } from './native.js';
import type { EstimateSpeedRecord, HotPathRecord, Run } from './run.js';

export interface TimedSeries {
  /** Stable from run to run: `hot path walk, random walks over 1 GiB of pages, wasm`. */
  name: string;
  /** `ns/op`; what a second does: `accesses/s`, `bytes/s`, `calls/s`; `ratio` of two times of one run. */
  unit: string;
  median: number;
  /** The 95 % interval of the median; null where the record has none. */
  low: number | null;
  high: number | null;
  /** Samples that the median is of; null where the record does not tell. */
  samples: number | null;
  better: 'lower' | 'higher';
}

/** Every timed series of a run, in the order of its report. */
export function timedSeries(run: Run): TimedSeries[] {
  return [
    ...run.hotPath.map(ofHotPath),
    ...run.estimateSpeed.map(ofEstimateSpeed),
    ...(run.native ? ofNative(run.native) : []),
    ...(run.gate ? ofGate(run.gate) : []),
  ];
}

/** Nanoseconds that one operation takes, whichever way round it was measured. A ratio stays what it is. */
export function nanosecondsOf({ median, low, high, better }: TimedSeries): {
  median: number;
  low: number | null;
  high: number | null;
} {
  if (better === 'lower') return { median, low, high };
  const inverse = (perSecond: number | null) => (perSecond === null ? null : 1e9 / perSecond);
  return { median: 1e9 / median, low: inverse(high), high: inverse(low) };
}

function ofHotPath({ path, title, implementation, nsPerOperation }: HotPathRecord): TimedSeries {
  const { median, low, high, samples } = nsPerOperation;
  const name = `hot path ${path}, ${title}, ${implementation}`;
  return { name, unit: 'ns/op', median, low, high, samples, better: 'lower' };
}

function ofEstimateSpeed({ title, operation, perSecond }: EstimateSpeedRecord): TimedSeries {
  return {
    // What stands in brackets at the end was measured in that run.
    name: `estimates, ${title.replace(/ \([^()]*\)$/, '')}`,
    unit: operation === 'byte' ? 'bytes/s' : 'accesses/s',
    median: perSecond,
    low: null,
    high: null,
    samples: null,
    better: 'higher',
  };
}

/** WASM time by C time, and how fast captured calls are applied. */
function ofNative({ paths, replays }: NativeRecord): TimedSeries[] {
  return [
    ...paths.map(({ path, title, ratio: { pairs, ...ratio } }): TimedSeries => {
      const name = `beside C ${path}, ${title}`;
      return { name, unit: 'ratio', ...ratio, samples: pairs, better: 'lower' };
    }),
    ...replays.map(({ title, callsPerSecond }): TimedSeries => {
      return { name: `replay speed, ${title}`, unit: 'calls/s', ...callsPerSecond, better: 'higher' };
    }),
  ];
}

/** Ratios to another reference are another series. */
function ofGate({ reference, benchmarks }: GateRecord): TimedSeries[] {
  if (reference === null) return [];
  return benchmarks.map(({ name, ratio, processes }) => ({
    name: `time gate, ${name}, reference ${reference.sha256.slice(0, 8)}`,
    unit: 'ratio',
    median: ratio.ratio,
    low: ratio.low,
    high: ratio.high,
    samples: processes,
    better: 'lower',
  }));
}
