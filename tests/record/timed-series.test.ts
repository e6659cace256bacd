import { expect, test } from 'vitest';
import { nanosecondsOf, timedSeries } from '../../src/record/timed-series.js';
import { emptyRun, sampleRun } from '../report/sample-run.js';

test('every timing of a run is a series of its own', () => {
  const series = timedSeries(sampleRun());
  const { hotPath, estimateSpeed } = sampleRun();
  expect(series).toHaveLength(hotPath.length + estimateSpeed.length);
  expect(new Set(series.map(({ name }) => name)).size).toBe(series.length);
  const { median, low, high, samples } = hotPath[0]?.nsPerOperation ?? {};
  expect(series[0]).toEqual({
    name: 'hot path walk, random walks over 256 GiB of pages, wasm',
    ...{ unit: 'ns/op', median, low, high, samples, better: 'lower' },
  });
  expect(timedSeries(emptyRun())).toEqual([]);
});

test('what a title says about one run is not in the name', () => {
  const title = 'zipf, in turn with WASM: C (WASM takes 1.05 of its time, 1.01 to 1.10)';
  const run = { ...emptyRun(), estimateSpeed: [{ title, operation: 'access' as const, perSecond: 5e7 }] };
  expect(timedSeries(run)).toEqual([
    {
      name: 'estimates, zipf, in turn with WASM: C',
      ...{ unit: 'accesses/s', median: 5e7, low: null, high: null, samples: null, better: 'higher' },
    },
  ]);
});

test('rates are times the other way round, and so are their bounds', () => {
  const rate = {
    name: 'x',
    unit: 'bytes/s',
    median: 4e8,
    low: 2e8,
    high: 5e8,
    samples: 9,
    better: 'higher',
  } as const;
  expect(nanosecondsOf(rate)).toEqual({ median: 2.5, low: 2, high: 5 });
  expect(nanosecondsOf({ ...rate, better: 'lower', median: 7 })).toEqual({ median: 7, low: 2e8, high: 5e8 });
});

test('ratios of the gate are series of their reference', () => {
  const interval = { ratio: 1.01, low: 0.99, high: 1.03, confidence: 0.99 };
  const gate = {
    ...{ judged: true, reason: null, candidate: { sha256: 'c'.repeat(64) }, clock: 'cpu' as const },
    reference: { sha256: '0123456789abcdef', commit: null, pinned: '2026-01-01T00:00:00Z' },
    ...{ nodeOptions: [], quick: false, seed: 1, processes: 10, alpha: 0.01, elapsedMs: 1, notes: [] },
    benchmarks: [
      {
        name: 'walk',
        verdict: 'unchanged' as const,
        tooNoisy: false,
        margin: 0.03,
        ratio: interval,
        control: interval,
        processes: 10,
      },
    ],
  };
  expect(timedSeries({ ...emptyRun(), gate })).toMatchObject([
    { name: 'time gate, walk, reference 01234567', unit: 'ratio', median: 1.01, low: 0.99, samples: 10 },
  ]);
  expect(timedSeries({ ...emptyRun(), gate: { ...gate, reference: null } })).toEqual([]);
});

test('ratios to C, and calls a second, are series', () => {
  const timing = { median: 2, low: 1.9, high: 2.1, samples: 8 };
  const native = {
    ...{ skipped: null, compiler: null },
    paths: [
      {
        ...{
          path: 'walk' as const,
          title: 'random walks',
          operation: 'walk',
          against: null,
          target: 1.5,
          met: true,
        },
        ratio: { median: 1.2, low: 1.1, high: 1.3, pairs: 40 },
        nsPerOperation: { wasm: timing, native: timing, typescript: null },
      },
    ],
    replays: [{ title: '4k-bbml2/cbpf200', calls: 9, callsPerSecond: timing, target: 1, met: true }],
  };
  expect(timedSeries({ ...emptyRun(), native })).toEqual([
    {
      name: 'beside C walk, random walks',
      unit: 'ratio',
      median: 1.2,
      low: 1.1,
      high: 1.3,
      samples: 40,
      better: 'lower',
    },
    { name: 'replay speed, 4k-bbml2/cbpf200', unit: 'calls/s', ...timing, better: 'higher' },
  ]);
});
