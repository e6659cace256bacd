import { expect, test } from 'vitest';
import { RUN_SCHEMA, type Run } from '../../src/record/run.js';
import { markdownReport, terminalReport } from '../../src/report/run-report.js';
import { comparisonSection } from '../../src/report/sections/comparison.js';
import { conclusionSection } from '../../src/report/sections/conclusion.js';
import { hotPathSection } from '../../src/report/sections/hot-path.js';
import { publishedSection } from '../../src/report/sections/published.js';
import { replaysSection } from '../../src/report/sections/replays.js';
import { strategiesOnTracesSection } from '../../src/report/sections/strategies-on-traces.js';
import { timeSection } from '../../src/report/sections/time.js';
import { tlbSection } from '../../src/report/sections/tlb.js';
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

test('rodata=off is printed briefly where it costs something else than rodata=on', () => {
  const run = sampleRun();
  const titles = (of: Run, detail: 'brief' | 'full') =>
    comparisonSection(of, detail).map(({ title }) => title);
  expect(titles(run, 'brief').join()).not.toContain('rodata=off');
  expect(titles(run, 'full').join()).toContain('rodata=off');
  expect(text(comparisonSection(run))).toContain('rodata=off costs the same.');
  const comparisons = run.comparisons.map((record) =>
    record.configuration === 'off' && record.workload === 'module-load'
      ? { ...record, counters: { ...record.counters, calls: 99 } }
      : record,
  );
  const tables = comparisonSection({ ...run, comparisons });
  expect(text(tables)).toContain('rodata=off costs the same, but for module-load.');
  expect(text(tables.filter(({ title }) => title.includes('rodata=off')))).not.toContain('bpf-pack');
});

test('a captured trace has every count, and maps that do the same share a line', () => {
  const table = text(tlbSection(sampleRun()));
  expect(plain(table)).toContain('memcached, AmpereOne: 500000 accesses, 2500000 instructions; on as blocks');
  expect(plain(table)).toMatch(
    /\n +pages +4815 +1605 +1590 +795 +1590 +1590 +80 +795 +556500 +0\.652 +1\.04 +223\n/,
  );
});

test('generated streams have their rates, core by core', () => {
  const table = text(tlbSection(sampleRun()));
  expect(table).toContain(
    'Neoverse N1, 4K/48, 256 GiB; pages-only as pages; on as blocks; page-basis as blocks-after;',
  );
  expect(plain(table)).toMatch(/\n +series-v3 +9\.05 \/ 450\n/);
});

test('rates that need instructions are left open where there are none', () => {
  const run = sampleRun();
  const tlb = run.tlb.map((record) => ({
    ...record,
    stream: { ...record.stream, instructions: null },
    configurations: record.configurations.map((one) => ({
      ...one,
      mpki: null,
      walkCyclesPer1000Instructions: null,
    })),
  }));
  const table = text(tlbSection({ ...run, tlb }));
  expect(table).toMatch(/pages .* – +– +–\n/);
  expect(table).not.toMatch(/NaN|null|accesses, |generated/);
});

test('times are intervals, their ratios too, and what makes them wide is named', () => {
  const table = text(timeSection(sampleRun()));
  expect(table).toMatch(
    /vmalloc-2m-huge on blocks\n +mesh-server +0\.78 ms \(0\.62–1\.6\) +[\d.]+ µs \([\d.–]+\) +\d+–\d+×/,
  );
  expect(table).toContain('page-basis – flushes (first TLBI, DSB ISH, ISB), descriptor reads');
  expect(table).not.toContain('bpf-pack-2m');
  expect(text(timeSection(sampleRun(), 'full'))).toContain('bpf-pack-2m on pages');
});

test('published figures that are missed are never joined with others', () => {
  const table = text(publishedSection(sampleRun()));
  expect(table).toMatch(/3 that agree +−12 % … \+0\.14 % +20 % +within/);
  expect(plain(table)).toMatch(/Ampere Altra, 512 GiB, base +838 ms +500 ms +−40 % +20 % +OUTSIDE/);
  expect(table).toMatch(/−28\.5 % +−94\.4 % +−66 points +– +not judged/);
  expect(table).not.toContain('Ampere Altra VM, 64 GiB');
});

test('in full, every published figure has its line and its source', () => {
  const [table] = publishedSection(sampleRun(), 'full');
  expect(table?.rows.filter((row) => !('group' in row))).toHaveLength(6);
  expect(text(publishedSection(sampleRun(), 'full'))).toContain('<v2>');
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

test('the conclusion has an estimate of kernel TLB misses, and what published figures say', () => {
  const { tlb, published } = sampleRun();
  expect(conclusionSection({ ...emptyRun(), tlb, published })).toBe(
    'On AmpereOne the memcached trace is estimated to have 0.652 kernel TLB misses per 1000 instructions on pages ' +
      'and 0.0108 on blocks. Of 5 published figures, 4 are met within what was allowed; 1 more cannot be judged.',
  );
});

test('a quick run says that it saw only the beginning of a trace', () => {
  const { tlb, options } = sampleRun();
  const quick = { ...emptyRun(), tlb, options: { ...options, quick: true } };
  expect(conclusionSection(quick)).toContain('On AmpereOne the beginning of the memcached trace');
  expect(text(tlbSection(quick))).toContain('the beginnings of captured access traces');
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
