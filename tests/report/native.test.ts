import { expect, test } from 'vitest';
import type { NativePathRecord, NativeRecord } from '../../src/record/native.js';
import { chartsOf } from '../../src/report/charts/catalogue.js';
import { markdownReport } from '../../src/report/run-report.js';
import { nativeSection } from '../../src/report/sections/native.js';
import { terminalTable } from '../../src/report/table.js';
import { emptyRun } from './sample-run.js';

const time = (median: number) => ({ median, low: median * 0.9, high: median * 1.2, samples: 40 });

const SPLIT: NativePathRecord = {
  path: 'split',
  title: 'one page out of each 1 GiB block of 1 TiB',
  operation: 'split',
  against: null,
  ratio: { median: 1.23, low: 1.14, high: 1.3, pairs: 41 },
  narrowRatio: { median: 0.79, low: 0.74, high: 0.84, pairs: 20 },
  target: 1.1,
  met: false,
  nsPerOperation: { wasm: time(148), native: time(120), typescript: time(935) },
};
const BATCH: NativePathRecord = {
  path: 'walk',
  title: 'random walks in batches over 256 GiB of pages',
  operation: 'walk',
  against: 'C one by one',
  ratio: { median: 0.28, low: 0.26, high: 0.29, pairs: 88 },
  target: 0.3,
  met: true,
  nsPerOperation: { wasm: time(14), native: time(50), typescript: null },
};
const NATIVE: NativeRecord = {
  skipped: null,
  compiler: { version: 'cc 12', flags: ['-O3'] },
  paths: [SPLIT, BATCH],
  replays: [
    {
      title: '4k-bbml2/cbpf200',
      calls: 20_000,
      callsPerSecond: { median: 5.2e6, low: 5e6, high: 5.4e6, samples: 21 },
      target: 2e6,
      met: true,
    },
  ],
};

const chart = (native: NativeRecord) =>
  chartsOf({ ...emptyRun(), native }).find(({ file }) => file === 'native.png');

test('each path has its times, its ratio with interval, its target and whether that is met', () => {
  const text = nativeSection({ ...emptyRun(), native: NATIVE })
    .map((table) => terminalTable(table))
    .join('\n');
  expect(text).toMatch(/148 ns +120 ns +935 ns +1\.23× +1\.14–1\.3× +0\.79× +≤ 1\.1× +no/);
  expect(text).toMatch(/against C one by one.*\n +14 ns +50 ns +– +0\.28× +0\.26–0\.29× +– +≤ 0\.3× +yes/);
  expect(text).toContain('C: cc 12, -O3.');
  expect(text).toMatch(/4k-bbml2\/cbpf200 +20\u202f000 +5\.2 M +5–5\.4 M +≥ 2 M +yes/);
});

test('a run that was not asked has no section and no chart', () => {
  expect(nativeSection(emptyRun())).toEqual([]);
  expect(chartsOf(emptyRun())).toEqual([]);
});

test('without a compiler the section says so, and replays are there', () => {
  const native: NativeRecord = {
    ...NATIVE,
    skipped: 'no C compiler: cc is not there',
    compiler: null,
    paths: [],
  };
  expect(markdownReport({ ...emptyRun(), native })).toContain(
    'Nothing to compare with: no C compiler: cc is not there.',
  );
  expect(markdownReport({ ...emptyRun(), native })).toContain('4k-bbml2/cbpf200');
  expect(chart(native)).toBeUndefined();
});

test('the chart has what WASM and C do alike, a bar for each implementation that was timed', () => {
  const drawn = chart(NATIVE);
  expect(drawn?.title).toBe('Beside C, WASM reaches its target on 0 of 1 paths');
  expect(drawn?.config.data.datasets.map(({ label }) => label)).toEqual(['WASM', 'C', 'TypeScript']);
  expect(drawn?.config.data.datasets.map(({ data }) => data)).toEqual([[148], [120], [935]]);
  expect(drawn?.config.options?.scales?.x?.type).toBe('logarithmic');

  const without = {
    ...NATIVE,
    paths: [{ ...SPLIT, nsPerOperation: { ...SPLIT.nsPerOperation, typescript: null } }],
  };
  expect(chart(without)?.cells?.[2]).toEqual([null]);
});
