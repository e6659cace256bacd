/** How strategies cut a change: every page once, and as large as each of them claims. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AliasChange, AliasRange } from '../../src/kernel/alias-policy.js';
import { contiguousRuns } from '../../src/strategy/contiguous-runs.js';
import { hugeSize } from '../../src/strategy/huge-size.js';
import { STRATEGIES, strategyOf } from '../../src/strategy/index.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { pagesOnly } from '../../src/strategy/pages-only.js';
import { seriesV3 } from '../../src/strategy/series-v3.js';
import { runs } from '../core/runs.js';
import { KiB, MiB } from '../core/sizes.js';

const UNITS: readonly (readonly [number, readonly number[]])[] = [
  [4096, [2 * MiB, 64 * KiB]],
  [4096, [64 * KiB]],
  [4096, []],
  [16384, [32 * MiB, 2 * MiB]],
  [65536, [2 * MiB]],
];

/** Pages in runs of all lengths, unsorted, some just short of a unit and some across several. */
const change: fc.Arbitrary<AliasChange> = fc
  .record({
    geometry: fc.constantFrom(...UNITS),
    runs: fc.array(
      fc.record({
        at: fc.nat(40),
        shift: fc.integer({ min: -2, max: 2 }),
        length: fc.oneof(
          fc.integer({ min: 1, max: 20 }),
          fc.constantFrom(15, 16, 17, 32, 128, 129, 511, 512, 530, 1040),
        ),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    before: fc.nat(3),
    after: fc.nat(3),
  })
  .map(({ geometry: [granule, units], runs: wanted, before, after }) => {
    const unit = units.at(-1) ?? granule;
    const pages = new Set<number>();
    for (const { at, shift, length } of wanted) {
      const start = 64 * MiB * 8 + at * unit + shift * granule;
      for (let i = 0; i < length; i++) pages.add(start + i * granule);
    }
    const list = [...pages];
    const extra = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + 2 * i * granule);
    return {
      pages: list,
      areaPages: [...extra(before, 0), ...list, ...extra(after, 16 * MiB)],
      units,
      granule,
    };
  });

const pagesOf = (ranges: readonly AliasRange[], granule: number): number[] =>
  ranges.flatMap(({ pa, size }) => Array.from({ length: size / granule }, (_, i) => pa + i * granule));

const property = (check: (change: AliasChange) => void): void =>
  fc.assert(fc.property(change, check), { numRuns: runs(200) });

describe('every strategy', () => {
  it('changes every page once, in its order', () => {
    property((given) => {
      for (const strategy of STRATEGIES) {
        const wholeArea = strategy === pagesOnly || strategy === seriesV3;
        const ranges = strategy.ranges(given);
        expect(pagesOf(ranges, given.granule)).toEqual(wholeArea ? given.areaPages : given.pages);
        expect(ranges.every(({ size }) => size > 0)).toBe(true);
      }
    });
  });

  it('does nothing for no pages', () => {
    for (const strategy of STRATEGIES) {
      expect(strategy.ranges({ pages: [], areaPages: [], units: [65536], granule: 4096 })).toEqual([]);
    }
  });

  it('is found by its id, which is its own', () => {
    const ids = STRATEGIES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(['page-basis', 'huge-size', 'contiguous-runs', 'pages-only', 'series-v3']);
    for (const strategy of STRATEGIES) {
      expect(strategyOf(strategy.id)).toBe(strategy);
      expect(strategy.id).toMatch(/^[a-z0-9-]+$/);
      for (const text of [strategy.title, strategy.status, strategy.summary]) expect(text).not.toBe('');
    }
    expect(strategyOf('page')).toBeUndefined();
  });
});

describe('page basis', () => {
  it('is a call a page', () => {
    property((given) => {
      expect(pageBasis.ranges(given)).toEqual(given.pages.map((pa) => ({ pa, size: given.granule })));
    });
  });
});

describe('contiguous runs', () => {
  it('are maximal: no range begins where the one before it ends', () => {
    property((given) => {
      const ranges = contiguousRuns.ranges(given);
      ranges.slice(1).forEach(({ pa }, i) => {
        const last = ranges[i];
        expect(pa).not.toBe((last?.pa ?? 0) + (last?.size ?? 0));
      });
    });
  });
});

describe('huge size', () => {
  it('takes naturally aligned units and pages, nothing else', () => {
    property((given) => {
      for (const { pa, size } of hugeSize.ranges(given)) {
        expect([given.granule, ...given.units]).toContain(size);
        expect(pa % size).toBe(0);
      }
    });
  });

  it('takes every unit that a run covers whole', () => {
    property((given) => {
      const ranges = hugeSize.ranges(given);
      for (const run of contiguousRuns.ranges(given)) {
        for (const unit of given.units) {
          const first = Math.ceil(run.pa / unit) * unit;
          for (let pa = first; pa + unit <= run.pa + run.size; pa += unit) {
            const taken = ranges.find((range) => range.pa <= pa && pa + unit <= range.pa + range.size);
            expect(taken).toBeDefined();
          }
        }
      }
    });
  });

  it('is page basis where the area has no units', () => {
    property((given) => {
      const single = { ...given, units: [] };
      expect(hugeSize.ranges(single)).toEqual(pageBasis.ranges(single));
    });
  });
});
