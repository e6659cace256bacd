/** What splitting costs: one page out of each leaf size, ranges, bulk splitting, entries of the root itself. */
import { describe, expect, it } from 'vitest';
import type { Granule } from '../model/geometry.js';
import { releaseCore } from './builds.js';
import { bootSplittable, type Costs, change, costsOf, leavesOf, operate } from './costs.js';
import { GiB, KiB, MiB } from './sizes.js';

const core = releaseCore();

describe('splitting out one page', () => {
  // W, A, dsb ishst explicit and at the lazy exit, isb; leaves afterwards; the full call: W, dsb ishst, isb
  it.each<[Granule, number, number[], number[], number[]]>([
    [4096, GiB, [1058, 2, 2, 1, 1], [0, 496, 15, 496, 16], [1059, 5, 3]],
    [4096, 32 * MiB, [545, 1, 1, 1, 1], [0, 0, 15, 496, 16], [546, 4, 3]],
    [4096, 2 * MiB, [529, 1, 1, 1, 1], [0, 0, 0, 496, 16], [530, 4, 3]],
    [4096, 64 * KiB, [16, 0, 0, 1, 1], [0, 0, 0, 0, 16], [17, 3, 3]],
    [4096, 4 * KiB, [0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [1, 2, 2]],
    [16384, GiB, [2209, 1, 1, 1, 1], [0, 0, 31, 1920, 128], [2210, 4, 3]],
    [16384, 32 * MiB, [2177, 1, 1, 1, 1], [0, 0, 0, 1920, 128], [2178, 4, 3]],
    [16384, 2 * MiB, [128, 0, 0, 1, 1], [0, 0, 0, 0, 128], [129, 3, 3]],
    [65536, 16 * GiB, [8257, 1, 1, 1, 1], [0, 0, 31, 8160, 32], [8258, 4, 3]],
    [65536, 512 * MiB, [8225, 1, 1, 1, 1], [0, 0, 0, 8160, 32], [8226, 4, 3]],
    [65536, 2 * MiB, [32, 0, 0, 1, 1], [0, 0, 0, 0, 32], [33, 3, 3]],
  ])('granule %i, from %i bytes', (granule, size, split, leaves, full) => {
    const [writes = 0, tables = 0, explicit = 0, lazy = 0, isb = 0] = split;
    const [fullWrites = 0, fullDsbIshst = 0, fullIsb = 0] = full;
    const pages = size / granule;
    for (const page of new Set([0, 1, 2, pages >> 1, pages - 2, pages - 1])) {
      if (page < 0 || page >= pages) continue;
      const boot = (): void => bootSplittable(core, { granule, vaBits: 48, memory: size });
      boot();
      expect(operate(core, 'split', page * granule, granule)).toBe(0);
      expect(costsOf(core)).toEqual<Costs>([writes, tables, explicit + lazy, isb, 0, 0]);
      expect(leavesOf(core)).toEqual(leaves);

      boot();
      expect(change(core, 'ro', page * granule, granule)).toBe(0);
      expect(costsOf(core)).toEqual<Costs>([fullWrites, tables, fullDsbIshst, fullIsb, 1, 1]);
      expect(leavesOf(core)).toEqual(leaves);
      expect(core.summary().readOnlyBytes).toBe(granule);

      boot();
      expect(change(core, 'invalid', page * granule, granule)).toBe(0);
      expect(costsOf(core)).toEqual<Costs>([fullWrites, tables, fullDsbIshst - 1, fullIsb - 1, 1, 1]);
      expect(core.summary().invalidBytes).toBe(granule);
    }
  });

  it('asks for one boundary, the odd one', () => {
    for (const page of [4, 5]) {
      bootSplittable(core, { granule: 4096, vaBits: 48, memory: GiB });
      core.resetLog(true);
      operate(core, 'split', page * 4096, 4096);
      expect(core.counters().boundaries).toBe(1);
      expect(core.log().map(({ kind, va }) => [kind, va - core.geometry.pageOffset])).toEqual([
        [core.logKind('boundary'), 5 * 4096],
        [core.logKind('splitPudToContPmd'), 0],
        [core.logKind('splitPmdToContPte'), 0],
      ]);
      core.resetLog(false);
    }
  });
});

describe('splitting at the edges of a range, 4K, from 1G', () => {
  it.each([
    ['aligned 32M', 32 * MiB, 32 * MiB, 529, 1, [0, 512, 0, 0, 0]],
    ['aligned 2M', 2 * MiB, 2 * MiB, 530, 1, [0, 496, 16, 0, 0]],
    ['aligned 64K', 64 * KiB, 64 * KiB, 1058, 2, [0, 496, 15, 512, 0]],
    ['2M, 4K above a boundary', 2 * MiB + 4 * KiB, 2 * MiB, 2099, 3, [0, 496, 14, 992, 32]],
  ])('%s', (_name, offset, size, writes, tables, leaves) => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: GiB });
    expect(change(core, 'ro', offset, size, false)).toBe(0);
    // W includes the stores of the change itself.
    expect(costsOf(core).slice(0, 2)).toEqual([writes, tables]);
    expect(core.counters().boundaries).toBe(2);
    expect(leavesOf(core)).toEqual(leaves);
    expect(core.summary().readOnlyBytes).toBe(size);
  });

  it('splits nothing but the PUD for its first 32M, and flushes once', () => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: GiB });
    expect(change(core, 'ro', 0, 32 * MiB)).toBe(0);
    expect(costsOf(core)).toEqual<Costs>([529, 1, 4, 3, 1, 1]);
  });
});

