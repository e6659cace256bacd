/** Checks the model itself against tables worked out independently. model/real-kernels.test.ts adds captures. */
import { describe, expect, it } from 'vitest';
import {
  changeAlias,
  masksOf,
  setDirectMapInvalidNoflush,
  setDirectMapValidNoflush,
  setMemoryValid,
} from './model/api.js';
import { buildModel } from './model/build.js';
import { changeMemory, updateRangeProt } from './model/change.js';
import type { Granule } from './model/geometry.js';
import type { LinearMapModel } from './model/linear-map-model.js';
import { type ModelMachine, machineWith } from './model/machine.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const TiB = 1024 * GiB;

/** Leaves by size: PUD, contPMD entries, PMD, contPTE entries, PTE. */
function leafCounts(model: LinearMapModel): [number, number, number, number, number] {
  const counts: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const run of model.leafRuns()) {
    const contiguous = (run.attributes >> 52n) & 1n;
    if (run.level === 1) counts[0] += run.count;
    else if (run.level === 2) counts[contiguous ? 1 : 2] += run.count;
    else counts[contiguous ? 3 : 4] += run.count;
  }
  return counts;
}

describe('building', () => {
  it.each<[Granule, number, number, number]>([
    [4096, 39, 256 * GiB, 0],
    [4096, 48, 256 * GiB, 1],
    [4096, 48, TiB, 2],
    [4096, 48, 6 * TiB, 12],
    [4096, 52, 256 * GiB, 2],
    [4096, 52, 6 * TiB, 13],
    [16384, 47, 256 * GiB, 4],
    [16384, 47, TiB, 16],
    [16384, 48, 256 * GiB, 5],
    [16384, 52, TiB, 17],
    [65536, 42, 256 * GiB, 0],
    [65536, 42, TiB, 0],
    [65536, 48, 256 * GiB, 1],
    [65536, 52, 6 * TiB, 2],
  ])('granule %i, %i bits: a block map of %i bytes takes %i tables', (granule, vaBits, size, tables) => {
    const lpa2 = vaBits === 52 && granule !== 65536;
    const model = buildModel(machineWith(granule, vaBits, [{ start: 0, size }], { lpa2 }));
    expect(model.tables().length).toBe(tables);
  });

  it.each<[Granule, number, number, number]>([
    [4096, 39, 64 * MiB, 33],
    [4096, 48, 64 * MiB, 34],
    [4096, 52, 64 * MiB, 35],
    [16384, 36, GiB, 32],
    [16384, 47, GiB, 33],
    [16384, 48, GiB, 34],
    [65536, 42, 4 * GiB, 8],
    [65536, 48, 4 * GiB, 9],
  ])('granule %i, %i bits: a page map of %i bytes takes %i tables', (granule, vaBits, size, tables) => {
    const model = buildModel(
      machineWith(granule, vaBits, [{ start: 0, size }], { bbml2: false, bbml2AllCpus: false }),
    );
    expect(model.tables().length).toBe(tables);
    expect(leafCounts(model)).toEqual([0, 0, 0, 0, size / granule]);
  });

  it.each<[Granule, number, boolean, number[], number[]]>([
    [4096, 2 * GiB, false, [1, 1, 3], [255, 480, 29, 1536, 0]],
    [4096, 2 * GiB, true, [1, 2, 4], [254, 976, 44, 1536, 512]],
    [16384, 2 * GiB, false, [1, 4, 2], [0, 8160, 30, 3712, 384]],
    [16384, 2 * GiB, true, [1, 4, 3], [0, 8128, 61, 5248, 896]],
    [65536, 2 * GiB, false, [0, 1, 1], [0, 0, 511, 8096, 96]],
    [65536, 16 * GiB, false, [0, 1, 1], [0, 480, 31, 8096, 96]],
  ])(
    'granule %i, DRAM at %i, early pool %s: an image breaks up its surroundings',
    (granule, start, pool, tables, leaves) => {
      const machine = machineWith(granule, 48, [{ start, size: 256 * GiB }], {
        image: imageAt(start + 2 * MiB),
        kfence: pool ? { start: start + 256 * GiB - 64 * MiB - 512 * granule, size: 512 * granule } : 'none',
      });
      const model = buildModel(machine);
      const { p4d, pud, pmd, pte } = model.counters.tablesAllocated;
      expect([p4d, pud, pmd, pte]).toEqual([0, ...tables]);
      expect(leafCounts(model)).toEqual(leaves);
    },
  );
});

