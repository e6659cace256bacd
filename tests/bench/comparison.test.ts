/** The comparison of the main job: every case runs, gives the same twice, and says what the mailing list argued about. */
import { beforeAll, describe, expect, it } from 'vitest';
import { caseName, comparisonCases, runCase } from '../../bench/comparison.js';
import { CONFIGURATIONS, REGIMES } from '../../bench/configurations.js';
import { WORKLOADS } from '../../bench/workloads.js';
import { Core } from '../../src/core/core.js';
import { totalTables, totalTlbi } from '../../src/core/counters.js';
import type { MapState } from '../../src/map/map-state.js';
import type { ComparisonRecord } from '../../src/record/run.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { GiB } from '../core/sizes.js';

const cases = comparisonCases();
const records = new Map<string, ComparisonRecord | null>();

beforeAll(() => {
  const core = new Core();
  for (const one of cases) records.set(caseName(one), runCase(core, one));
});

/** The record of a case that is possible. */
function of(name: string): ComparisonRecord {
  const record = records.get(name);
  if (!record) throw new Error(`no record of ${name}`);
  return record;
}

const made = (): [string, ComparisonRecord][] =>
  [...records].flatMap(([name, record]) => (record ? [[name, record]] : []));
const mapped = ({ leafBytes }: MapState): number =>
  Object.values(leafBytes).reduce((sum, bytes) => sum + bytes, 0);

describe('all cases', () => {
  it('are every granule, configuration, workload and strategy, once', () => {
    expect(cases).toHaveLength(REGIMES.length * CONFIGURATIONS.length * WORKLOADS.length * STRATEGIES.length);
    expect(records.size).toBe(cases.length);
    for (const list of [CONFIGURATIONS, WORKLOADS, STRATEGIES])
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
  });

  it('end well, and are recorded under what they are', () => {
    for (const one of cases) {
      const record = records.get(caseName(one));
      if (!record) continue;
      expect([caseName(one), record.result]).toEqual([caseName(one), 0]);
      expect(record).toMatchObject({
        ...one.regime,
        configuration: one.configuration.id,
        workload: one.workload.id,
        strategy: one.strategy.id,
        memoryBytes: 256 * GiB,
      });
      expect(record.counters.calls + totalTlbi(record.counters)).toBeGreaterThan(0);
    }
  });

  it('count the same on another core, in another order', () => {
    const core = new Core();
    for (const one of cases.toReversed()) expect(runCase(core, one)).toEqual(records.get(caseName(one)));
  });

  it('are left out only where the configuration has no such thing', () => {
    for (const one of cases) {
      const { workload, configuration, regime } = one;
      const direct = /^(?:direct-map|secretmem)/.test(workload.id);
      const small = workload.id === 'vmalloc-32m-cont-pmd' && regime.granule !== 4096;
      const impossible = (direct && configuration.rodata !== 'full') || small;
      expect([caseName(one), records.get(caseName(one)) === null]).toEqual([caseName(one), impossible]);
    }
  });

  it('neither lose nor gain memory; tables grow by what was allocated', () => {
    for (const [name, { before, after, counters, granule }] of made()) {
      expect([name, mapped(before), mapped(after)]).toEqual([name, 256 * GiB, 256 * GiB]);
      expect([name, after.tableBytes - before.tableBytes]).toEqual([name, totalTables(counters) * granule]);
    }
  });
});

describe('strategies against each other', () => {
  const each = (strategy: string): [string, ComparisonRecord][] =>
    made().flatMap(([name, page]) =>
      name.endsWith(' page-basis')
        ? [
            [name, of(name.replace('page-basis', strategy))],
            [name, page],
          ]
        : [],
    );

  it.each(['huge-size', 'contiguous-runs'])(
    '%s never needs more calls, stores, tables or TLBIs than page basis',
    (strategy) => {
      const pairs = each(strategy);
      for (let i = 0; i < pairs.length; i += 2) {
        const [[name, other], [, page]] = pairs.slice(i, i + 2) as [
          [string, ComparisonRecord],
          [string, ComparisonRecord],
        ];
        const costs = ({ counters }: ComparisonRecord) => [
          counters.calls,
          counters.descriptorWrites,
          totalTables(counters),
          totalTlbi(counters),
          counters.dsbIshst,
        ];
        costs(other).forEach((cost, index) => {
          expect([name, cost]).toEqual([name, Math.min(cost, costs(page)[index] ?? 0)]);
        });
      }
    },
  );

  it('without protection of the alias they differ in the area alone', () => {
    for (const [name, record] of made()) {
      if (record.configuration === 'pages' || record.configuration === 'blocks') continue;
      expect([name, record.before]).toEqual([name, record.after]);
      expect(totalTables(record.counters)).toBe(0);
    }
  });
});

describe('figures of the discussion', () => {
  const ro = (configuration: string, workload: string, strategy: string, regime = '4K/48') =>
    of(`${regime} ${configuration} ${workload} ${strategy}`).counters;

  // The linear map's side of a unit of 2M whose memory was one PUD block, and the area's own side.
  it('2 MiB, blocks: 2066 stores and 512 TLBIs against 530 and 1', () => {
    const page = ro('blocks', 'vmalloc-2m-huge', 'page-basis');
    const huge = ro('blocks', 'vmalloc-2m-huge', 'huge-size');
    expect([page.calls, page.descriptorWrites, totalTlbi(page), totalTables(page)]).toEqual([
      512 + 1,
      2066 + 512,
      512 + 1,
      2,
    ]);
    expect([huge.calls, huge.descriptorWrites, totalTlbi(huge), totalTables(huge)]).toEqual([
      1 + 1,
      530 + 1,
      1 + 1,
      1,
    ]);
  });

  it('2 MiB, pages: as many stores, one call', () => {
    const page = ro('pages', 'vmalloc-2m-huge', 'page-basis');
    const huge = ro('pages', 'vmalloc-2m-huge', 'huge-size');
    expect([page.descriptorWrites, page.calls]).toEqual([512 + 512, 513]);
    expect([huge.descriptorWrites, huge.calls]).toEqual([512 + 1, 2]);
  });

  it('16K: the 32 MiB unit of a contiguous PMD group', () => {
    const page = ro('blocks', 'vmalloc-32m-huge', 'page-basis', '16K/47');
    const huge = ro('blocks', 'vmalloc-32m-huge', 'huge-size', '16K/47');
    expect([page.descriptorWrites, totalTlbi(page)]).toEqual([6177 + 2048, 2048 + 1]);
    expect([huge.descriptorWrites, totalTlbi(huge)]).toEqual([33 + 1, 1 + 1]);
  });

  it('dm_mod is loaded by 74 calls, whatever maps memory', () => {
    for (const configuration of ['pages', 'blocks']) {
      expect(ro(configuration, 'module-load', 'page-basis').calls).toBe(74);
    }
    // set_memory_*() on the area's own side alone.
    expect(ro('on', 'module-load', 'page-basis').calls).toBe(10);
    expect(ro('off', 'module-load', 'page-basis').calls).toBe(8);
  });
});
