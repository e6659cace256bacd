import { expect, test } from 'vitest';
import { RUN_SCHEMA, type Run } from '../../src/record/run.js';
import { markdownReport, terminalReport } from '../../src/report/run-report.js';
import { comparisonSection } from '../../src/report/sections/comparison.js';
import { conclusionSection } from '../../src/report/sections/conclusion.js';
import { hotPathSection } from '../../src/report/sections/hot-path.js';
import { replaysSection } from '../../src/report/sections/replays.js';
import { strategiesOnTracesSection } from '../../src/report/sections/strategies-on-traces.js';
import { type Table, terminalTable } from '../../src/report/table.js';
import { emptyRun, sampleRun } from './sample-run.js';
import { counters, STRATEGIES, state } from './sample-state.js';

const text = (tables: readonly Table[]) => tables.map((table) => terminalTable(table)).join('\n');
const plain = (report: string) => report.replaceAll('\u202f', '');

test('a report fits 100 columns and says all there is', () => {
  const report = terminalReport(sampleRun());
  for (const line of report.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  for (const strategy of STRATEGIES) expect(report).toContain(strategy);
});

test('the Markdown report has the same tables', () => {
  const markdown = markdownReport(sampleRun());
  for (const line of markdown.split('\n').filter((one) => one.startsWith('|')))
    expect(line.endsWith('|')).toBe(true);
  expect(markdown).toContain('#### Replays of captured kernels');
  expect(markdown.split('\n').filter((line) => line.startsWith('#### State left'))).toHaveLength(1);
});

test('an empty run has no tables and says so', () => {
  expect(terminalReport(emptyRun())).toBe('This run compared nothing.\n');
});

test('warnings of a run reach its reader', () => {
  expect(terminalReport({ ...emptyRun(), warnings: ['the clock is coarse'] })).toContain(
    'Warning: the clock is coarse',
  );
});

test('a replay that differs stands out, and one without a map is no failure', () => {
  const run = sampleRun();
  const [first] = run.replays;
  if (first === undefined) throw new Error('the sample has replays');
  const table = text(
    replaysSection({
      ...run,
      replays: [
        { ...first, equal: false, differenceCount: 3, agreesWithTrace: false },
        { ...first, equal: null },
      ],
    }),
  );
  expect(table).toMatch(/NO, 3 differ +NO/);
  expect(table).toMatch(/no map +yes/);
});

test('what a strategy leaves on a trace is told against the map that it began with', () => {
  const run = sampleRun();
  const table = text(strategiesOnTracesSection(run));
  expect(table).toMatch(/4k-bbml2\/load-small \(4K\/39\)\n +page-basis +250/);
  expect(table).toMatch(/series-v3 .*\+14 MiB +0 +yes/);
});

test('strategies that do the same share a line', () => {
  const table = text(comparisonSection(sampleRun()));
  expect(table).toMatch(/secretmem-page\n +all of them/);
  expect(table).toMatch(/module-load\n +page-basis and 3 more .*\n +contiguous-runs/);
});

test('of a family of workloads the largest is printed', () => {
  const table = text(comparisonSection(sampleRun()));
  expect(table).toContain('direct-map-512');
  expect(table).not.toMatch(/direct-map-(1|8|64)\n/);
});

test('a workload that failed shows its errno', () => {
  expect(text(comparisonSection(sampleRun()))).toMatch(/pages-only +-EINVAL/);
});

test('other granules are printed where huge size matters', () => {
  const tables = comparisonSection(sampleRun()).filter(({ title }) => title.includes('16K/48'));
  expect(tables).toHaveLength(1);
  expect(text(tables)).toContain('vmalloc-2m-huge');
  expect(text(tables)).not.toContain('module-load');
});

test('TypeScript times are given in multiples of WASM', () => {
  expect(text(hotPathSection(sampleRun()))).toMatch(/TypeScript +92\.7 ns +87\.1–104 ns +64 +5\.04×/);
});

function runOfOnePair(): Run {
  const [comparison] = sampleRun().comparisons;
  if (comparison === undefined) throw new Error('the sample has comparisons');
  const common = { ...comparison, configuration: 'blocks', workload: 'vmalloc-2m-huge' };
  const p = counters({ calls: 512, stores: 2066, dsbIshst: 1058, dsbIsh: 512, isb: 1056, tlbi: 512 });
  const h = counters({ calls: 1, stores: 530, dsbIshst: 4, dsbIsh: 1, isb: 3, tlbi: 1 });
  const memory = { granule: 4096, vaBits: 48, memoryBytes: 256 * 2 ** 30 };
  return {
    ...emptyRun(),
    schema: RUN_SCHEMA,
    comparisons: [
      { ...common, strategy: 'page-basis', counters: p },
      { ...common, strategy: 'huge-size', counters: h },
    ],
    tableMemory: [
      { ...memory, configuration: 'pages', tableBytes: 537923584 },
      { ...memory, configuration: 'blocks', tableBytes: 4096 },
    ],
  };
}

test('the conclusion has the ratios that the data has', () => {
  expect(plain(conclusionSection(runOfOnePair()))).toBe(
    'For a 2 MiB huge vmalloc area on 4K blocks, page basis against huge size takes 2066 stores against 530 (3.9×), ' +
      '2626 barriers against 8 (328×) and 512 TLBIs against 1 (512×). ' +
      'The linear map of 256 GiB needs 513.004 MiB of page tables in 4K pages and 4 KiB in blocks (131329×).',
  );
});

test('the conclusion leaves out a comparison that failed', () => {
  const run = runOfOnePair();
  const failed = { ...run, comparisons: run.comparisons.map((record) => ({ ...record, result: -12 })) };
  expect(conclusionSection(failed)).toMatch(/^The linear map/);
});

test('the conclusion counts replays that have a map to compare with', () => {
  const [first] = sampleRun().replays;
  if (first === undefined) throw new Error('the sample has replays');
  const after = state({ pte: 4096 }, 4096);
  const replays = [
    { ...first, after },
    { ...first, equal: false, agreesWithTrace: false },
    { ...first, equal: null },
  ];
  expect(conclusionSection({ ...emptyRun(), replays })).toBe(
    "1 of 2 replays end with exactly the kernel's map; 1 not in agreement with the trace.",
  );
});
