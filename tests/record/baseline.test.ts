import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/io/input-error.js';
import {
  acceptRun,
  type Baseline,
  checkBaseline,
  formatBaseline,
  parseBaseline,
} from '../../src/record/baseline.js';
import { exactCases } from '../../src/record/exact-cases.js';
import type { Run } from '../../src/record/run.js';
import { sampleRun } from '../report/sample-run.js';

const run = sampleRun();
const baseline = acceptRun(null, run, 'the first');
const count = exactCases(run).length;

function changed(run: Run, descriptorWrites: number): Run {
  return {
    ...run,
    comparisons: run.comparisons.map((one, at) =>
      at === 0 ? { ...one, counters: { ...one.counters, descriptorWrites } } : one,
    ),
  };
}

const withoutReplays = (run: Run): Run => ({ ...run, replays: [] });
const filtered = (run: Run): Run => ({ ...run, options: { ...run.options, filter: 'comparison' } });
const quick = (run: Run): Run => ({ ...run, options: { ...run.options, quick: true } });
const countersNamed = (of: Baseline, run: Run) =>
  new Set(checkBaseline(of, run, 'file').differences.map(({ counter }) => counter));

describe('checking a run', () => {
  it('finds nothing in the run that was accepted, written and read again', () => {
    const again = parseBaseline(formatBaseline(baseline), 'baseline.json');
    expect(checkBaseline(again, run, 'file')).toEqual({ file: 'file', compared: count, differences: [] });
  });

  it('names the one counter that changed', () => {
    const name = `comparison ${['4K/48', run.comparisons[0]?.configuration, run.comparisons[0]?.workload, run.comparisons[0]?.strategy].join(' ')}`;
    const old = run.comparisons[0]?.counters.descriptorWrites;
    expect(checkBaseline(baseline, changed(run, 123_456), 'file').differences).toEqual([
      { name, counter: 'descriptorWrites', old, new: 123_456 },
    ]);
  });

  it('misses cases only where the run should have them', () => {
    expect(countersNamed(baseline, withoutReplays(run))).toEqual(new Set(['vanished case']));
    expect(countersNamed(baseline, filtered(withoutReplays(run)))).toEqual(new Set());
    // Streams of a quick run are shorter: cases of other names, which this baseline does not have.
    expect(countersNamed(baseline, quick(run))).toEqual(new Set(['new case']));
    expect(countersNamed(baseline, quick({ ...run, tlb: [] }))).toEqual(new Set());
  });
});

describe('accepting a run', () => {
  it('records reason, date, commit and how many cases changed', () => {
    const next = acceptRun(baseline, changed(run, 7), 'fewer stores');
    const { time: date, commit } = run;
    expect(next.accepted).toEqual([
      { reason: 'the first', date, commit, cases: count },
      { reason: 'fewer stores', date, commit, cases: 1 },
    ]);
    expect(checkBaseline(next, changed(run, 7), 'file').differences).toEqual([]);
  });

  it('changes nothing where nothing changed', () => {
    expect(acceptRun(baseline, run, 'once more')).toBe(baseline);
    expect(acceptRun(baseline, filtered(withoutReplays(run)), 'a part')).toBe(baseline);
  });

  it('keeps the cases that the run was not meant to have, and drops those that vanished', () => {
    const part = acceptRun(baseline, filtered(withoutReplays(changed(run, 7))), 'a part');
    expect(part.cases).toHaveLength(count);
    expect(checkBaseline(part, changed(run, 7), 'file').differences).toEqual([]);
    const rest = acceptRun(baseline, withoutReplays(run), 'no replays any more');
    expect(rest.cases.map(({ name }) => name)).toEqual(
      exactCases(withoutReplays(run)).map(({ name }) => name),
    );
    const both = acceptRun(baseline, quick(run), 'quick runs too');
    const whole = { ...run, shortTlb: run.tlb };
    for (const one of [whole, quick(run)]) expect(checkBaseline(both, one, 'file').differences).toEqual([]);
  });
});

describe('the file', () => {
  it('has a line for each case, sorted, whatever the order of the cases', () => {
    const text = formatBaseline(baseline);
    const names = text.split('\n').flatMap((line) => /^ {2}"([^"]+)": /.exec(line)?.[1] ?? []);
    expect(names).toEqual(exactCases(run).map(({ name }) => name));
    expect(text.endsWith('}\n')).toBe(true);
    fc.assert(
      fc.property(fc.shuffledSubarray(baseline.cases, { minLength: count }), (cases) => {
        expect(formatBaseline({ ...baseline, cases })).toBe(text);
      }),
      { numRuns: 10 },
    );
    expect(parseBaseline(formatBaseline({ accepted: [], cases: [] }), 'file')).toEqual({
      accepted: [],
      cases: [],
    });
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['of another schema', (text: string) => text.replace('linmap.baseline/1', 'linmap.baseline/9')],
    ['with a counter that is no number', (text: string) => text.replace(/"calls":\d+/, '"calls":"many"')],
    ['with an acceptance without reason', (text: string) => text.replace('"the first"', '""')],
  ])('%s is refused in one line with its place', (_, spoil) => {
    const spoilt = () => parseBaseline(spoil(formatBaseline(baseline)), 'baseline.json');
    expect(spoilt).toThrow(InputError);
    expect(spoilt).toThrow(/^baseline\.json:\d+: .*expected [^\n]*$/);
  });
});
