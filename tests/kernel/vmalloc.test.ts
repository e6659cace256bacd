/** vmalloc areas: where they lie, what maps them, and what keeps them apart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/core/core.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { BACKINGS, type Backing, PageAllocator } from '../../src/kernel/page-allocator.js';
import { hugeBacking, unitOf, VmallocSpace } from '../../src/kernel/vmalloc.js';
import { runs } from '../core/runs.js';
import { GiB, KiB, MiB } from '../core/sizes.js';
import { machineWith } from './machines.js';

const core = new Core();
const REGIMES = [
  [4096, 48],
  [4096, 39],
  [16384, 47],
  [65536, 48],
] as const;

function boot([granule, vaBits]: (typeof REGIMES)[number]) {
  const machine = machineWith({ granule, vaBits, memory: 64 * GiB });
  bootLinearMap(core, machine, 'final');
  return { space: new VmallocSpace(core), allocator: new PageAllocator(machine), machine };
}

describe('areas', () => {
  const request = fc.record({
    pages: fc.integer({ min: 1, max: 40 }),
    backing: fc.constantFrom<Backing>('scattered', 'runs', 'huge-cont-pte', 'huge-pmd'),
    mayBeHuge: fc.boolean(),
  });

  it('are aligned to their unit, apart by a guard page, and map their pages by their unit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...REGIMES),
        fc.array(request, { minLength: 1, maxLength: 4 }),
        (regime, requests) => {
          const { space, allocator, machine } = boot(regime);
          const { granule, pageEnd } = machine;
          let end = pageEnd + 2 ** 31;
          for (const { pages, backing, mayBeHuge } of requests) {
            const asked = unitOf(backing, core.geometry);
            const huge = mayBeHuge && asked > granule;
            const area = space.allocate(pages, backing, allocator, mayBeHuge);
            expect(area).toMatchObject({
              alloc: true,
              allowHuge: huge,
              flushResetPerms: true,
              unit: huge ? asked : granule,
            });
            expect(Math.abs(area.addr % asked)).toBe(0);
            expect(area.addr).toBeGreaterThanOrEqual(end);
            const bytes = Math.ceil((pages * granule) / asked) * asked;
            expect([area.size, area.pages.length]).toEqual([bytes + granule, bytes / granule]);
            end = area.addr + area.size;

            const step = Math.max(1, Math.floor(area.pages.length / 64));
            for (let i = 0; i < area.pages.length; i += step) {
              const leaf = core.walk(area.addr + i * granule + 8);
              // walk() gives the byte, not the page.
              expect([leaf?.pa, leaf?.reachBytes]).toEqual([(area.pages[i] ?? 0) + 8, area.unit]);
              expect(leaf?.level).toBe(huge && backing === 'huge-pmd' ? 2 : 3);
            }
            expect(core.walk(area.addr + bytes)).toBeNull();
          }
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it('are found by any of their addresses, their guard page included', () => {
    const { space, allocator } = boot([4096, 48]);
    const areas = [3, 1, 20].map((pages) => space.allocate(pages, 'scattered', allocator, false));
    for (const area of areas) {
      for (const offset of [0, 1, 4096, area.size - 4096, area.size - 1])
        expect(space.find(area.addr + offset)).toBe(area);
      expect(space.find(area.addr - 1)).not.toBe(area);
      expect(space.find(area.addr + area.size)).not.toBe(area);
    }
    expect(space.find((areas[0]?.addr ?? 0) - 1)).toBeUndefined();
    expect(space.find((areas[2]?.addr ?? 0) + 21 * 4096)).toBeUndefined();
  });

  it('that are no more are not found', () => {
    const { space, allocator } = boot([4096, 48]);
    const [one, other] = [1, 1].map((pages) => space.allocate(pages, 'scattered', allocator, false));
    if (!one || !other) throw new Error('two areas');
    space.remove(one);
    expect(space.find(one.addr)).toBeUndefined();
    expect(space.find(other.addr)).toBe(other);
    expect(() => space.remove(one)).toThrow(RangeError);
    // An address is not given out again.
    expect(space.allocate(1, 'scattered', allocator, false).addr).toBeGreaterThan(other.addr);
  });
});

describe('units', () => {
  it.each([
    [4096, 48, 64 * KiB, 2 * MiB, 32 * MiB],
    [16384, 47, 2 * MiB, 32 * MiB, GiB],
    [65536, 48, 2 * MiB, 512 * MiB, 16 * GiB],
  ] as const)('granule %i, VA bits %i: %i, %i and %i bytes', (granule, vaBits, contPte, pmd, contPmd) => {
    boot([granule, vaBits] as (typeof REGIMES)[number]);
    const { geometry } = core;
    expect(BACKINGS.map((backing) => unitOf(backing, geometry))).toEqual([
      granule,
      granule,
      pmd,
      contPte,
      contPmd,
    ]);
    for (const [bytes, backing] of [
      [granule, 'runs'],
      [contPte - granule, 'runs'],
      [contPte, 'huge-cont-pte'],
      [pmd - granule, 'huge-cont-pte'],
      [pmd, 'huge-pmd'],
      // vmalloc() goes no higher.
      [contPmd * 2, 'huge-pmd'],
    ] as const) {
      expect(hugeBacking(bytes, geometry)).toBe(backing);
    }
  });
});
