/** What the boot maps: the predicates, the number of tables, the leaves around an image and a KFENCE pool. */
import { describe, expect, it } from 'vitest';
import { totalTables } from '../../src/core/counters.js';
import { bootLinearMap, linearMapPolicy } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import type { Granule } from '../model/geometry.js';
import { releaseCore } from './builds.js';
import { change, leavesOf } from './costs.js';
import { usesLpa2 } from './sample-machines.js';
import { GiB, MiB, TiB } from './sizes.js';

const core = releaseCore();

describe('tables of an ideal map, by granule, VA bits and memory', () => {
  it.each<[Granule, number, number, pages: number, blocks: number]>([
    [4096, 39, 256 * GiB, 131328, 0],
    [4096, 48, 256 * GiB, 131329, 1],
    [4096, 48, TiB, 525314, 2],
    [4096, 48, 6 * TiB, 3151884, 12],
    [4096, 52, 256 * GiB, 131330, 2],
    [4096, 52, TiB, 525315, 3],
    [4096, 52, 6 * TiB, 3151885, 13],
    [16384, 36, 32 * GiB, 1024, 0],
    [16384, 47, 256 * GiB, 8196, 4],
    [16384, 47, TiB, 32784, 16],
    [16384, 47, 6 * TiB, 196704, 96],
    [16384, 48, 256 * GiB, 8197, 5],
    [16384, 48, TiB, 32785, 17],
    [16384, 48, 6 * TiB, 196705, 97],
    [16384, 52, 256 * GiB, 8197, 5],
    [16384, 52, TiB, 32785, 17],
    [16384, 52, 6 * TiB, 196705, 97],
    [65536, 42, 256 * GiB, 512, 0],
    [65536, 42, TiB, 2048, 0],
    [65536, 48, 256 * GiB, 513, 1],
    [65536, 48, TiB, 2049, 1],
    [65536, 48, 6 * TiB, 12290, 2],
    [65536, 52, 256 * GiB, 513, 1],
    [65536, 52, TiB, 2049, 1],
    [65536, 52, 6 * TiB, 12290, 2],
  ])('%i/%i, %i bytes: %i mapped to pages, %i to blocks', (granule, vaBits, memory, pages, blocks) => {
    for (const [bbml2, tables] of [
      [false, pages],
      [true, blocks],
    ] as const) {
      bootLinearMap(core, describeMachine({ granule, vaBits, memory, bbml2 }), 'final');
      const summary = core.summary();
      const counters = core.counters();
      expect(totalTables(counters)).toBe(tables);
      expect(summary.tables).toEqual(counters.tablesAllocated);
      const [pud, pmdCont, pmd, pteCont, pte] = leavesOf(core);
      const { levelSize } = core.geometry;
      expect(pud * levelSize(1) + (pmdCont + pmd) * levelSize(2)).toBe(bbml2 ? memory : 0);
      expect([pteCont, pte]).toEqual([0, bbml2 ? 0 : memory / granule]);
      // Each store is a leaf or a table's entry, once.
      expect(counters.descriptorWrites).toBe(pud + pmdCont + pmd + pte + tables);
    }
  });

  it.each<[Granule, number[]]>([
    [4096, [537923584, 2151686144, 12910116864]],
    [16384, [134299648, 537149440, 3222814720]],
    [65536, [33619968, 134283264, 805437440]],
  ])('granule %i, 48 bits: %j bytes for 256 GiB, 1 TiB and 6 TiB of pages', (granule, bytes) => {
    const sizes = [256 * GiB, TiB, 6 * TiB].map((memory) => {
      bootLinearMap(core, describeMachine({ granule, vaBits: 48, memory }), 'final');
      return totalTables(core.counters()) * granule;
    });
    expect(sizes).toEqual(bytes);
  });

  it.each<[Granule, number, number[]]>([
    [4096, 39, [256, 0, 0, 0, 0]],
    [4096, 48, [256, 0, 0, 0, 0]],
    [4096, 52, [256, 0, 0, 0, 0]],
    [16384, 47, [0, 8192, 0, 0, 0]],
    [16384, 48, [0, 8192, 0, 0, 0]],
    [16384, 52, [0, 8192, 0, 0, 0]],
    [65536, 42, [0, 0, 512, 0, 0]],
    [65536, 48, [0, 512, 0, 0, 0]],
    [65536, 52, [0, 512, 0, 0, 0]],
  ])('%i/%i covers 256 GiB with leaves %j', (granule, vaBits, leaves) => {
    bootLinearMap(core, describeMachine({ granule, vaBits, memory: 256 * GiB, bbml2: true }), 'final');
    expect(leavesOf(core)).toEqual(leaves);
  });

  it('of a stored map are the same as of one that is not', () => {
    const machine = describeMachine({ granule: 65536, vaBits: 48, memory: 256 * GiB });
    bootLinearMap(core, machine, 'final');
    const unstored = [core.summary(), core.counters()];
    expect(core.raw.storedBytes()).toBeLessThan(8 * MiB);
    bootLinearMap(core, machine, 'final', { storeUniformTables: true });
    expect(core.raw.storedBytes()).toBeGreaterThan(32 * MiB);
    expect([core.summary(), core.counters()]).toEqual(unstored);
  });
});

