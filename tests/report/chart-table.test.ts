// The table of a chart says what its picture shows.
import { expect, test } from 'vitest';
import { chartsOf } from '../../src/report/charts/catalogue.js';
import { type Chart, withoutWords } from '../../src/report/charts/chart.js';
import { chartTable } from '../../src/report/charts/chart-table.js';
import { loadSvg } from '../../src/report/charts/svg.js';
import { type Cell, textOf } from '../../src/report/table.js';
import { sampleRun } from './sample-run.js';

function chartNamed(id: string): Chart {
  const found = chartsOf(sampleRun()).find((chart) => chart.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

function rowsOf(id: string): string[][] {
  return chartTable(chartNamed(id)).rows.map((row) =>
    'group' in row ? [row.group] : row.map((cell: Cell) => textOf(cell).replaceAll('\u202f', '')),
  );
}

const headings = (id: string) => chartTable(chartNamed(id)).columns.map(({ heading }) => heading);

test.each(chartsOf(sampleRun()).map(({ id }) => id))(
  '%s has a column for each dataset and no holes',
  (id) => {
    const { datasets } = chartNamed(id).config.data;
    const table = chartTable(chartNamed(id));
    expect(table.columns).toHaveLength(datasets.length + 1);
    expect(new Set(headings(id)).size).toBe(table.columns.length);
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of rowsOf(id)) expect(row.join()).not.toMatch(/NaN|null|undefined/);
  },
);

test('panels are told apart by what they count', () => {
  expect(headings('page-basis-vs-huge-size')).toEqual([
    '',
    'page basis: descriptors stored',
    'huge size: descriptors stored',
    'page basis: TLBI instructions',
    'huge size: TLBI instructions',
  ]);
  expect(rowsOf('page-basis-vs-huge-size').find(([label]) => label === 'huge vmalloc, 2M')).toMatchObject([
    'huge vmalloc, 2M',
    expect.stringMatching(/^\d{4}$/),
    expect.stringMatching(/^\d{3}$/),
    expect.stringMatching(/^\d{3}$/),
    expect.stringMatching(/^\d$/),
  ]);
});

test('intervals and amounts are those beside the bars', () => {
  expect(rowsOf('hot-path')[0]?.[1]).toMatch(/^18\.4 ns \(18–19\.1 ns\)$/);
  expect(rowsOf('change-time').flat().join()).toMatch(/0\.78 ms \(0\.62–1\.6\)/);
  expect(rowsOf('leaf-sizes-left').flat().join()).toMatch(/MiB/);
});

test('a line has its unit along both axes', () => {
  expect(headings('table-memory')[0]).toBe('memory of the machine, bytes');
  expect(rowsOf('table-memory')[0]?.[0]).toBe('1G');
});

test('without its words a chart is as much lower, and its plot stays as high', async () => {
  const whole = chartNamed('table-memory');
  const bare = withoutWords(chartNamed('table-memory'));
  expect(bare.size.height).toBeLessThan(whole.size.height);
  const draw = await loadSvg();
  const words = (svg: string) => svg.replace(/<title>.*?<\/title>|<desc>.*?<\/desc>/gs, '');
  expect(words(draw(whole))).toContain('513.004');
  expect(words(draw(bare))).not.toContain('513.004');
});
