// What the history says: segments, series, change points, changes of counters.
import { expect, test } from 'vitest';
import { exactChanges, segmentsOf } from '../../src/record/history.js';
import { type HistoryEntry, historyEntry } from '../../src/record/history-entry.js';
import { historyChart } from '../../src/report/charts/history.js';
import { changePointTable, exactChangeTable, segmentTable } from '../../src/report/sections/history.js';
import { isUnicodeLocale, sparkline } from '../../src/report/sparkline.js';
import { terminalTable } from '../../src/report/table.js';
import { sampleRun } from '../report/sample-run.js';

const WALK = 'hot path walk, random walks over 256 GiB of pages, wasm';
const NOISE = [0.3, -0.8, 1.1, -0.2, 0.6, -1.3, 0.9, -0.5, 0.1, 0.7, -1.0, 0.4];

/** Runs a day apart, in which a walk takes as long as `walk` says. */
function runs(
  count: number,
  walk: (at: number) => number,
  change: Partial<HistoryEntry> = {},
): HistoryEntry[] {
  const entry = historyEntry(sampleRun());
  return Array.from({ length: count }, (_, at) => ({
    ...entry,
    time: new Date(Date.UTC(2026, 0, 1 + at)).toISOString(),
    commit: { hash: at.toString(16).padStart(40, '0'), dirty: false },
    series: entry.series.map((series) =>
      series.name === WALK
        ? { ...series, median: walk(at) * (1 + 0.01 * (NOISE[at % NOISE.length] as number)) }
        : series,
    ),
    ...change,
  }));
}

test('a level that moves is a change point of its series, worse or better', () => {
  const slower = runs(40, (at) => (at < 22 ? 18 : 20));
  const [segment] = segmentsOf(slower);
  const series = segment?.series.find(({ name }) => name === WALK);
  expect(series?.changePoints).toMatchObject([
    { index: 22, time: slower[22]?.time, commit: slower[22]?.commit, direction: 'worse' },
  ]);
  expect(series?.changePoints[0]?.change).toBeCloseTo(0.11, 1);
  expect(
    segment?.series.filter(({ name }) => name !== WALK).flatMap(({ changePoints }) => changePoints),
  ).toEqual([]);
  const [faster] = segmentsOf(runs(40, (at) => (at < 22 ? 20 : 18)));
  expect(faster?.series.flatMap(({ changePoints }) => changePoints)).toMatchObject([{ direction: 'better' }]);
});

test('more a second is better', () => {
  const entries = runs(30, () => 18).map((entry, at) => ({
    ...entry,
    series: entry.series.map((series) =>
      series.unit === 'accesses/s' ? { ...series, median: at < 15 ? 60e6 : 66e6 } : series,
    ),
  }));
  expect(segmentsOf(entries)[0]?.series.flatMap(({ changePoints }) => changePoints)).toMatchObject([
    { index: 15, direction: 'better' },
  ]);
});

test.each([
  ['fingerprint', { fingerprint: 'another' }],
  ['version of Node', { node: 'v24.0.0' }],
  ['version of V8', { v8: '13.6' }],
  ['kind of run', { options: { quick: true, filter: null } }],
])('another %s starts a new segment, and no change point', (_, change) => {
  const before = runs(20, () => 18);
  const after = runs(20, () => 30, change).map((entry) => ({
    ...entry,
    time: entry.time.replace('2026', '2027'),
  }));
  const segments = segmentsOf([...before, ...after]);
  expect(segments.map((segment) => segment.runs)).toEqual([20, 20]);
  expect(segments.flatMap(({ series }) => series.flatMap(({ changePoints }) => changePoints))).toEqual([]);
});

test('machines that take turns keep a segment each, the latest run last', () => {
  const entries = runs(6, () => 18).map((entry, at) => ({
    ...entry,
    fingerprint: at % 2 === 0 ? 'one' : 'other',
  }));
  expect(segmentsOf(entries).map(({ fingerprint, runs }) => [fingerprint, runs])).toEqual([
    ['one', 3],
    ['other', 3],
  ]);
});

