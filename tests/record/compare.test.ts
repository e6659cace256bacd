// Two records side by side.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatBaseline } from '../../src/record/baseline.js';
import { type Comparable, compareRuns } from '../../src/record/compare.js';
import { findComparables } from '../../src/record/compare-source.js';
import { exactCases } from '../../src/record/exact-cases.js';
import { exactDigest, historyEntry } from '../../src/record/history-entry.js';
import { appendHistory } from '../../src/record/history-file.js';
import type { Run } from '../../src/record/run.js';
import { timedSeries } from '../../src/record/timed-series.js';
import { comparedSections, headline } from '../../src/report/sections/runs-compared.js';
import { markdownTable, terminalTable } from '../../src/report/table.js';
import { sampleRun } from '../report/sample-run.js';
import { scratchFolder } from '../scratch-folder.js';

function comparable(run: Run, name = 'run'): Comparable {
  const { environment, options, time, commit } = run;
  return {
    ...{ name, source: `${name}/run.json`, time, commit, machine: environment, options },
    exact: exactCases(run),
    series: timedSeries(run),
  };
}

/** One more TLBI in one case, a tenth more stores in another, a read more in a third. */
function changedRun(): Run {
  const run = sampleRun();
  const [first, second, third] = run.comparisons.filter(({ counters }) => counters.tlbi.single > 1);
  if (!first || !second || !third) throw new Error('the sample has too few comparisons');
  first.counters.tlbi.single *= 2;
  second.counters.descriptorWrites = Math.ceil(second.counters.descriptorWrites * 1.1);
  third.counters.descriptorReads += 1;
  return run;
}

describe('counters', () => {
  test('of equal runs are equal', () => {
    const { counters } = compareRuns(comparable(sampleRun()), comparable(sampleRun()));
    const cases = exactCases(sampleRun()).length;
    expect(counters).toEqual({ by: 'counter', cases, changed: 0, differences: [], onlyInA: [], onlyInB: [] });
  });

  test('that changed come in order of weight and relative size', () => {
    const { counters } = compareRuns(comparable(sampleRun()), comparable(changedRun()));
    if (counters.by !== 'counter') throw new Error('not compared by counter');
    expect(counters.changed).toBe(3);
    expect(counters.differences.map(({ counter }) => counter)).toEqual([
      'tlbi.single',
      'descriptorWrites',
      'descriptorReads',
    ]);
    expect(counters.differences[0]).toMatchObject({ relative: 0.5, importance: 2 });
  });

  test('are compared across machines, and where a record has fewer cases', () => {
    const other = sampleRun();
    other.environment = { ...other.environment, fingerprint: 'other' };
    const gone = other.comparisons.pop();
    const { counters } = compareRuns(comparable(sampleRun()), comparable(other));
    expect(counters).toMatchObject({ by: 'counter', changed: 0, onlyInB: [] });
    expect(counters.by === 'counter' && counters.onlyInA).toHaveLength(1);
    expect(JSON.stringify(counters)).toContain(gone?.workload);
  });

  test('are compared by digest where the history has no more, and not at all where that would mislead', () => {
    const ofHistory = (run: Run): Comparable => ({ ...comparable(run), exact: exactDigest(exactCases(run)) });
    const { counters } = compareRuns(ofHistory(sampleRun()), comparable(changedRun()));
    expect(counters).toEqual({
      by: 'digest',
      kinds: ['replay', 'comparison', 'table memory', 'tlb'].map((kind) => ({
        kind,
        equal: kind !== 'comparison',
      })),
    });
    const filtered = { ...sampleRun(), options: { quick: false, filter: 'walk' } };
    expect(compareRuns(ofHistory(sampleRun()), ofHistory(filtered)).counters).toMatchObject({
      by: 'nothing',
    });
    const quick = { ...sampleRun(), options: { quick: true, filter: null } };
    const { counters: kinds } = compareRuns(ofHistory(sampleRun()), ofHistory(quick));
    expect(kinds.by === 'digest' && kinds.kinds.map(({ kind }) => kind)).not.toContain('tlb');
  });
});

