// Records of every version of linmap.run/1 stay readable.
import { describe, expect, test } from 'vitest';
import { exactCases } from '../../src/record/exact-cases.js';
import { historyEntry } from '../../src/record/history-entry.js';
import { parseRun } from '../../src/record/read-run.js';
import { RUN_SCHEMA } from '../../src/record/run.js';
import { timedSeries } from '../../src/record/timed-series.js';
import { markdownReport } from '../../src/report/run-report.js';
import { sampleRun } from '../report/sample-run.js';

/** As the first main job wrote it: no estimates, no digests, no gates, no seed. */
function firstRecord(): Record<string, unknown> {
  const { tlb: _, times: __, published: ___, estimateSpeed: ____, exact: _____, ...run } = sampleRun();
  const bare = ({ digest: _, ...record }: { digest?: string }) => record;
  return {
    ...run,
    options: { quick: false, filter: null },
    replays: run.replays.map(bare),
    traceStrategies: run.traceStrategies.map(bare),
    comparisons: run.comparisons.map(bare),
    tableMemory: run.tableMemory.map(bare),
  };
}

const parsed = (run: unknown) => parseRun(JSON.stringify(run), 'run.json');

test('a record of now comes back as it was', () => {
  expect(parsed(sampleRun())).toEqual(JSON.parse(JSON.stringify(sampleRun())));
});

describe('a record of the first version', () => {
  const run = parsed(firstRecord());

  test('has nothing where it had no such field', () => {
    expect(run).toMatchObject({ schema: RUN_SCHEMA, tlb: [], times: [], published: [], estimateSpeed: [] });
    expect(run.exact).toBeUndefined();
    expect(run.gate).toBeUndefined();
  });

  test('has its exact cases, without digests, and its times', () => {
    const now = exactCases(sampleRun()).filter(({ name }) => !name.startsWith('tlb '));
    expect(exactCases(run).map(({ name }) => name)).toEqual(now.map(({ name }) => name));
    expect(exactCases(run).map(({ counters }) => counters)).toEqual(now.map(({ counters }) => counters));
    expect(exactCases(run).every(({ digest }) => digest === '')).toBe(true);
    expect(timedSeries(run).map(({ name }) => name)).toEqual(
      timedSeries(sampleRun())
        .map(({ name }) => name)
        .filter((name) => name.startsWith('hot path')),
    );
  });

  test('can be reported and appended to the history', () => {
    expect(markdownReport(run)).toContain('Hot path');
    expect(historyEntry(run)).toMatchObject({ seed: null, fingerprint: run.environment.fingerprint });
  });
});

test('fields of a later linmap are kept', () => {
  expect(parsed({ ...sampleRun(), later: { than: 'now' } })).toMatchObject({ later: { than: 'now' } });
});

test.each([
  [
    'another schema',
    { schema: 'linmap.run/2' },
    /^run\.json:1: schema: expected "linmap\.run\/1", found "linmap\.run\/2"$/,
  ],
  ['no schema', { schema: undefined }, /^run\.json:1: schema: expected "linmap\.run\/1", found nothing$/],
  [
    'counters that are no numbers',
    { replays: [{ ...sampleRun().replays[0], counters: {} }] },
    /counters\.calls: expected a number/,
  ],
  [
    'a fingerprint that is no file name',
    { environment: { ...sampleRun().environment, fingerprint: '../x' } },
    /fingerprint/,
  ],
])('%s is refused in one line', (_, change, message) => {
  expect(() => parsed({ ...sampleRun(), ...change })).toThrow(message);
});

test('what is no JSON is refused with its line', () => {
  expect(() => parseRun('{\n "schema": ', 'run.json')).toThrow(/^run\.json:2: expected /);
});
