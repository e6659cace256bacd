/** Reading a map out: more runs than the core's buffer takes, and the summary, against walks of single pages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Core, Permission } from '../../src/core/core.js';
import { OperationList } from '../../src/core/operations.js';
import type { Run } from '../../src/core/readout.js';
import { bootLinearMap, linearVa, resetToMachine } from '../../src/kernel/boot.js';
import type { Machine } from '../../src/machine/machine.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { encodeAddress } from '../model/descriptor.js';
import { geometryOf } from '../model/geometry.js';
import { releaseCore } from './builds.js';
import { runs } from './runs.js';
import { CONFIGURATIONS, usesLpa2 } from './sample-machines.js';

const core = releaseCore();
/** Records that the core's buffer takes. */
const CAPACITY = 4096;
/** In the first half stripes, in the second, where each page is a run of its own, more runs than the buffer takes. */
const PAGES = 4 * CAPACITY;

interface Stripes {
  first: number;
  /** Pages from one stripe to the next, and pages of one. */
  every: number;
  wide: number;
  permission: Permission;
}

const anyStripes: fc.Arbitrary<Stripes> = fc.record({
  first: fc.nat({ max: 99 }),
  every: fc.integer({ min: 2, max: 700 }),
  wide: fc.integer({ min: 1, max: 40 }),
  permission: fc.constantFrom<Permission>('ro', 'invalid'),
});

function paint(machine: Machine, stripes: readonly Stripes[]): void {
  const { granule } = machine;
  const list = new OperationList();
  for (const { first, every, wide, permission } of stripes) {
    for (let page = first; page + wide <= PAGES; page += every) {
      const start = linearVa(machine, (machine.memory[0]?.start ?? 0) + page * granule);
      list.push(
        core.operation.change,
        core.operation.noFlush,
        start,
        wide * granule,
        core.permission(permission),
      );
    }
  }
  core.run(list);
  expect(list.firstError()).toBe(0);
}

/** The most records that one filling of the buffer takes. */
function fullestBuffer(): number {
  const { pageOffset, pageEnd } = core.geometry;
  let most = 0;
  for (let from = pageOffset; from !== pageEnd; from = core.raw.runsResume()) {
    most = Math.max(most, core.raw.readRuns(from));
  }
  return most;
}

/** What the leaves of the runs say of every page: its attributes and PA, by VA. */
function pagesOf(
  all: readonly Run[],
  { geometry: { granule, levelSize } }: Core,
): Map<number, [bigint, number]> {
  const pages = new Map<number, [bigint, number]>();
  for (const { table, level, va, pa, count, attributes } of all) {
    if (table) continue;
    const bytes = count * levelSize(level);
    for (let at = 0; at < bytes; at += granule) pages.set(va + at, [attributes, pa + at]);
  }
  return pages;
}

describe('reading a map out', () => {
  it.each(CONFIGURATIONS)('finds what walks find, granule %i, %i bits', (granule, vaBits) => {
    const machine = describeMachine({ granule, vaBits, memory: PAGES * granule, bbml2: true });
    const geometry = geometryOf(granule, vaBits, usesLpa2(granule, vaBits));
    fc.assert(
      fc.property(
        fc.array(anyStripes, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (stripes, noContiguous) => {
          bootLinearMap(core, machine, 'final', { storeUniformTables: true, noContiguous });
          const even = { first: PAGES / 2, every: 2, wide: 1, permission: 'ro' } as const;
          const odd = { ...even, first: PAGES / 2 + 1, permission: 'rw' } as const;
          paint(machine, [...stripes, even, odd]);
          const all = [...core.runs()];
          expect(fullestBuffer()).toBeLessThanOrEqual(CAPACITY);
          expect(all.length).toBeGreaterThan(CAPACITY);
          const pages = pagesOf(all, core);
          expect(pages.size).toBe(PAGES);
          let readOnly = 0;
          let invalid = 0;
          for (const [va, [attributes, pa]] of pages) {
            const found = core.walk(va);
            const leafPa = pa - (found === null ? 0 : pa % found.leafBytes);
            if (found?.pa !== pa || found.descriptor !== (encodeAddress(geometry, leafPa) | attributes)) {
              throw new Error(`${va} is ${attributes} at ${pa}, and a walk finds ${found?.descriptor}`);
            }
            if (found.descriptor & core.bits.readOnly) readOnly++;
            if (!found.valid) invalid++;
          }
          const { readOnlyBytes, invalidBytes, leaves } = core.summary();
          expect([readOnlyBytes, invalidBytes]).toEqual([readOnly * granule, invalid * granule]);
          const counted = all.reduce(
            (sum, { table, level, count }) => sum + (!table && level === 3 ? count : 0),
            0,
          );
          expect(leaves.pte + leaves.pteCont).toBe(counted);
        },
      ),
      { numRuns: runs(4) },
    );
  });

  it.each([
    [4096, 48, 50],
    [16384, 47, 50],
    [65536, 48, 50],
    // LPA and LPA2 have the upper bits of the address elsewhere; LPA keeps nothing in bits 49:48.
    [65536, 52, 48],
    [4096, 52, 50],
  ] as const)(
    'ends a run where counting on would change other bits, granule %i, %i bits',
    (granule, vaBits, top) => {
      const machine = describeMachine({ granule, vaBits, memory: 64 * granule });
      resetToMachine(core, machine);
      const { rootLevel, pageOffset: va } = core.geometry;
      for (let level = rootLevel; level < 3; level++) expect(core.raw.loadTable(level, va, 3n)).toBe(0);
      // The third descriptor is the second one and a granule.
      const [valid, carried] = [0x403n, 0x403n | (1n << BigInt(top))];
      expect(core.raw.loadLeaves(3, va, 2 ** top - 2 * granule, 2, valid)).toBe(0);
      expect(core.raw.loadLeaves(3, va + 2 * granule, 0, 2, carried)).toBe(0);
      const leaves = [...core.runs()].filter(({ table }) => !table);
      expect(leaves).toEqual([
        { table: false, level: 3, va, pa: 2 ** top - 2 * granule, count: 2, attributes: valid },
        {
          table: false,
          level: 3,
          va: va + 2 * granule,
          pa: 0,
          count: 2,
          attributes: top === 50 ? carried : valid,
        },
      ]);
    },
  );
});