describe('an image and a KFENCE pool in 256 GiB of blocks', () => {
  it.each<[Granule, number, boolean, number[], number[]]>([
    [4096, 2 * GiB, false, [1, 1, 3], [255, 480, 29, 1536, 0]],
    [4096, 2 * GiB, true, [1, 2, 4], [254, 976, 44, 1536, 512]],
    [16384, 2 * GiB, false, [1, 4, 2], [0, 8160, 30, 3712, 384]],
    [16384, 2 * GiB, true, [1, 4, 3], [0, 8128, 61, 5248, 896]],
    [65536, 2 * GiB, false, [0, 1, 1], [0, 0, 511, 8096, 96]],
    [65536, 16 * GiB, false, [0, 1, 1], [0, 480, 31, 8096, 96]],
  ])('granule %i, DRAM at %i, early pool %s', (granule, base, early, tables, leaves) => {
    const kfence = early ? 'early' : 'off';
    const machine = {
      granule,
      vaBits: 48,
      base,
      memory: 256 * GiB,
      bbml2: true,
      image: true,
      kfence,
    } as const;
    for (const stage of ['mapped', 'final'] as const) {
      bootLinearMap(core, describeMachine(machine), stage);
      const { pud, pmd, pte } = core.counters().tablesAllocated;
      expect([pud, pmd, pte]).toEqual(tables);
      expect(leavesOf(core)).toEqual(leaves);
    }
  });
});

describe('the predicates of map_mem()', () => {
  // D debug_pagealloc, B BBML2, R rodata full, K late KFENCE: force_pte, can_set_direct_map, requires_bbml2
  it.each([
    [0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 1, 1, 0],
    [0, 0, 1, 0, 1, 1, 0],
    [0, 0, 1, 1, 1, 1, 0],
    [0, 1, 0, 0, 0, 0, 0],
    [0, 1, 0, 1, 0, 1, 1],
    [0, 1, 1, 0, 0, 1, 1],
    [0, 1, 1, 1, 0, 1, 1],
    [1, 0, 0, 0, 1, 1, 0],
    [1, 0, 0, 1, 1, 1, 0],
    [1, 0, 1, 0, 1, 1, 0],
    [1, 0, 1, 1, 1, 1, 0],
    [1, 1, 0, 0, 1, 1, 0],
    [1, 1, 0, 1, 1, 1, 0],
    [1, 1, 1, 0, 1, 1, 0],
    [1, 1, 1, 1, 1, 1, 0],
  ])(
    'D%i B%i R%i K%i: force_pte %i, can_set %i, requires_bbml2 %i',
    (d, b, r, k, force, canSet, requires) => {
      for (const rodata of r ? (['full'] as const) : (['on', 'off'] as const)) {
        for (const kfence of k ? (['late'] as const) : (['off', 'early'] as const)) {
          const machine = describeMachine({
            granule: 4096,
            vaBits: 48,
            memory: 2 * GiB,
            bbml2: b === 1,
            debugPagealloc: d === 1,
            rodata,
            kfence,
          });
          const policy = linearMapPolicy(machine);
          expect([policy.forcePages, policy.canSetDirectMap, policy.requiresBbml2]).toEqual(
            [force, canSet, requires].map((flag) => flag === 1),
          );
          bootLinearMap(core, machine, 'final');
          const { pud, pmd, pte } = core.summary().tables;
          const blocks = kfence === 'early' ? [1, 1, 1] : [1, 0, 0];
          expect([pud, pmd, pte]).toEqual(force ? [1, 2, 1024] : blocks);
          // Blocks that nothing may split refuse a page.
          const ret = change(core, 'ro', 4096, 4096);
          expect(ret).toBe(force || requires ? 0 : -22);
        }
      }
    },
  );
});

describe('the mapper', () => {
  it.each([
    [4096, 48],
    [4096, 52],
    [16384, 47],
    [65536, 52],
  ] as const)(
    'of %i/%i stops where it cannot have a table, with what it has made so far',
    (granule, vaBits) => {
      const machine = describeMachine({ granule, vaBits, memory: 2 * GiB });
      const pageEnd = machine.pageEnd;
      const map = (failing: number): number => {
        core.reset(granule, vaBits, pageEnd, { lpa2: usesLpa2(granule, vaBits) });
        core.raw.failAllocationsAfter(failing);
        return core.mapRange(0, machine.pageOffset, 2 * GiB, 'kernelTagged', { noBlock: true, noCont: true });
      };
      expect(map(-1)).toBe(0);
      const all = totalTables(core.counters());
      for (let failing = 0; failing < Math.min(all, 5); failing++) {
        expect(map(failing)).toBe(-12);
        expect(totalTables(core.counters())).toBe(failing);
        expect(totalTables({ ...core.counters(), tablesAllocated: core.summary().tables })).toBe(failing);
      }
      expect(map(all)).toBe(0);
    },
  );

  it('does not put pages in the place of a block', () => {
    core.reset(4096, 48, -(2 ** 47), {});
    expect(core.mapRange(0, -(2 ** 48), 2 * MiB, 'kernelTagged')).toBe(0);
    const pages = { noBlock: true, noCont: true };
    expect(core.mapRange(0, -(2 ** 48), 2 * MiB, 'kernelTagged', pages)).toBe(-22);
    expect(leavesOf(core)).toEqual([0, 0, 1, 0, 0]);
  });

  it('refuses addresses that differ inside a page', () => {
    core.reset(4096, 48, -(2 ** 47), {});
    expect(core.mapRange(2048, -(2 ** 48), 4096, 'kernelTagged')).toBe(-22);
    expect(core.counters().descriptorWrites).toBe(0);
  });
});
