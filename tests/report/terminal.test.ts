// What the main job prints: 100 columns, colour on a terminal only, and the conclusion last.
import { expect, test } from 'vitest';
import type { Run } from '../../src/record/run.js';
import { terminalReport } from '../../src/report/run-report.js';
import { conclusionSection } from '../../src/report/sections/conclusion.js';
import { wrap } from '../../src/report/table.js';
import { sampleRun } from './sample-run.js';

const ESCAPE = '\u001b';

/** A run with everything that a table may have to be told: long names, differences, gates, warnings. */
function crowdedRun(): Run {
  const long = 'a-machine-with-quite-a-long-name-of-its-own/and-a-scenario-with-another';
  const differences = [
    { name: `4K/48 blocks ${long}`, counter: 'descriptorWrites', old: 123_456_789, new: 987_654_321 },
    { name: long, counter: 'digest', old: 'f'.repeat(64), new: '0'.repeat(64) },
  ];
  const run = sampleRun();
  return {
    ...run,
    warnings: [`${long}: events were lost at line 123456789 of its trace, and ${long} as well`],
    replays: run.replays.map((one) => ({ ...one, machine: long, equal: false, differenceCount: 1_234_567 })),
    published: run.published.map((one) => ({ ...one, what: `${one.what}, ${long}` })),
    exact: {
      cases: 788,
      repeated: { cases: 788, differences },
      baseline: { file: `results/${long}.json`, compared: 788, differences },
    },
    gate: {
      judged: true,
      reason: null,
      candidate: { sha256: '0'.repeat(64) },
      reference: { sha256: '1'.repeat(64), commit: '2'.repeat(40), pinned: '2026-01-15T12:00:00Z' },
      clock: 'cpu',
      nodeOptions: [],
      quick: false,
      seed: 1,
      processes: 20,
      alpha: 0.05,
      elapsedMs: 1000,
      benchmarks: [
        {
          name: `walk: ${long}`,
          verdict: 'regressed',
          tooNoisy: false,
          margin: 0.03,
          ratio: { ratio: 1.25, low: 1.2, high: 1.3 },
          control: { ratio: 1, low: 0.99, high: 1.01 },
          processes: 20,
        },
      ],
      notes: [`${long} was not judged`],
    } as Run['gate'] & object,
  };
}

test.each([
  ['the sample', sampleRun()],
  ['a crowded run', crowdedRun()],
])('no line of %s is longer than 100 columns', (_, run) => {
  const lines = terminalReport(run).split('\n');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
});

test('the conclusion comes after all tables, and only warnings after it', () => {
  const run = crowdedRun();
  const parts = terminalReport(run).trimEnd().split('\n\n');
  expect(parts.at(-2)).toBe(wrap(conclusionSection(run), 100).join('\n'));
  expect(parts.at(-1)).toMatch(/^Warning: /);
});

test('colour is for terminals, unless NO_COLOR is set', () => {
  const run = crowdedRun();
  const [terminal, pipe] = [{ isTTY: true }, { isTTY: false }];
  expect(terminalReport(run, { stream: terminal, environment: {} })).toContain(ESCAPE);
  expect(terminalReport(run, { stream: pipe, environment: {} })).not.toContain(ESCAPE);
  expect(terminalReport(run, { stream: terminal, environment: { NO_COLOR: '1' } })).not.toContain(ESCAPE);
  expect(terminalReport(run)).not.toContain(ESCAPE);
});
