import { expect, test } from 'vitest';
import { fitPowerLaw } from '../../src/measure/power-law.js';
import type { Run } from '../../src/record/run.js';
import { FITTED_POINTS, type ScalingCurve } from '../../src/record/scaling.js';
import { scalingMemory, scalingTime } from '../../src/report/charts/scaling.js';
import { terminalReport } from '../../src/report/run-report.js';
import { scalingSection } from '../../src/report/sections/scaling.js';
import { type Table, terminalTable } from '../../src/report/table.js';
import { emptyRun } from './sample-run.js';
import { GIB } from './sample-state.js';

const SIZES = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536].map((gib) => gib * GIB);
const plain = (tables: readonly Table[]) =>
  tables
    .map((table) => terminalTable(table))
    .join('\n')
    .replaceAll('\u202f', '');

function curve(
  id: string,
  title: string,
  most: number,
  nanoseconds: (size: number) => number,
  storedBytes: (size: number) => number,
): ScalingCurve {
  const points = SIZES.filter((size) => size <= most).map((memoryBytes) => {
    const median = nanoseconds(memoryBytes);
    return {
      memoryBytes,
      nanoseconds: { median, low: 0.9 * median, high: 1.2 * median, samples: 25 },
      storedBytes: storedBytes(memoryBytes),
    };
  });
  const last = points.slice(-FITTED_POINTS);
  return {
    id,
    title,
    points,
    time: fitPowerLaw(last.map((point) => ({ x: point.memoryBytes, y: point.nanoseconds.median }))),
    memory: fitPowerLaw(last.map((point) => ({ x: point.memoryBytes, y: point.storedBytes }))),
  };
}

const run: Run = {
  ...emptyRun(),
  scaling: {
    curves: [
      curve(
        'build-pages-stored',
        'build: pages, tables stored',
        256 * GIB,
        (size) => size / 4e4,
        (size) => size / 512,
      ),
      curve(
        'build-pages',
        'build: pages, uniform tables',
        65_536 * GIB,
        () => 1600,
        () => 4096,
      ),
    ],
    largest: {
      memoryBytes: 65_536 * GIB,
      buildNanoseconds: 33e6,
      builtBytes: 4096,
      changes: 100_000,
      changeNanoseconds: 0.9e9,
      changedBytes: 619_302_912,
    },
  },
};

test('each curve has its values at some sizes and its exponents', () => {
  const table = plain(scalingSection(run));
  expect(table).toMatch(
    /time\n +build: pages, tables stored +26\.8 µs +429 µs +6\.87 ms +– +– +1\.00 ± 0\.00\n/,
  );
  expect(table).toMatch(/uniform tables +1\.6 µs .*1\.6 µs +0\.00 ± 0\.00\nstored tables\n/);
  expect(table).toMatch(/stored tables\n +build: pages, tables stored +2 MiB +32 MiB +512 MiB +– +– +1\.00/);
});

test('the largest machine has a line of its own, where it was measured', () => {
  const said = /64 TiB in 4K pages: built in 33 ms with 4 KiB stored;\s+then 100000 changes.*900 ms/s;
  expect(plain(scalingSection(run))).toMatch(said);
  const { largest, ...quick } = run.scaling ?? { curves: [] };
  expect(plain(scalingSection({ ...run, scaling: quick }))).not.toMatch(said);
});

test('a run without it says nothing of it', () => {
  expect(scalingSection(emptyRun())).toEqual([]);
  expect(scalingTime(emptyRun())).toBeNull();
  expect(scalingMemory({ ...emptyRun(), scaling: { curves: [] } })).toBeNull();
});

test('the report has it, and fits 100 columns', () => {
  const report = terminalReport(run);
  expect(report).toContain('Growth with the size of the machine');
  for (const line of report.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
});

test('charts draw every point, with exponents in the legend and the largest machines in the title', () => {
  const [time, memory] = [scalingTime(run), scalingMemory(run)];
  expect([time?.file, memory?.file]).toEqual(['scaling-time.png', 'scaling-memory.png']);
  expect([time?.kind, memory?.kind]).toEqual(['measured', 'exact']);
  expect(time?.config.data.datasets.map(({ label, data }) => [label, data.length])).toEqual([
    ['build: pages, tables stored: 1.00 ± 0.00', 5],
    ['build: pages, uniform tables: 0.00 ± 0.00', 9],
  ]);
  expect(time?.title).toBe(
    'Building 64 TiB in pages, tables uniform, takes 1.6 µs; building 256 GiB in pages, tables stored, takes 6.87 ms',
  );
  expect(memory?.title).toContain('stores 4 KiB; mapping 256 GiB');
  expect(memory?.config.data.datasets[0]?.data.at(-1)).toEqual({ x: 256 * GIB, y: 512 * 2 ** 20 });
});
