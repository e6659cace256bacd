/** Walking to a leaf on every geometry, and maps written into the core and read out again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetToMachine } from '../../src/kernel/boot.js';
import { loadMap, readMap } from '../../src/map/core-map.js';
import { type LeafRun, type LinearMap, levelSize } from '../../src/map/linear-map.js';
import { encodeAddress } from '../model/descriptor.js';
import { alignDown, contiguousSpan, geometryOf, spanOf } from '../model/geometry.js';
import { type ModelMachine, machineWith } from '../model/machine.js';
import { bootCore, machineOf } from './boot-core.js';
import { releaseCore } from './builds.js';
import { callCore } from './calls.js';
import { change } from './costs.js';
import { runs } from './runs.js';
import { callOn, sampleDrafts } from './sample-calls.js';
import { CONFIGURATIONS, sampleMachine, usesLpa2 } from './sample-machines.js';

const core = releaseCore();
const TABLE_PXN = 1n << 59n;
const PXN = 1n << 53n;

function leafAt(map: LinearMap, va: number): LeafRun | undefined {
  return map.leaves.find(
    (run) => va >= run.va && va < run.va + run.count * levelSize(map.granule, run.level),
  );
}

/** Everything that a walk to `va` must say, worked out from the map's listing. */
function checkWalk(machine: ModelMachine, map: LinearMap, va: number): void {
  const g = geometryOf(machine.granule, machine.vaBits, machine.lpa2);
  const run = leafAt(map, va);
  const readsBefore = core.counters().descriptorReads;
  const found = core.walk(va);
  const reads = core.counters().descriptorReads - readsBefore;
  if (run === undefined) {
    expect(found).toBeNull();
    expect(reads).toBeGreaterThan(0);
    return;
  }
  const level = run.level as 1 | 2 | 3;
  const span = spanOf(g, level);
  const contiguous = ((run.attributes >> 52n) & 1n) === 1n;
  const tables = [];
  for (let above = g.rootLevel; above < level; above++) {
    const at = alignDown(va, spanOf(g, above));
    tables.push(map.tables.find((table) => table.level === above && table.va === at)?.attributes ?? -1n);
  }
  const leafPa = run.pa + alignDown(va, span) - run.va;
  const descriptor = encodeAddress(g, leafPa) | run.attributes;
  expect(found).toMatchObject({
    level,
    leafBytes: span,
    reachBytes: contiguous && level > 1 ? contiguousSpan(g, level as 2 | 3) : span,
    contiguous,
    valid: (run.attributes & 1n) === 1n,
    pa: leafPa + va - alignDown(va, span),
    descriptor,
    privilegedExecuteNever: [run.attributes & PXN, ...tables.map((bits) => bits & TABLE_PXN)].some(
      (bit) => bit !== 0n,
    ),
  });
  const read = found?.read ?? [];
  expect(read.length).toBe(level - g.rootLevel + 1);
  expect(reads).toBe(read.length);
  expect(read.at(-1)).toBe(descriptor);
  // Where a table lies is the core's own business; it is a multiple of the granule below 4 GiB.
  const address = 0xffffffffn & ~BigInt(machine.granule - 1);
  expect(read.slice(0, -1).map((bits) => bits & ~address)).toEqual(tables);
}

/** Addresses inside, at the edges of and outside of leaves. */
function addressesOf(map: LinearMap, pageOffset: number, pageEnd: number): number[] {
  const edges = map.leaves.flatMap((run) => {
    const size = levelSize(map.granule, run.level);
    const end = run.va + run.count * size;
    return [run.va - 1, run.va, run.va + size - 1, end - size, end - 1, end, run.va + 12345];
  });
  const inMap = [...new Set([pageOffset, pageEnd - 1, ...edges])].filter(
    (va) => va >= pageOffset && va < pageEnd,
  );
  return inMap.filter((_, index) => index % Math.ceil(inMap.length / 60) === 0);
}

