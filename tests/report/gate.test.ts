import { expect, test } from 'vitest';
import { type GateBenchmark, type GateRecord, isRegressed } from '../../src/record/gate/gate-record.js';
import { gateTable } from '../../src/report/sections/gate.js';
import { markdownTable, terminalTable } from '../../src/report/table.js';

const interval = (ratio: number) => ({ ratio, low: ratio - 0.01, high: ratio + 0.01, confidence: 0.998 });

function benchmark(
  name: string,
  ratio: number,
  verdict: GateBenchmark['verdict'],
  tooNoisy = false,
): GateBenchmark {
  return {
    name,
    verdict,
    tooNoisy,
    margin: 0.03,
    ratio: interval(ratio),
    control: interval(1),
    processes: 18,
  };
}

const GATE: GateRecord = {
  judged: true,
  reason: null,
  candidate: { sha256: 'c'.repeat(64) },
  reference: { sha256: 'd'.repeat(64), commit: '0123456789abcdef', pinned: '2026-01-02T03:04:05.000Z' },
  clock: 'cpu',
  nodeOptions: [],
  quick: false,
  seed: 7,
  processes: 18,
  alpha: 0.05,
  elapsedMs: 23_400,
  benchmarks: [
    benchmark('walk in batches: pages', 1.052, 'regressed'),
    benchmark('build: pages', 0.9, 'improved'),
    benchmark('split', 1.001, 'unchanged'),
    benchmark('change', 1.02, 'inconclusive'),
    benchmark('build: blocks', 1.3, 'inconclusive', true),
  ],
  notes: ['split: the candidate counts other events'],
};

test('a row for each benchmark, with the verdict in words, its interval and the control', () => {
  const rows = gateTable(GATE).rows as unknown[][];
  expect(rows.map(([name]) => name)).toEqual(GATE.benchmarks.map(({ name }) => name));
  expect(rows[0]?.slice(1)).toEqual([
    { text: 'REGRESSED', tone: 'bad' },
    '+5.2 %',
    '+4.2 % … +6.2 %',
    '−1 % … +1 %',
    '±3 %',
    '18',
  ]);
  expect(rows.map((row) => row[1])).toEqual([
    { text: 'REGRESSED', tone: 'bad' },
    { text: 'improved', tone: 'good' },
    'unchanged',
    'inconclusive',
    'too noisy to judge',
  ]);
});

test('text and Markdown say where the reference is from and what else there is to know', () => {
  for (const text of [terminalTable(gateTable(GATE), { width: 160 }), markdownTable(gateTable(GATE))]) {
    expect(text).toMatch(
      /Reference of commit 0123456789ab, pinned 2026-01-02\. 18 processes, 23 s, processor time\./,
    );
    expect(text).toContain('Split: the candidate counts other events.');
  }
});

test('only what regressed makes the gate fail', () => {
  expect(isRegressed(GATE)).toBe(true);
  expect(isRegressed({ ...GATE, benchmarks: GATE.benchmarks.slice(1) })).toBe(false);
  expect(isRegressed({ ...GATE, benchmarks: [] })).toBe(false);
});
