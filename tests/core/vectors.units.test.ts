/** What a change costs by page and by unit, and what freeing an area costs. */
import { describe, expect, it } from 'vitest';
import type { System } from '../../src/core/core.js';
import { runningSystem } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import type { Granule } from '../model/geometry.js';
import { releaseCore } from './builds.js';
import { bootSplittable, type Costs, change, costsOf, leavesOf, operate } from './costs.js';
import { GiB, KiB, MiB } from './sizes.js';

const core = releaseCore();

/** Costs of making `unit` bytes of a map of `memory` bytes read-only, page by page or in one call. */
function costs(
  granule: Granule,
  memory: number,
  unit: number,
  by: 'page' | 'unit',
  extra: System = {},
): Costs {
  bootSplittable(core, { granule, vaBits: 48, memory });
  const machine = describeMachine({ granule, vaBits: 48, memory, bbml2: true });
  core.setSystem({ ...runningSystem(machine), ...extra });
  const step = by === 'page' ? granule : unit;
  for (let offset = 0; offset < unit; offset += step) expect(change(core, 'ro', offset, step)).toBe(0);
  expect(core.summary().readOnlyBytes).toBe(unit);
  return costsOf(core);
}

describe('page basis against one call for the unit', () => {
  // W, A, dsb ishst, isb, TLBI of each; the leaves that are read-only afterwards: by page, by unit
  it.each<[Granule, number, number, number[], number[], number[], number[]]>([
    [
      4096,
      GiB,
      2 * MiB,
      [2066, 2, 1058, 1056, 512],
      [530, 1, 4, 3, 1],
      [0, 496, 15, 0, 512],
      [0, 496, 16, 0, 0],
    ],
    [
      4096,
      32 * MiB,
      2 * MiB,
      [1553, 1, 1057, 1056, 512],
      [17, 0, 3, 3, 1],
      [0, 0, 15, 0, 512],
      [0, 0, 16, 0, 0],
    ],
    [4096, 2 * MiB, 2 * MiB, [1537, 1, 1057, 1056, 512], [1, 0, 2, 2, 1], [0, 0, 0, 0, 512], [0, 0, 1, 0, 0]],
    [
      4096,
      GiB,
      64 * KiB,
      [1074, 2, 35, 33, 16],
      [1058, 2, 5, 3, 1],
      [0, 496, 15, 496, 16],
      [0, 496, 15, 512, 0],
    ],
    [
      4096,
      32 * MiB,
      64 * KiB,
      [561, 1, 34, 33, 16],
      [545, 1, 4, 3, 1],
      [0, 0, 15, 496, 16],
      [0, 0, 15, 512, 0],
    ],
    [4096, 2 * MiB, 64 * KiB, [545, 1, 34, 33, 16], [529, 1, 4, 3, 1], [0, 0, 0, 496, 16], [0, 0, 0, 512, 0]],
    [
      16384,
      GiB,
      32 * MiB,
      [6177, 1, 4113, 4112, 2048],
      [33, 0, 3, 3, 1],
      [0, 0, 31, 0, 2048],
      [0, 0, 32, 0, 0],
    ],
    [
      16384,
      GiB,
      2 * MiB,
      [2337, 1, 258, 257, 128],
      [2209, 1, 4, 3, 1],
      [0, 0, 31, 1920, 128],
      [0, 0, 31, 2048, 0],
    ],
    [
      65536,
      16 * GiB,
      512 * MiB,
      [24609, 1, 16641, 16640, 8192],
      [33, 0, 3, 3, 1],
      [0, 0, 31, 0, 8192],
      [0, 0, 32, 0, 0],
    ],
    [
      65536,
      512 * MiB,
      2 * MiB,
      [8257, 1, 66, 65, 32],
      [8225, 1, 4, 3, 1],
      [0, 0, 0, 8160, 32],
      [0, 0, 0, 8192, 0],
    ],
    [
      4096,
      GiB,
      32 * MiB,
      [25121, 17, 16913, 16896, 8192],
      [529, 1, 4, 3, 1],
      [0, 496, 0, 0, 8192],
      [0, 512, 0, 0, 0],
    ],
  ])(
    'granule %i, from %i bytes, a unit of %i',
    (granule, memory, unit, page, whole, pageLeaves, unitLeaves) => {
      const calls = unit / granule;
      const [w = 0, a = 0, ishst = 0, isb = 0, tlbi = 0] = page;
      expect(costs(granule, memory, unit, 'page')).toEqual<Costs>([w, a, ishst, isb, calls, tlbi]);
      expect(leavesOf(core)).toEqual(pageLeaves);
      // The repeat-TLBI workaround doubles a single TLBI and its dsb ish.
      const repeated = costs(granule, memory, unit, 'page', { repeatTlbi: true });
      expect(repeated).toEqual<Costs>([w, a, ishst, isb, 2 * calls, 2 * tlbi]);

      const [uw = 0, ua = 0, uIshst = 0, uIsb = 0, uTlbi = 0] = whole;
      expect(costs(granule, memory, unit, 'unit')).toEqual<Costs>([uw, ua, uIshst, uIsb, 1, uTlbi]);
      expect(leavesOf(core)).toEqual(unitLeaves);
      expect(core.counters().tlbi).toEqual({ single: 0, range: 1, all: 0 });
    },
  );

  it('without FEAT_TLBIRANGE a unit costs a TLBI for each page, or one for everything', () => {
    costs(4096, GiB, 64 * KiB, 'unit', { tlbiRange: false });
    expect(core.counters().tlbi).toEqual({ single: 16, range: 0, all: 0 });
    costs(4096, GiB, 2 * MiB, 'unit', { tlbiRange: false });
    expect(core.counters().tlbi).toEqual({ single: 0, range: 0, all: 1 });
  });

  it('of 2M that are mapped to pages', () => {
    for (const [by, expected] of [
      ['page', [512, 0, 1024, 1024, 512, 512]],
      ['unit', [512, 0, 2, 2, 1, 1]],
    ] as const) {
      bootSplittable(core, { granule: 4096, vaBits: 48, memory: 2 * MiB, bbml2: false });
      const step = by === 'page' ? 4096 : 2 * MiB;
      for (let offset = 0; offset < 2 * MiB; offset += step) expect(change(core, 'ro', offset, step)).toBe(0);
      expect(costsOf(core)).toEqual(expected);
    }
  });

  it('before 6.16 every store of a valid leaf paid for its own barriers', () => {
    const [writes, , dsbIshst, isb] = costs(4096, GiB, 2 * MiB, 'unit', { lazyMmu: false });
    // 512 contPMDs, one table entry, 16 un-hinted, one changed; one more dsb ishst for the table and one for the flush.
    expect([writes, dsbIshst, isb]).toEqual([530, 530 + 2, 530 + 1]);
  });
});

describe('freeing an area whose pages were changed', () => {
  it.each([1, 9, 300])('%i pages: two stores each, one flush', (pages) => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: 4 * MiB, bbml2: false });
    for (let page = 0; page < pages; page++) change(core, 'invalid', page * 4096, 4096, false);
    expect(core.summary().invalidBytes).toBe(pages * 4096);
    operate(core, 'flushAll', 0, 0);
    for (let page = 0; page < pages; page++) change(core, 'default', page * 4096, 4096, false);
    expect(costsOf(core)).toEqual<Costs>([2 * pages, 0, pages + 1, pages + 1, 1, 1]);
    expect(core.summary()).toMatchObject({ invalidBytes: 0, readOnlyBytes: 0 });
  });

  it('splits a page that nothing had changed before', () => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: GiB });
    expect(change(core, 'invalid', 4096, 4096, false)).toBe(0);
    expect(costsOf(core)).toEqual<Costs>([1059, 2, 3, 1, 0, 0]);
  });
});