function imageAt(text: number) {
  const initBegin = text + 30 * MiB + 192 * KiB;
  const initEnd = initBegin + 9 * MiB + 320 * KiB;
  return { text, stext: text + 64 * KiB, initBegin, initEnd, bssStop: initEnd + 10 * MiB + 448 * KiB };
}

/** Bytes of one leaf (or group) and a model that holds nothing else. */
function oneLeaf(granule: Granule, size: number, changes: Partial<ModelMachine> = {}): LinearMapModel {
  const model = buildModel(machineWith(granule, 48, [{ start: 0, size }], changes), 'final');
  model.resetCounters();
  return model;
}

/** W, A, dsb ishst, isb, dsb ish, TLBI. */
function costs(model: LinearMapModel): number[] {
  const { descriptorWrites, tablesAllocated, dsbIshst, isb, dsbIsh, tlbi } = model.counters;
  const tables = tablesAllocated.pud + tablesAllocated.pmd + tablesAllocated.pte;
  return [descriptorWrites, tables, dsbIshst, isb, dsbIsh, tlbi.single + tlbi.range + tlbi.all];
}

describe('splitting out one page', () => {
  it.each<[Granule, number, number, number, number, number, number[]]>([
    [4096, GiB, 1059, 2, 5, 3, [0, 496, 15, 496, 16]],
    [4096, 32 * MiB, 546, 1, 4, 3, [0, 0, 15, 496, 16]],
    [4096, 2 * MiB, 530, 1, 4, 3, [0, 0, 0, 496, 16]],
    [4096, 64 * KiB, 17, 0, 3, 3, [0, 0, 0, 0, 16]],
    [4096, 4 * KiB, 1, 0, 2, 2, [0, 0, 0, 0, 1]],
    [16384, GiB, 2210, 1, 4, 3, [0, 0, 31, 1920, 128]],
    [16384, 32 * MiB, 2178, 1, 4, 3, [0, 0, 0, 1920, 128]],
    [16384, 2 * MiB, 129, 0, 3, 3, [0, 0, 0, 0, 128]],
    [65536, 16 * GiB, 8258, 1, 4, 3, [0, 0, 31, 8160, 32]],
    [65536, 512 * MiB, 8226, 1, 4, 3, [0, 0, 0, 8160, 32]],
    [65536, 2 * MiB, 33, 0, 3, 3, [0, 0, 0, 0, 32]],
  ])('granule %i, from a leaf of %i bytes', (granule, size, writes, tables, dsbIshst, isb, leaves) => {
    for (const page of [0, 1, size / granule - 1].filter((index) => index * granule < size)) {
      const model = oneLeaf(granule, size);
      expect(changeAlias(model, model.geometry.pageOffset + page * granule, 'set_memory_ro')).toBe(0);
      expect(costs(model)).toEqual([writes, tables, dsbIshst, isb, 1, 1]);
      expect(leafCounts(model)).toEqual(leaves);

      const invalid = oneLeaf(granule, size);
      expect(setMemoryValid(invalid, invalid.geometry.pageOffset + page * granule, 1, false)).toBe(0);
      expect(costs(invalid)).toEqual([writes, tables, dsbIshst - 1, isb - 1, 1, 1]);
    }
  });

  it.each([
    [32 * MiB, 32 * MiB, 529, 1, [0, 512, 0, 0, 0]],
    [2 * MiB, 2 * MiB, 530, 1, [0, 496, 16, 0, 0]],
    [64 * KiB, 64 * KiB, 1058, 2, [0, 496, 15, 512, 0]],
    [2 * MiB + 4 * KiB, 2 * MiB, 2099, 3, [0, 496, 14, 992, 32]],
  ])(
    '4K, from 1G: a range at %i of %i bytes splits at its edges only',
    (offset, size, writes, tables, leaves) => {
      const model = oneLeaf(4096, GiB);
      const nothing = { set: 0n, clear: 0n };
      expect(updateRangeProt(model, model.geometry.pageOffset + offset, size, nothing)).toBe(0);
      expect(model.counters.descriptorWrites).toBe(writes);
      expect(model.counters.tablesAllocated.pmd + model.counters.tablesAllocated.pte).toBe(tables);
      expect(leafCounts(model)).toEqual(leaves);
    },
  );
});

