/** What the state left costs later: the same for the same map, more where page basis broke up what huge size kept. */
import { describe, expect, it } from 'vitest';
import { caseName, casesNamed, comparisonCases } from '../../bench/comparison.js';
import { laterCosts } from '../../bench/later-cost.js';
import { Core } from '../../src/core/core.js';
import type { LaterCostRecord } from '../../src/record/later-cost.js';

const MiB = 2 ** 20;

function costsOf(workload: string): LaterCostRecord[] {
  const names = comparisonCases()
    .map(caseName)
    .filter((name) => name.startsWith('4K/48 ') && name.split(' ')[2] === workload);
  return laterCosts(new Core(), casesNamed(names), true);
}

const of = (records: readonly LaterCostRecord[], configuration: string, strategy: string) => {
  const found = records.find((one) => one.configuration === configuration && one.strategy === strategy);
  if (!found) throw new Error(`no record of ${strategy} on ${configuration}`);
  return found;
};
const left = ({ costs }: LaterCostRecord) => costs.map((cost) => cost.left);
const fresh = ({ costs }: LaterCostRecord) => costs.map((cost) => cost.fresh);

describe('laterCosts()', () => {
  const records = costsOf('vmalloc-32m-cont-pmd');

  it('looks where the change was: one group of 32 MiB', () => {
    for (const record of records) {
      expect(record).toMatchObject({ granule: 4096, vaBits: 48, core: 'ampereone', placeBytes: 32 * MiB });
    }
  });

  it('page basis leaves pages, which cost more in every stream; huge size leaves the group', () => {
    const pageBasis = of(records, 'blocks', 'page-basis');
    const hugeSize = of(records, 'blocks', 'huge-size');
    expect(fresh(pageBasis)).toEqual(fresh(hugeSize));
    expect(left(hugeSize)).toEqual(fresh(hugeSize));
    left(pageBasis).forEach((cost, at) => {
      expect(cost).toBeGreaterThan(left(hugeSize)[at] as number);
    });
    // All pages of the place, as the machine in pages has them.
    expect(left(pageBasis)).toEqual(left(of(records, 'pages', 'page-basis')));
  });

  it('costs nothing later where the linear map is not changed', () => {
    for (const record of records.filter(({ configuration }) => configuration !== 'blocks')) {
      expect([record.configuration, record.strategy, left(record)]).toEqual([
        record.configuration,
        record.strategy,
        fresh(record),
      ]);
    }
  });

  it('leaves out what a configuration does not have', () => {
    expect([...new Set(costsOf('secretmem-page').map(({ configuration }) => configuration))]).toEqual([
      'pages',
      'blocks',
    ]);
  });
});