describe('walking', () => {
  it.each(CONFIGURATIONS)('%i/%i: one descriptor a level, to a block or a page', (granule, vaBits) => {
    const g = geometryOf(granule, vaBits, usesLpa2(granule, vaBits));
    const memory = [
      {
        start: 0,
        size: 2 * contiguousSpan(g, 2) + 3 * spanOf(g, 2) + 5 * contiguousSpan(g, 3) + 7 * granule,
      },
    ];
    for (const bbml2 of [true, false]) {
      for (const storeUniformTables of [true, false]) {
        // Stored pages of the largest granules would fill gigabytes.
        const size = bbml2 ? memory : [{ start: 0, size: spanOf(g, 2) + 7 * granule }];
        const machine = machineWith(granule, vaBits, size, {
          lpa2: g.lpa2,
          bbml2,
          bbml2AllCpus: bbml2,
          physOffset: 0,
        });
        bootCore(core, machine, 'final', { storeUniformTables });
        if (bbml2) {
          change(core, 'ro', 3 * granule, granule);
          change(core, 'invalid', contiguousSpan(g, 2), spanOf(g, 2));
        }
        const map = readMap(core);
        for (const va of addressesOf(map, g.pageOffset, g.pageEnd)) checkWalk(machine, map, va);
      }
    }
  });

  it('agrees with the listing on any machine', () => {
    fc.assert(
      fc.property(sampleMachine(), sampleDrafts(5), (machine, drafts) => {
        bootCore(core, machine);
        for (const draft of drafts) callCore(core, callOn(machine, draft), false);
        const map = readMap(core);
        const { pageOffset, pageEnd } = core.geometry;
        for (const va of addressesOf(map, pageOffset, pageEnd)) checkWalk(machine, map, va);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('a map that is written into the core', () => {
  it('is read out again as it was', () => {
    fc.assert(
      fc.property(sampleMachine(), sampleDrafts(5), (machine, drafts) => {
        bootCore(core, machine);
        for (const draft of drafts) callCore(core, callOn(machine, draft), false);
        const map = readMap(core);
        const summary = core.summary();
        resetToMachine(core, machineOf(machine));
        loadMap(core, map);
        expect(readMap(core)).toEqual(map);
        expect(core.summary()).toEqual(summary);
        expect(core.counters().descriptorWrites).toBe(0);
      }),
      { numRuns: runs(60) },
    );
  });

  it('takes more runs than one reading holds', () => {
    // Every other page read-only: 8192 runs, twice what the core's buffer holds.
    const machine = machineWith(4096, 48, [{ start: 0, size: 8192 * 4096 }], {
      bbml2: false,
      bbml2AllCpus: false,
    });
    bootCore(core, machine);
    for (let page = 0; page < 8192; page += 2) change(core, 'ro', page * 4096, 4096);
    const memory = (): Uint8Array => new Uint8Array(core.raw.memory.buffer).slice();
    const before = memory();
    const map = readMap(core);
    // A reading writes to its buffer of 4096 records of 40 bytes, and nowhere else.
    const buffer = core.raw.runsBuffer();
    const after = memory();
    after.set(before.subarray(buffer, buffer + 4096 * 40), buffer);
    expect(Buffer.compare(before, after)).toBe(0);
    expect(map.leaves.length).toBe(8192);
    expect(map.tables.length).toBe(2 + 16);
    resetToMachine(core, machineOf(machine));
    loadMap(core, map);
    expect(readMap(core)).toEqual(map);
  });

  it('needs a table above each leaf and nothing in its place', () => {
    const machine = machineOf(machineWith(4096, 48, [{ start: 0, size: 4096 }]));
    const va = machine.pageOffset;
    const leaf = { level: 3, va, pa: 0, count: 1, attributes: 0x00e8000000000707n };
    const tables = [0, 1, 2].map((level) => ({ level, va, attributes: 0x1800000000000403n }));
    const map: LinearMap = { granule: 4096, vaBits: 48, rootLevel: 0, leaves: [leaf], tables };
    const load = (changed: Partial<LinearMap>) => (): void => {
      resetToMachine(core, machine);
      loadMap(core, { ...map, ...changed });
    };
    expect(load({})).not.toThrow();
    expect(load({ tables: tables.slice(0, 2) })).toThrow(RangeError);
    expect(load({ tables: tables.slice(1) })).toThrow(RangeError);
    expect(load({ leaves: [leaf, leaf] })).toThrow(RangeError);
    expect(load({ tables: [...tables, ...tables.slice(2)] })).toThrow(RangeError);
    expect(load({ leaves: [{ ...leaf, va: va + 1 }] })).toThrow(RangeError);
    expect(load({ leaves: [{ ...leaf, pa: 1 }] })).toThrow(RangeError);
    expect(load({ leaves: [leaf, { ...leaf, level: 2, attributes: 0x00e8000000000705n }] })).toThrow(
      RangeError,
    );
  });
});