describe('times', () => {
  test('come with the greatest difference first, and say whether intervals are apart', () => {
    const slower = sampleRun();
    const walk = slower.hotPath[0];
    if (!walk) throw new Error('the sample times nothing');
    const { median, low, high, samples } = walk.nsPerOperation;
    walk.nsPerOperation = { median: 2 * median, low: 2 * low, high: 2 * high, samples };
    const { times } = compareRuns(comparable(sampleRun()), comparable(slower));
    if (!times.comparable) throw new Error(times.reason);
    expect(times.series[0]).toMatchObject({ ratio: 2, apart: true, better: 'lower' });
    expect(times.series[1]).toMatchObject({ ratio: 1, apart: false });
    expect(times.series.at(-1)).toMatchObject({ unit: 'accesses/s', apart: null });
  });

  test.each<[string, (run: Run) => void, RegExp]>([
    [
      'another machine',
      (run) => (run.environment.fingerprint = 'other'),
      /^other machines or runtimes: .*5f3a9c10.*other/,
    ],
    ['a quick run', (run) => (run.options.quick = true), /^one run was quick/],
    [
      'a run that timed nothing',
      (run) => Object.assign(run, { hotPath: [], estimateSpeed: [] }),
      /^B has no times$/,
    ],
  ])('of %s are not comparable, and it says why', (_, change, reason) => {
    const other = sampleRun();
    change(other);
    const comparison = compareRuns(comparable(sampleRun(), 'A'), comparable(other, 'B'));
    expect(comparison.times).toEqual({ comparable: false, reason: expect.stringMatching(reason) });
    expect(headline(comparison)).toContain('Times are not comparable: ');
  });
});

test('the report is one sentence and tables, in at most 100 columns and as Markdown', () => {
  const comparison = compareRuns(comparable(sampleRun(), 'main'), comparable(changedRun(), 'here'));
  const sections = comparedSections(comparison, 2);
  expect(sections[0]).toMatch(/^3 of \d[\d\u202f]* exact cases changed\. All 9 timed series are equal\.$/);
  const tables = sections.filter((part) => typeof part !== 'string');
  const text = tables.map((table) => terminalTable(table)).join('\n');
  expect(text).toMatch(/^tlbi\.single +1 .*\+100 %$/m);
  expect(text).toContain('1 more: --limit or --json shows them.');
  for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  expect(tables.map(markdownTable).join('\n')).toMatch(/^\| tlbi\.single \| 1 \| /m);
});

describe('what can be named', () => {
  function records() {
    const folder = scratchFolder();
    const history = join(folder, 'history');
    const write = (name: string, run: Run) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'run.json'), JSON.stringify(run));
      return join(folder, name);
    };
    return { folder, history, write };
  }

  const ofCommit = (hash: string, fingerprint = '5f3a9c10', time = '2026-01-16T12:00:00Z'): Run => {
    const run = sampleRun();
    return {
      ...run,
      time,
      commit: { hash: hash.padEnd(40, '0'), dirty: false },
      environment: { ...run.environment, fingerprint },
    };
  };

  test('a file, a folder, a baseline and a commit of the history', () => {
    const { folder, history, write } = records();
    const run = write('one', sampleRun());
    appendHistory(history, historyEntry(ofCommit('abcd1234')));
    const baseline = join(folder, 'baseline.json');
    writeFileSync(baseline, formatBaseline({ accepted: [], cases: exactCases(sampleRun()) }));
    const [file, entry] = findComparables(join(run, 'run.json'), 'abcd', history);
    expect(file).toMatchObject({ source: join(run, 'run.json'), time: '2026-01-15T12:00:00Z' });
    expect(entry).toMatchObject({
      commit: { hash: 'abcd1234'.padEnd(40, '0') },
      source: join(history, '5f3a9c10.jsonl'),
    });
    const comparison = compareRuns(...findComparables(baseline, run, history));
    expect(comparison.counters).toMatchObject({
      by: 'counter',
      changed: 0,
      cases: exactCases(sampleRun()).length,
    });
    expect(comparison.times).toMatchObject({ comparable: false });
  });

  test('of the runs of a commit the one whose times can be compared, though others are later', () => {
    const { history, write } = records();
    appendHistory(history, historyEntry(ofCommit('abcd1234', '5f3a9c10', '2026-01-16T12:00:00Z')));
    appendHistory(history, historyEntry(ofCommit('abcd1234', 'elsewhere', '2026-01-17T12:00:00Z')));
    const [, entry] = findComparables(write('one', sampleRun()), 'ABCD1234', history);
    expect(entry.machine?.fingerprint).toBe('5f3a9c10');
  });

  test.each([
    ['nothing of that name', 'nowhere', /^nowhere: expected a readable file/],
    ['no commit that begins so', 'ffff', /^ffff: expected a run\.json, .*found none of these$/],
    ['two commits that begin so', 'abcd', /^abcd: expected one commit of .*, found 2 that begin so$/],
  ])('%s is one line', (_, name, message) => {
    const { history, write } = records();
    appendHistory(history, historyEntry(ofCommit('abcd1234')));
    appendHistory(history, historyEntry(ofCommit('abcd5678')));
    const run = write('one', sampleRun());
    expect(() => findComparables(run, name, history)).toThrow(message);
  });
});
