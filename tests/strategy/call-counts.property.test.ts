/** Calls and TLBIs of set_memory_ro() and set_memory_rox() by strategy, as formulae of the pages that are asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/core/core.js';
import { totalTlbi } from '../../src/core/counters.js';
import { consecutiveRuns } from '../../src/kernel/alias-policy.js';
import { runningSystem } from '../../src/kernel/boot.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Backing } from '../../src/kernel/page-allocator.js';
import { hugeBacking, unitOf } from '../../src/kernel/vmalloc.js';
import { contiguousRuns } from '../../src/strategy/contiguous-runs.js';
import { hugeSize } from '../../src/strategy/huge-size.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { pagesOnly } from '../../src/strategy/pages-only.js';
import type { Strategy } from '../../src/strategy/strategy.js';
import { runs } from '../core/runs.js';
import { GiB } from '../core/sizes.js';
import { machineWith } from '../kernel/machines.js';
import { tlbiOperations } from '../model/flush.js';
import { geometryOf } from '../model/geometry.js';

const core = new Core();
const REGIMES = [
  [4096, 48],
  [16384, 47],
  [65536, 48],
] as const;
type Regime = (typeof REGIMES)[number];

interface Asked {
  regime: Regime;
  /** Pages of the area, the first that is asked for, and how many are. */
  area: number;
  first: number;
  n: number;
  backing: Backing;
  /** Areas wait to be freed. */
  waiting: boolean;
  tlbiRange: boolean;
}

const asked: fc.Arbitrary<Asked> = fc
  .record({
    regime: fc.constantFrom(...REGIMES),
    area: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(512, 530, 1024)),
    first: fc.nat(1023),
    n: fc.nat(1023),
    backing: fc.constantFrom<Backing>('scattered', 'runs', 'huge-cont-pte'),
    waiting: fc.boolean(),
    tlbiRange: fc.boolean(),
  })
  .map((wish) => {
    const first = wish.first % wish.area;
    return { ...wish, first, n: 1 + (wish.n % (wish.area - first)) };
  });

interface Outcome {
  /** Calls on the linear map. */
  linear: number;
  tlbi: number;
  pages: number[];
  areaPages: number;
  unit: number;
}

function change(strategy: Strategy, wish: Asked, rox: boolean, rodata: 'full' | 'on' = 'full'): Outcome {
  const { regime, area: size, first, n, backing, waiting, tlbiRange } = wish;
  const [granule, vaBits] = regime;
  const machine = machineWith({ granule, vaBits, memory: 8 * GiB, rodata });
  const kernel = new Kernel(core, machine, strategy);
  core.setSystem({ ...runningSystem(machine, strategy.boot), tlbiRange });
  const area = kernel.vmallocArea(size, backing);
  kernel.lazilyFreed = waiting;
  core.resetCounters();
  const addr = area.addr + first * granule;
  expect(rox ? kernel.setMemoryRox(addr, n) : kernel.setMemoryRo(addr, n)).toBe(0);
  const counters = core.counters();
  return {
    linear: counters.calls - (rox ? 2 : 1),
    tlbi: totalTlbi(counters),
    pages: area.pages.slice(first, first + n),
    areaPages: area.pages.length,
    unit: area.unit / granule,
  };
}

/** k(x): TLBI instructions of a flush of x pages. */
function k(x: number, { regime: [granule, vaBits], tlbiRange }: Asked): number {
  return tlbiOperations(geometryOf(granule, vaBits, false), tlbiRange, 0, x * granule).length;
}

/** The part that all strategies have in common: vm_unmap_aliases(), the area once or twice. */
const common = (wish: Asked, rox: boolean): number => Number(wish.waiting) + (rox ? 2 : 1) * k(wish.n, wish);

const property = (check: (wish: Asked, rox: boolean) => void): void =>
  fc.assert(fc.property(asked, fc.boolean(), check), { numRuns: runs(60) });

describe('calls and TLBIs', () => {
  it('page basis: n calls, n TLBIs', () => {
    property((wish, rox) => {
      const { linear, tlbi } = change(pageBasis, wish, rox);
      expect(linear).toBe(wish.n);
      expect(tlbi).toBe(wish.n + common(wish, rox));
    });
  });

  it('huge size: one for each unit that is covered whole, one for each page beside them', () => {
    property((wish, rox) => {
      const { linear, tlbi, unit } = change(hugeSize, wish, rox);
      const [first, end] = [wish.first, wish.first + wish.n];
      const whole = Math.max(0, Math.floor(end / unit) - Math.ceil(first / unit));
      const units = unit > 1 ? whole : 0;
      const rest = wish.n - units * unit;
      expect(linear).toBe(units + rest);
      expect(tlbi).toBe(units * k(unit, wish) + rest + common(wish, rox));
    });
  });

  it('contiguous runs: one for each run', () => {
    property((wish, rox) => {
      const [granule] = wish.regime;
      const { linear, tlbi, pages } = change(contiguousRuns, wish, rox);
      const lengths = consecutiveRuns(pages, granule).map(({ size }) => size / granule);
      expect(linear).toBe(lengths.length);
      expect(tlbi).toBe(lengths.reduce((sum, length) => sum + k(length, wish), 0) + common(wish, rox));
    });
  });

  it('pages only: every page of the area, asked for or not', () => {
    property((wish, rox) => {
      const { linear, tlbi, areaPages } = change(pagesOnly, wish, rox);
      expect(linear).toBe(areaPages);
      expect(tlbi).toBe(areaPages + common(wish, rox));
    });
  });

  it('where the alias is not protected no strategy has anything to do', () => {
    property((wish, rox) => {
      for (const strategy of STRATEGIES) {
        const { linear, tlbi } = change(strategy, wish, rox, 'on');
        expect([strategy.id, linear, tlbi]).toEqual([strategy.id, 0, common(wish, rox)]);
      }
    });
  });

  it.each<[number, number, Backing, number]>([
    [4096, 48, 'huge-pmd', 512],
    [16384, 47, 'huge-pmd', 2048],
    [65536, 48, 'huge-pmd', 8192],
    [4096, 48, 'huge-cont-pte', 16],
    [16384, 47, 'huge-cont-pte', 128],
    [65536, 48, 'huge-cont-pte', 32],
  ])('granule %i, VA bits %i: a unit of %s is %i pages, one call', (granule, vaBits, backing, pages) => {
    const regime = REGIMES.find(([g, v]) => g === granule && v === vaBits) ?? REGIMES[0];
    const wish = { regime, area: pages, first: 0, n: pages, backing, waiting: false, tlbiRange: true };
    expect(change(hugeSize, wish, false)).toMatchObject({ linear: 1, tlbi: 2, unit: pages });
    expect(hugeBacking(pages * granule, core.geometry)).toBe(backing);
    expect(unitOf(backing, core.geometry)).toBe(pages * granule);
  });
});