describe('splitting to pages', () => {
  it('256 GiB of 1G blocks take 131072 + 256 tables, a dsb ishst each, and one lazy exit', () => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: 256 * GiB });
    expect(operate(core, 'splitToPages', 0, 256 * GiB)).toBe(0);
    const tables = 131072 + 256;
    expect(costsOf(core)).toEqual<Costs>([tables * 513, tables, tables + 1, 1, 0, 0]);
    expect(leavesOf(core)).toEqual([0, 0, 0, 0, 256 * 512 * 512]);
    const { splits } = core.counters();
    expect(splits).toMatchObject({ pudToPmd: 256, pmdToPte: 131072, contPmd: 0, contPte: 0 });
  });

  it('a leaf only part of which lies in the range is split whole, its group’s other blocks lose the hint', () => {
    bootSplittable(core, { granule: 16384, vaBits: 48, memory: GiB });
    expect(operate(core, 'splitToPages', 40 * MiB, 16384)).toBe(0);
    expect(leavesOf(core)).toEqual([0, 0, 31, 0, 2048]);
    expect(costsOf(core)).toEqual<Costs>([32 + 2049, 1, 2, 1, 0, 0]);
  });
});

describe('leaves that lie in the root', () => {
  const page4 = { granule: 4096, vaBits: 39, memory: 4 * GiB } as const;
  const page16 = { granule: 16384, vaBits: 36, memory: GiB } as const;
  const page64 = { granule: 65536, vaBits: 42, memory: 16 * GiB } as const;
  it.each([
    ['open', page4, 4 * KiB, [1059, 2, 6, 4, 1, 1]],
    ['read-only', page4, 4 * KiB, [1061, 2, 6, 4, 2, 2]],
    ['open', page16, 16 * KiB, [2178, 1, 5, 4, 1, 1]],
    ['read-only', page16, 16 * KiB, [2180, 1, 5, 4, 2, 2]],
    ['open', page64, 64 * KiB, [8226, 1, 5, 4, 1, 1]],
    ['read-only', page64, 64 * KiB, [8228, 1, 5, 4, 2, 2]],
    ['open', page4, 2 * GiB, [2, 0, 3, 3, 1, 1]],
    ['read-only', page4, 2 * GiB, [6, 0, 4, 4, 3, 3]],
    ['open', page64, GiB, [2, 0, 3, 3, 1, 1]],
    ['read-only', page64, GiB, [6, 0, 4, 4, 3, 3]],
  ] as const)('%s: %j, %i bytes to read-only', (root, machine, size, costs) => {
    // Late KFENCE keeps blocks splittable with rodata=off, which leaves the root writable.
    bootSplittable(core, { ...machine, kfence: 'late', rodata: root === 'open' ? 'off' : 'full' });
    expect(change(core, 'ro', 0, size)).toBe(0);
    expect(costsOf(core)).toEqual(costs);
  });

  it('an invalid block is stored with the same barriers, for the root asks nothing of the value', () => {
    bootSplittable(core, { ...page4, kfence: 'late', rodata: 'off' });
    expect(change(core, 'invalid', 0, GiB)).toBe(0);
    expect(costsOf(core)).toEqual<Costs>([1, 0, 2, 2, 1, 1]);
    const leaf = core.walk(core.geometry.pageOffset);
    expect(leaf?.descriptor).toBe(0x00e8000000000f04n);
  });
});
