import { describe, expect, it } from 'vitest';
import { caseName, comparisonCases } from '../../bench/comparison.js';
import { exactCases, isCaseOf, kindOf } from '../../src/record/exact-cases.js';
import { emptyRun, sampleRun } from '../report/sample-run.js';

const run = sampleRun();
const cases = exactCases(run);
const named = (name: string) => cases.find((one) => one.name === name);

describe('the exact cases of a run', () => {
  it('are all of its records, under different names, sorted', () => {
    const { replays, traceStrategies, comparisons, tableMemory, tlb } = run;
    const maps = tlb.reduce((sum, { configurations }) => sum + configurations.length, 0);
    const records = replays.length + traceStrategies.length + comparisons.length + tableMemory.length + maps;
    const names = cases.map(({ name }) => name);
    expect(new Set(names).size).toBe(records);
    expect(names).toEqual(names.toSorted());
    expect(exactCases(emptyRun())).toEqual([]);
  });

  it('are called what the filter of the main job sees, after their kind', () => {
    const names = new Set(comparisonCases().map((one) => `comparison ${caseName(one)}`));
    const compared = cases.filter(({ name }) => kindOf(name) === 'comparison' && name.includes(' 4K/'));
    expect(compared.length).toBeGreaterThan(0);
    for (const { name } of compared) expect(names).toContain(name);
    const { machine, scenario } = run.replays[0] ?? { machine: '', scenario: '' };
    expect(named(`replay ${machine}/${scenario}`)).toBeDefined();
    expect(named(`replay ${machine}/${scenario} huge-size`)).toBeDefined();
    expect(named('table memory 4K/48 256GiB pages')).toBeDefined();
    expect(named('tlb ampereone zipf pages')).toBeDefined();
    expect(() => kindOf('anything else')).toThrow(RangeError);
  });

  it('count whole numbers only', () => {
    for (const { counters } of cases) {
      expect(Object.keys(counters).length).toBeGreaterThan(0);
      for (const count of Object.values(counters)) expect(Number.isSafeInteger(count)).toBe(true);
    }
  });

  it('say what a record counts, and what its map is made of', () => {
    const [first] = run.comparisons;
    if (first === undefined) throw new Error('the sample compares');
    const record = { ...first, digest: '0123456789abcdef' };
    const [only] = exactCases({ ...emptyRun(), comparisons: [record] });
    expect(only?.digest).toBe(record.digest);
    expect(only?.counters).toMatchObject({
      result: 0,
      descriptorWrites: record.counters.descriptorWrites,
      'tlbi.single': record.counters.tlbi.single,
      'splits.contPte': record.counters.splits.contPte,
      'leaves.pte': record.after.leaves.pte,
      'tables.pmd': record.after.tables.pmd,
    });
  });

  it('of short streams have names of their own, alike in quick runs and in whole ones', () => {
    const quick = exactCases({ ...emptyRun(), tlb: run.tlb, options: { quick: true } });
    expect(exactCases({ ...emptyRun(), shortTlb: run.tlb })).toEqual(quick);
    expect(quick.every(({ name }) => isCaseOf(name, { quick: true }))).toBe(true);
    const whole = exactCases({ ...emptyRun(), tlb: run.tlb });
    expect(whole.some(({ name }) => isCaseOf(name, { quick: true }))).toBe(false);
    expect([...quick, ...cases].every(({ name }) => isCaseOf(name, { quick: false }))).toBe(true);
  });

  it('count TLBIs of flushes by size', () => {
    const tlbi = { single: 1, range: 2, all: 0 };
    const one = { firstPage: 1, tlbi, dsbIshst: 1, dsbIsh: 1, isb: 1 };
    const flushes = [
      { ...one, pages: 64 },
      { ...one, pages: 65, tlbi: { ...tlbi, range: 3 } },
    ];
    const record = { granule: 4096, vaBits: 48, cpu: 'range', flushes };
    expect(exactCases({ ...emptyRun(), flushes: [record] })).toMatchObject([
      {
        name: 'flush 4K/48 range',
        counters: { isb: 2, 'tlbi.range of 64 pages from 1': 2, 'tlbi.range of 65 pages from 1': 3 },
      },
    ]);
  });

  it('of a record that lacks counts have fewer counters', () => {
    const [record] = run.tlb;
    if (record === undefined) throw new Error('the sample has TLB records');
    const old = JSON.parse(JSON.stringify({ ...emptyRun(), tlb: [record] }));
    for (const configuration of old.tlb[0].configurations) {
      for (const name of ['merged', 'linesFetched', 'analytic']) delete configuration[name];
    }
    const counters = exactCases(old)[0]?.counters ?? {};
    expect(counters.l2Misses).toBe(record.configurations.find(({ id }) => id === 'blocks')?.l2Misses);
    expect(Object.keys(counters).filter((name) => /^(merged|linesFetched|stackMisses)/.test(name))).toEqual(
      [],
    );
  });
});
