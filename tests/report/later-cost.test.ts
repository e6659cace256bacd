import { expect, test } from 'vitest';
import type { LaterCostRecord, Run } from '../../src/record/run.js';
import { timeSection } from '../../src/report/sections/time.js';
import { terminalTable } from '../../src/report/table.js';
import { sampleRun } from './sample-run.js';

const AFTER_BOOT = { sequential: 0, network: 774 };

function record(
  configuration: string,
  workload: string,
  strategy: string,
  left: Partial<typeof AFTER_BOOT> = {},
): LaterCostRecord {
  return {
    granule: 4096,
    vaBits: 48,
    configuration,
    workload,
    strategy,
    core: 'ampereone',
    placeBytes: 2 ** 25,
    costs: Object.entries(AFTER_BOOT).map(([stream, fresh]) => ({
      stream,
      fresh,
      left: left[stream as keyof typeof AFTER_BOOT] ?? fresh,
    })),
  };
}

function textOf(laterCosts: LaterCostRecord[], detail: 'brief' | 'full' = 'brief'): string {
  const run: Run = { ...sampleRun(), laterCosts };
  const table = timeSection(run, detail).find(({ title }) =>
    title.startsWith('What the state left costs later'),
  );
  return table ? terminalTable(table).replaceAll('\u202f', '') : '';
}

test('streams that cost more on what is left have a line; the others are named with the change', () => {
  const text = textOf([
    record('blocks', 'vmalloc-2m-huge', 'page-basis', { network: 778.3 }),
    record('blocks', 'vmalloc-2m-huge', 'huge-size', { network: 774.4 }),
  ]);
  expect(text).toContain('walk cycles per 1000 instructions, AmpereOne');
  expect(text).toMatch(/vmalloc-2m-huge on blocks; always sequential 0\n +network +774 +778 +774 +– +–\n/);
});

test('a change that leaves every number as it was is told in a line', () => {
  const text = textOf([
    record('blocks', 'vmalloc-2m-huge', 'page-basis', { sequential: 12 }),
    record('pages', 'vmalloc-2m-huge', 'page-basis'),
    record('pages', 'vmalloc-2m-huge', 'series-v3'),
  ]);
  expect(text).toMatch(/The same as after boot with every strategy and stream: vmalloc-2m-huge on\s+pages\./);
  expect(text).not.toMatch(/vmalloc-2m-huge on pages[;\n]/);
});

test('what is shown is what the times are shown of', () => {
  const records = [
    record('blocks', 'bpf-pack-2m', 'page-basis', { sequential: 12 }),
    record('blocks', 'bpf-pack-2m', 'pages-only', { sequential: 99 }),
  ];
  expect(textOf(records)).toBe('');
  expect(textOf(records, 'full')).toMatch(/bpf-pack-2m on blocks.*\n +sequential +0 +12 /);
  expect(textOf(records, 'full')).not.toContain('99');
});

test('older records have no such table', () => {
  expect(timeSection(sampleRun())).toHaveLength(1);
});
