import { expect, test } from 'vitest';
import type { ExactDifference, ExactRecord } from '../../src/record/run.js';
import { exactGateSection } from '../../src/report/sections/exact-gate.js';
import { markdownTable, terminalTable } from '../../src/report/table.js';
import { emptyRun } from './sample-run.js';

const run = (exact: ExactRecord) => ({ ...emptyRun(), exact });
const brief = (exact: ExactRecord) =>
  exactGateSection(run(exact), 'brief')
    .map((table) => terminalTable(table))
    .join('\n');

const writes = (n: number): ExactDifference[] =>
  Array.from({ length: n }, (_, at) => ({
    name: `comparison 4K/48 blocks vmalloc-${at} page-basis`,
    counter: 'descriptorWrites',
    old: 1000 + at,
    new: 1001 + at,
  }));
const equal = { cases: 40, differences: [] };

test('says nothing where nothing was computed', () => {
  expect(exactGateSection(emptyRun(), 'full')).toEqual([]);
  expect(exactGateSection(run({ cases: 0, repeated: { cases: 0, differences: [] } }), 'full')).toEqual([]);
});

test('equal results are one line for each thing they were held against', () => {
  const baseline = { file: 'results/baseline.json', compared: 38, differences: [] };
  const text = brief({ cases: 40, repeated: equal, baseline });
  expect(text).toMatch(/computed again.* 40 +equal/);
  expect(text).toMatch(/results\/baseline\.json +38 +equal/);
  expect(text.split('\n')).toHaveLength(5);
});

test('a counter that changed in many cases is named once, with the first three of them', () => {
  const digest = { name: 'replay a/b', counter: 'digest', old: '0'.repeat(16), new: '1'.repeat(16) };
  const baseline = { file: 'base.json', compared: 40, differences: [digest, ...writes(12)] };
  const text = brief({ cases: 40, repeated: equal, baseline });
  expect(text).toContain('13 cases DIFFER');
  expect(text.match(/descriptorWrites: 12 cases/g)).toHaveLength(1);
  expect(text).toMatch(/vmalloc-2 page-basis +1\u202f002 +1\u202f003\n.*… and 9 more/);
  expect(text).toMatch(/digest of the final map: 1 case\n +replay a\/b +0{16} +1{16}/);
  expect(text).toContain('linmap accept --reason');
  for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
});

test('only so many counters are named, and the reader is told', () => {
  const one = writes(1)[0] as ExactDifference;
  const differences = Array.from({ length: 11 }, (_, at) => ({ ...one, counter: `counter${at}` }));
  const text = brief({
    cases: 40,
    repeated: equal,
    baseline: { file: 'base.json', compared: 40, differences },
  });
  expect(text).toContain('counter7: 1 case');
  expect(text).not.toContain('counter8');
  expect(text).toContain('3 more counters differ.');
});

test('the Markdown names more of them', () => {
  const baseline = { file: 'base.json', compared: 40, differences: writes(12) };
  const tables = exactGateSection(run({ cases: 40, repeated: equal, baseline }), 'full');
  expect(tables.map(markdownTable).join('\n')).toContain('vmalloc-11 page-basis');
});

test('results that do not repeat are called a bug', () => {
  const text = brief({ cases: 40, repeated: { cases: 40, differences: writes(1) } });
  expect(text).toContain('1 case DIFFERS');
  expect(text).toContain('a bug of linmap');
});
