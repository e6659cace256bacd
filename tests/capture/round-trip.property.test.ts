/** A simulated kernel is traced and its trace replayed: what comes out must be what went in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay, replayAs } from '../../src/capture/replay.js';
import { Core } from '../../src/core/core.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { runs } from '../core/runs.js';
import { captureOf, sampleMachine, sampleSplittable, sampleWishes } from './random-kernel.js';
import { NO_PROBES } from './trace-text.js';

const core = new Core();

describe('a traced kernel, replayed', () => {
  it('reaches the same map with the same counters, and its trace agrees', () => {
    fc.assert(
      fc.property(sampleMachine, sampleWishes, (machine, wishes) => {
        const { scenario, counters } = captureOf(machine, wishes);
        const result = replay(core, scenario);
        expect(result.snapshots).toMatchObject([{ name: 'after', equal: true, differenceCount: 0 }]);
        expect(result.trace?.disagreements).toEqual([]);
        expect(result.counters).toEqual(counters);
        expect(result.applied).toBe(
          [...scenario.trace.calls].filter(({ kind }) => kind === 'change' || kind === 'kfence').length,
        );
      }),
      { numRuns: runs(120) },
    );
  });

  it('reaches the same map from update_range_prot() and its return alone, while tables last', () => {
    const enough = sampleWishes.map((wishes) => wishes.map((wish) => ({ ...wish, tables: null })));
    fc.assert(
      fc.property(sampleMachine, enough, (machine, wishes) => {
        const { scenario, counters } = captureOf(machine, wishes, { ...NO_PROBES, returns: true });
        const result = replay(core, scenario);
        expect(result.snapshots).toMatchObject([{ equal: true }]);
        expect(result.trace).toMatchObject({
          splits: null,
          tablesAllocated: null,
          boundaries: null,
          agrees: true,
        });
        // Without probes on them only flushes that belong to no change are missed.
        const { tlbi, dsbIsh, dsbIshst, isb, ...exact } = counters;
        expect(result.counters).toMatchObject(exact);
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('the same trace, as a strategy', () => {
  it('every page ends with the permissions that the kernel gave it', () => {
    fc.assert(
      fc.property(sampleMachine, sampleWishes, (machine, wishes) => {
        const { scenario } = captureOf(machine, wishes);
        for (const strategy of STRATEGIES) {
          const { permissionDifferenceBytes, snapshots, trace } = replayAs(core, scenario, strategy);
          expect([strategy.id, permissionDifferenceBytes]).toEqual([strategy.id, 0]);
          expect([snapshots, trace]).toEqual([[], null]);
        }
      }),
      { numRuns: runs(40) },
    );
  });

  it('page basis is what the kernel did, unless a table could not be had', () => {
    fc.assert(
      fc.property(sampleSplittable, sampleWishes, (machine, wishes) => {
        const { scenario, failed } = captureOf(machine, wishes);
        fc.pre(!failed);
        const plain = replay(core, scenario);
        const { counters, after, map } = replayAs(core, scenario, pageBasis);
        expect(counters).toEqual(plain.counters);
        expect([after, map]).toEqual([plain.after, plain.map]);
      }),
      { numRuns: runs(40) },
    );
  });

  it('no strategy that merges pages makes more calls', () => {
    fc.assert(
      fc.property(sampleSplittable, sampleWishes, (machine, wishes) => {
        const { scenario } = captureOf(machine, wishes);
        const [page = 0, huge = 0, run = 0] = ['page-basis', 'huge-size', 'contiguous-runs'].map((id) => {
          const strategy = STRATEGIES.find((one) => one.id === id) ?? pageBasis;
          return replayAs(core, scenario, strategy).counters.calls;
        });
        expect(huge).toBeLessThanOrEqual(page);
        expect(run).toBeLessThanOrEqual(huge);
      }),
      { numRuns: runs(30) },
    );
  });
});