test('a run without a series leaves a gap, not a zero', () => {
  const entries = runs(5, () => 18);
  const thinned = entries.map((entry, at) => (at === 2 ? { ...entry, series: [] } : entry));
  const [segment] = segmentsOf(thinned, { series: /^hot path walk.*wasm$/ });
  expect(segment?.series.map(({ name, values }) => [name, values.length])).toEqual([[WALK, 4]]);
  expect(segment?.series[0]?.runs.map(({ time }) => time)).not.toContain(entries[2]?.time);
});

test('counters that change are found between runs of equal options, on any machine', () => {
  const entries = runs(4, () => 18).map((entry, at) => ({
    ...entry,
    fingerprint: `machine${at}`,
    options: { quick: false, filter: at === 2 ? 'walk' : null },
    exact: { cases: 9, digest: at < 2 ? 'a' : 'b', kinds: { replay: 'x', comparison: at < 2 ? 'a' : 'b' } },
  }));
  expect(exactChanges(entries)).toEqual([
    {
      time: entries[3]?.time,
      commit: entries[3]?.commit,
      since: { time: entries[1]?.time, commit: entries[1]?.commit },
      kinds: ['comparison'],
    },
  ]);
});

test('the tables name each series, its change points and its trend, in at most 100 columns', () => {
  const entries = runs(40, (at) => (at < 22 ? 18 : 20));
  const [segment] = segmentsOf(entries);
  if (segment === undefined) throw new Error('no segment');
  const tables = [segmentTable(segment, false), changePointTable(segment)];
  const text = tables.map((table) => (table ? terminalTable(table) : '')).join('\n');
  expect(text).toContain(`${WALK}\n`);
  expect(text).toMatch(/0000000 +18 ns +20 ns +\+11 %, worse +< 0\.000001/);
  expect(text).toMatch(/ _+[_.]#+[#*]*#*$/m);
  for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  expect(exactChangeTable([])).toBeNull();
});

test('the chart says what changed most, and draws a dot there', () => {
  const [segment] = segmentsOf(runs(40, (at) => (at < 22 ? 18 : 20)));
  const chart = segment ? historyChart(segment) : null;
  expect(chart?.title).toBe(`${WALK}: 11 % more time since 0000000; 8 of 9 series stayed level`);
  const dataset = chart?.config.data.datasets[0] as { label: string; pointRadius: number[]; data: number[] };
  expect(dataset.label).toBe(WALK);
  expect(dataset.pointRadius.indexOf(Math.max(...dataset.pointRadius))).toBe(22);
  expect(dataset.data).toHaveLength(40);
  const [level] = segmentsOf(runs(12, () => 18));
  expect(level && historyChart(level)?.title).toBe('No series changed its level in 12 runs (9 series)');
  const [single] = segmentsOf(runs(1, () => 18));
  expect(single && historyChart(single)).toBeNull();
});

test('sparklines go from the least to the greatest, in blocks or in ASCII', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([0, 1, 2, 3, 4, 5], { unicode: false })).toBe('_.-=*#');
  expect(sparkline([7, 7, 7])).toBe('▅▅▅');
  expect(sparkline([])).toBe('');
  expect(sparkline([...Array(50).fill(1), ...Array(50).fill(2)], { width: 4 })).toBe('▁▁██');
});

test('the locale tells whether there is Unicode', () => {
  expect(isUnicodeLocale({ LANG: 'en_GB.UTF-8' })).toBe(true);
  expect(isUnicodeLocale({ LC_ALL: 'C', LANG: 'en_GB.UTF-8' })).toBe(false);
  expect(isUnicodeLocale({ LC_ALL: '', LC_CTYPE: 'C.utf8' })).toBe(true);
  expect(isUnicodeLocale({})).toBe(false);
});
