import { expect, test } from 'vitest';
import { chartsOf } from '../../src/report/charts/catalogue.js';
import type { Chart } from '../../src/report/charts/chart.js';
import { strategyColours } from '../../src/report/charts/palette.js';
import { strategyLabel, workloadLabel } from '../../src/report/labels.js';
import { emptyRun, sampleRun } from './sample-run.js';
import { STRATEGIES } from './sample-state.js';

function chartNamed(file: string, run = sampleRun()): Chart {
  const found = chartsOf(run).find((one) => one.file === file);
  if (found === undefined) throw new Error(`there is no ${file}`);
  return found;
}

const labels = ({ config }: Chart) => config.data.datasets.map(({ label }) => label);

test('files keep their names', () => {
  expect(chartsOf(sampleRun()).map(({ file }) => file)).toEqual([
    'traces-tlbi.png',
    'traces-stores.png',
    'traces-leaf-sizes.png',
    'page-basis-vs-huge-size.png',
    'leaf-sizes-left.png',
    'table-memory.png',
    'tlb-misses.png',
    'miss-curves.png',
    'change-time.png',
    'hot-path.png',
  ]);
});

test('a run without data has no charts', () => {
  expect(chartsOf(emptyRun())).toEqual([]);
});

test.each(chartsOf(sampleRun()).map((one) => [one.file, one] as const))(
  '%s states its finding, and every axis of values has a title',
  (_, { title, config }) => {
    expect(title).not.toMatch(/NaN|Infinity|undefined|(^| )–/);
    const axes = Object.values(config.options?.scales ?? {}).filter((axis) => axis?.type !== 'category');
    expect(axes.length).toBeGreaterThan(0);
    for (const axis of axes) {
      const named = axis as { title?: { display?: boolean; text?: string } };
      expect(named.title?.display).toBe(true);
      expect(named.title?.text).toMatch(/bytes|instructions|stored|%|time|entries/);
    }
  },
);

test('configurations are new each time, as the renderer changes them', () => {
  const run = sampleRun();
  const [one, other] = [chartsOf(run), chartsOf(run)];
  expect(one.map(({ config }) => config.data)).toEqual(other.map(({ config }) => config.data));
  one.forEach(({ config }, at) => {
    expect(config).not.toBe(other[at]?.config);
    expect(config.options).not.toBe(other[at]?.config.options);
  });
});

test('charts leave their run as it is', () => {
  const run = sampleRun();
  chartsOf(run);
  expect(run).toEqual(sampleRun());
});

test('trace charts have every strategy that reaches the permissions of the kernel', () => {
  const run = sampleRun();
  const able = STRATEGIES.filter((strategy) => strategy !== 'pages-only').map(strategyLabel);
  expect(labels(chartNamed('traces-stores.png', run))).toEqual(able);
  const allAble = run.traceStrategies.map((record) => ({ ...record, permissionsEqual: true }));
  const chart = chartNamed('traces-stores.png', { ...run, traceStrategies: allAble });
  expect(labels(chart)).toEqual(STRATEGIES.map(strategyLabel));
});

test('the trace on which huge size matters comes first, however small', () => {
  const run = sampleRun();
  const traceStrategies = run.traceStrategies.map((record) =>
    record.scenario === 'secretmem' && record.granule === 65536 && record.strategy === 'huge-size'
      ? { ...record, counters: { ...record.counters, tlbi: { single: 1, range: 0, all: 0 } } }
      : record,
  );
  const { config, title } = chartNamed('traces-tlbi.png', { ...run, traceStrategies });
  expect(config.data.labels?.[0]).toEqual(['secretmem', '64k48-bbml2 (64K/48)']);
  expect(title).toBe('For secretmem on 64k48-bbml2 (64K/48), page basis takes 4 TLBIs, huge size 1 (4×)');
});

test('page basis and huge size have both panels and every workload', () => {
  const { config } = chartNamed('page-basis-vs-huge-size.png');
  const run = sampleRun();
  const workloads = [...new Set(run.comparisons.map(({ workload }) => workload))];
  expect(config.data.labels).toEqual(workloads.map(workloadLabel));
  expect(config.data.datasets.map(({ label }) => label)).toEqual([
    'page basis',
    'huge size',
    'page basis',
    'huge size',
  ]);
});