describe('page basis against one call for the unit', () => {
  it.each<[Granule, number, number, number[], number[]]>([
    [4096, GiB, 2 * MiB, [2066, 2, 1058, 1056, 512], [530, 1, 4, 3, 1]],
    [4096, 32 * MiB, 2 * MiB, [1553, 1, 1057, 1056, 512], [17, 0, 3, 3, 1]],
    [4096, 2 * MiB, 2 * MiB, [1537, 1, 1057, 1056, 512], [1, 0, 2, 2, 1]],
    [4096, GiB, 64 * KiB, [1074, 2, 35, 33, 16], [1058, 2, 5, 3, 1]],
    [4096, 32 * MiB, 64 * KiB, [561, 1, 34, 33, 16], [545, 1, 4, 3, 1]],
    [4096, 2 * MiB, 64 * KiB, [545, 1, 34, 33, 16], [529, 1, 4, 3, 1]],
    [16384, GiB, 32 * MiB, [6177, 1, 4113, 4112, 2048], [33, 0, 3, 3, 1]],
    [16384, GiB, 2 * MiB, [2337, 1, 258, 257, 128], [2209, 1, 4, 3, 1]],
    [65536, 16 * GiB, 512 * MiB, [24609, 1, 16641, 16640, 8192], [33, 0, 3, 3, 1]],
    [65536, 512 * MiB, 2 * MiB, [8257, 1, 66, 65, 32], [8225, 1, 4, 3, 1]],
    [4096, GiB, 32 * MiB, [25121, 17, 16384 + 512 + 17, 16384 + 512, 8192], [529, 1, 4, 3, 1]],
  ])('granule %i, from a leaf of %i bytes, a unit of %i bytes', (granule, leaf, unit, byPage, byUnit) => {
    const ro = masksOf('set_memory_ro', machineWith(granule, 48, []));
    const pages = oneLeaf(granule, leaf);
    for (let va = pages.geometry.pageOffset; va < pages.geometry.pageOffset + unit; va += granule) {
      expect(changeMemory(pages, va, granule, ro)).toBe(0);
    }
    const whole = oneLeaf(granule, leaf);
    expect(changeMemory(whole, whole.geometry.pageOffset, unit, ro)).toBe(0);
    const withoutDsbIsh = (model: LinearMapModel) => costs(model).filter((_, index) => index !== 4);
    expect(withoutDsbIsh(pages)).toEqual(byPage);
    expect(withoutDsbIsh(whole)).toEqual(byUnit);
    expect(pages.counters.dsbIsh).toBe(unit / granule);
  });

  it('changes a map of pages store by store', () => {
    const changes = { bbml2: false, bbml2AllCpus: false };
    const pages = oneLeaf(4096, 2 * MiB, changes);
    for (let i = 0; i < 512; i++) changeAlias(pages, pages.geometry.pageOffset + i * 4096, 'set_memory_ro');
    expect(costs(pages)).toEqual([512, 0, 1024, 1024, 512, 512]);
    const whole = oneLeaf(4096, 2 * MiB, changes);
    changeMemory(whole, whole.geometry.pageOffset, 2 * MiB, masksOf('set_memory_ro', whole.machine));
    expect(costs(whole)).toEqual([512, 0, 2, 2, 1, 1]);
  });
});

describe('quirks of a change', () => {
  it('invalidates a whole block without a split, and keeps its address', () => {
    const model = oneLeaf(4096, 4 * GiB);
    expect(setMemoryValid(model, model.geometry.pageOffset, (2 * GiB) / 4096, false)).toBe(0);
    expect(model.leafRuns().map((run) => [run.pa, run.count, run.attributes])).toEqual([
      [0, 2, 0x00e8000000000f04n],
      [2 * GiB, 2, 0x00e8000000000705n],
    ]);
    expect(setDirectMapInvalidNoflush(model, model.geometry.pageOffset + 4096)).toBe(0);
    expect(model.walk(model.geometry.pageOffset + 8192)?.attributes).toBe(0x00e8000000000f06n);
  });

  it('turns empty slots of a page table into the set mask, and skips empty tables above', () => {
    const changes = { bbml2: false, bbml2AllCpus: false };
    const model = oneLeaf(4096, MiB, changes);
    const { pageOffset } = model.geometry;
    expect(
      changeMemory(model, pageOffset + MiB - 4096, 8 * MiB, masksOf('set_memory_ro', model.machine)),
    ).toBe(0);
    expect(model.counters.descriptorWrites).toBe(1 + 256);
    expect(model.walk(pageOffset + MiB)?.attributes).toBe(0x80n);
    expect(model.walk(pageOffset + 2 * MiB)).toBeNull();
  });

  it('refuses part of a block that it may not split, after changing what came before', () => {
    const model = oneLeaf(4096, 4 * MiB, { bbml2: false, bbml2AllCpus: false, rodataFull: false });
    const { pageOffset } = model.geometry;
    const ro = masksOf('set_memory_ro', model.machine);
    expect(changeMemory(model, pageOffset, 2 * MiB + 4096, ro)).toBe(-22);
    expect(costs(model)).toEqual([1, 0, 2, 2, 1, 2]);
    expect(setDirectMapValidNoflush(model, pageOffset, 1, false)).toBe(0);
    expect(costs(model)).toEqual([1, 0, 2, 2, 1, 2]);
  });

  it('splits, then refuses, a change of nothing', () => {
    const model = oneLeaf(4096, 2 * MiB);
    expect(setMemoryValid(model, model.geometry.pageOffset + 4096, 0, false)).toBe(-22);
    expect(leafCounts(model)).toEqual([0, 0, 0, 496, 16]);
    expect(model.counters.tlbi).toEqual({ single: 0, range: 0, all: 0 });
  });

  it('leaves a prefix behind when a table cannot be had', () => {
    for (const [allocations, leaves] of [
      [0, [1, 0, 0, 0, 0]],
      [1, [0, 496, 16, 0, 0]],
      [2, [0, 496, 15, 496, 16]],
    ] as const) {
      const model = oneLeaf(4096, GiB);
      model.allocationsLeft = allocations;
      const { pageOffset } = model.geometry;
      const ret = changeMemory(model, pageOffset + 4096, 4 * MiB, masksOf('set_memory_ro', model.machine));
      expect(ret).toBe(-12);
      expect(leafCounts(model)).toEqual(leaves);
      expect(model.leafRuns().every((run) => (run.attributes & 0x80n) === 0n)).toBe(true);
      expect(model.counters.dsbIsh).toBe(1);
    }
  });

  it('obeys the rules of early boot', () => {
    const model = buildModel(machineWith(4096, 48, [{ start: 0, size: 2 * MiB }]), 'mapped');
    const { pageOffset } = model.geometry;
    expect(updateRangeProt(model, pageOffset, 4096, masksOf('set_memory_ro', model.machine))).toBe(-16);
    model.boot = { capsFinal: false, pageAllocatorUp: true, onlineCpus: 2 };
    expect(updateRangeProt(model, pageOffset, 4096, masksOf('set_memory_ro', model.machine))).toBe(-16);
    model.boot = { capsFinal: false, pageAllocatorUp: true, onlineCpus: 1 };
    expect(updateRangeProt(model, pageOffset + 1, 4096, masksOf('set_memory_ro', model.machine))).toBe(-22);
    expect(updateRangeProt(model, pageOffset, 4096, masksOf('set_memory_ro', model.machine))).toBe(0);
  });

  it('pays for each store to the root, and more once the root is read-only', () => {
    const machine = machineWith(4096, 39, [{ start: 0, size: 4 * GiB }], { rodataEnabled: false });
    const open = buildModel(machine);
    open.resetCounters();
    const ro = masksOf('set_memory_ro', machine);
    expect(updateRangeProt(open, open.geometry.pageOffset, 2 * GiB, ro)).toBe(0);
    expect(costs(open)).toEqual([2, 0, 2, 2, 0, 0]);

    const sealed = buildModel({ ...machine, rodataEnabled: true });
    sealed.resetCounters();
    expect(updateRangeProt(sealed, sealed.geometry.pageOffset, 2 * GiB, ro)).toBe(0);
    expect(costs(sealed)).toEqual([2, 0, 3, 3, 2, 2]);
    expect(sealed.counters.fixmapWrites).toBe(4);
  });
});