test('leaf sizes left are shares of the most, and name every strategy that worked', () => {
  const { config } = chartNamed('leaf-sizes-left.png');
  const [pages = [], contiguous = []] = config.data.datasets.map(({ data }) => data as (number | null)[]);
  const sums = pages.map((share, at) => (share ?? 0) + (contiguous[at] ?? 0));
  expect(Math.max(...sums)).toBe(100);
  const names = (config.data.labels ?? []).join();
  for (const strategy of STRATEGIES.filter((one) => one !== 'pages-only')) {
    expect(names).toContain(strategyLabel(strategy));
  }
});

test('table memory of zero has no point, as a logarithm has no zero', () => {
  const run = sampleRun();
  const tableMemory = run.tableMemory.map((record) =>
    record.configuration === 'blocks' && record.granule === 4096 ? { ...record, tableBytes: 0 } : record,
  );
  const { config, title } = chartNamed('table-memory.png', { ...run, tableMemory });
  const line = config.data.datasets.find(({ label }) => label === '4K/48 blocks');
  const points = (line?.data ?? []) as { y: number }[];
  expect(points.length).toBeGreaterThan(0);
  for (const { y } of points) expect(y).toBeNaN();
  expect(title).toBe('256 GiB in 4K pages take 513.004 MiB of page tables, in blocks none');
});

test('configurations that take as much are drawn as one', () => {
  expect(labels(chartNamed('table-memory.png'))).toEqual([
    '4K/48 pages',
    '16K/48 pages',
    '64K/48 pages',
    '4K/48 blocks',
    '16K/48 blocks',
    '64K/48 blocks',
  ]);
});

test('TLB misses are drawn for the main core, captured traces first, maps that look alike once', () => {
  const { config, title } = chartNamed('tlb-misses.png');
  expect(config.data.labels).toEqual([
    ['memcached', 'captured trace'],
    ['zipf', '4K/48, 256 GiB'],
  ]);
  const maps = ['pages', 'blocks', 'blocks-after', 'series-v3'];
  expect(config.data.datasets.map(({ label }) => label)).toEqual([...maps, ...maps]);
  expect(config.data.datasets.map(({ data }) => data[0])).toContain(null);
  expect([config.options?.plugins?.subtitle?.text].flat().join(' ')).toContain(
    'page-basis (as blocks-after)',
  );
  expect(title).toBe(
    'On the memcached trace, pages have an estimated 0.652 kernel TLB misses per 1000 instructions, blocks 0.0108',
  );
});

test('a stream without instructions has no bars', () => {
  const run = sampleRun();
  const tlb = run.tlb.map((record) => ({
    ...record,
    stream: { ...record.stream, instructions: null },
  }));
  expect(chartsOf({ ...run, tlb }).map(({ file }) => file)).not.toContain('tlb-misses.png');
});

test('miss curves are of the maps that matter, and without a point where nothing missed', () => {
  const run = sampleRun();
  for (const { configurations } of run.tlb) {
    for (const { curve } of configurations) curve.push({ entries: 4096, missRatio: 0 });
  }
  const chart = chartNamed('miss-curves.png', run);
  expect(labels(chart)).toEqual([
    'memcached trace, pages',
    'memcached trace, blocks',
    'memcached trace, blocks-after',
    'zipf, pages',
    'zipf, blocks',
    'zipf, blocks-after',
  ]);
  for (const { data } of chart.config.data.datasets) {
    expect((data as { y: number }[]).at(-1)?.y).toBeNaN();
  }
  expect(chart.title).toBe(
    'With 1\u202f536 entries, 64.2 % of zipf accesses to pages miss, and 0.061 % of those to blocks',
  );
});

test('estimated times have both platforms, and never a ratio in their title', () => {
  const { config, title } = chartNamed('change-time.png');
  expect(config.data.datasets.map(({ label }) => label)).toEqual([
    'page basis',
    'huge size',
    'page basis',
    'huge size',
  ]);
  expect(config.data.labels).toContain('huge vmalloc, 2M');
  expect(title).toMatch(
    /[\d.]+ ms \([\d.]+–[\d.]+\) on page basis and [\d.]+ µs \([\d.]+–[\d.]+\) by huge size$/,
  );
  expect(title).not.toContain('×');
});

test('the hot path has both implementations', () => {
  const chart = chartNamed('hot-path.png');
  expect(labels(chart)).toEqual(['WASM', 'TypeScript']);
  expect(chart.title).toBe('Per operation, plain TypeScript takes 2.29 to 5.04 times as long as WASM');
});

test('a strategy without a colour of its own gets one that is free', () => {
  const colours = strategyColours([...STRATEGIES, 'new-one', 'another']);
  expect(new Set(colours.values()).size).toBe(STRATEGIES.length + 2);
});
