import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Core } from '../../src/core/core.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { readMachine } from '../../src/machine/machine.js';
import { bestLeaves } from '../../src/map/best-leaves.js';
import { readMap as readCoreMap } from '../../src/map/core-map.js';
import { memoryTypeOf } from '../../src/map/descriptor-fields.js';
import { inspectMap } from '../../src/map/inspection.js';
import { type LinearMap, normalise } from '../../src/map/linear-map.js';
import { readMap } from '../../src/map/map-file.js';
import { longestFirst } from '../../src/map/permission-ranges.js';
import { mostSplitFirst } from '../../src/map/regions.js';
import { bytesOf } from '../../src/map/span.js';
import { capturedFile, capturedFiles } from './captured-files.js';
import {
  ACCESS,
  inspectedMap,
  leafNameOf,
  PAGE,
  PXN,
  pagesOf,
  READ_ONLY,
  TABLE_PXN,
  USER,
  UXN,
  VALID,
} from './inspected-maps.js';

const core = new Core();
const captured = (path: string) => readMap(capturedFile(path));

describe('a captured map', () => {
  const map = captured('4k-bbml2/boot.map.json');

  test('counted by hand', () => {
    const { bytes, readOnlyBytes, invalidBytes, executableBytes, tables } = inspectMap(core, map);
    expect(bytes.pud).toBe(2 ** 30);
    // Runs with AP[2]: 18 and 2 blocks; 272 + 288 + 224 + 6 + 512 pages.
    expect(readOnlyBytes).toBe(20 * 2 ** 21 + (272 + 288 + 224 + 6 + 512) * PAGE);
    expect({ invalidBytes, executableBytes }).toEqual({ invalidBytes: 0, executableBytes: 0 });
    expect(tables).toEqual({ p4d: 0, pud: 1, pmd: 1, pte: 4 });
  });

  test('its read-only ranges are the image and one module area', () => {
    const { ranges } = inspectMap(core, map);
    expect(longestFirst(ranges.readOnly)).toEqual([
      { va: -(2 ** 48) + 0x200000, end: -(2 ** 48) + 0x2710000, pa: 0x40200000 },
      { va: -(2 ** 48) + 0x2ae0000, end: -(2 ** 48) + 0x30e6000, pa: 0x42ae0000 },
      { va: -(2 ** 48) + 0x3e00000, end: -(2 ** 48) + 0x4000000, pa: 0x43e00000 },
    ]);
  });

  test('one region is split; one table of uniform pages could be a block again', () => {
    const { regions } = inspectMap(core, map);
    expect(regions).toHaveLength(2);
    const [first] = mostSplitFirst(regions);
    expect(first).toMatchObject({ va: -(2 ** 48), tables: 5, foldableBytes: 2 ** 21, foldableTables: 1 });
  });
});

/** Maps of configurations in every geometry that was captured, before and after permission changes. */
const files = capturedFiles(/\.map\.json(\.gz)?$/);

test.each(files)('%s: nothing is odd in what a kernel made', (path) => {
  const { findings, bytes } = inspectMap(core, captured(path));
  expect(findings).toEqual([]);
  expect(Object.values(bytes).reduce((sum, part) => sum + part, 0)).toBeGreaterThan(0);
});

test('there are captured maps', () => {
  expect(files.length).toBeGreaterThanOrEqual(40);
});

describe('against the slow way', () => {
  test('bytes, ranges and executable memory, page by page', () => {
    fc.assert(
      fc.property(inspectedMap, (map) => {
        const pages = [...pagesOf(map).values()];
        const bytes = (test: (page: (typeof pages)[number]) => boolean) => pages.filter(test).length * PAGE;
        const inspection = inspectMap(core, map);
        for (const [name, size] of Object.entries(inspection.bytes)) {
          expect(size).toBe(bytes((page) => leafNameOf(page) === name));
        }
        expect(inspection.readOnlyBytes).toBe(bytes(({ attributes }) => (attributes & READ_ONLY) !== 0n));
        expect(inspection.invalidBytes).toBe(bytes(({ attributes }) => (attributes & VALID) === 0n));
        const isExecutable = ({ attributes, tablePxn }: (typeof pages)[number]) =>
          (attributes & VALID) !== 0n && (attributes & PXN) === 0n && !tablePxn;
        expect(inspection.executableBytes).toBe(bytes(isExecutable));
        const writable = inspection.findings.filter(({ kind }) => kind === 'writable-executable');
        expect(bytesOf(writable)).toBe(
          bytes((page) => isExecutable(page) && (page.attributes & READ_ONLY) === 0n),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('broken groups, entry by entry', () => {
    fc.assert(
      fc.property(inspectedMap, (map) => {
        const { findings } = inspectMap(core, map);
        expect(pagesInBrokenGroups(findings, map)).toEqual(pagesInBrokenGroupsSlowly(map));
      }),
      { numRuns: 60 },
    );
  });
});

/** Pages of contiguous leaves that findings of their level lie over. */
function pagesInBrokenGroups(
  findings: readonly { kind: string; va: number; end: number; text: string }[],
  map: LinearMap,
): number[] {
  const broken = findings.filter(({ kind }) => kind.startsWith('contiguous-'));
  return [...pagesOf(map).values()]
    .filter((page) => leafNameOf(page).endsWith('Cont'))
    .filter(({ va, level }) =>
      broken.some((one) => one.text.startsWith(`level ${level}:`) && one.va <= va && va < one.end),
    )
    .map(({ va }) => va)
    .sort((a, b) => a - b);
}

/** I5 of the model: all entries of the aligned group have the bit, equal attributes and consecutive, aligned OAs. */
function pagesInBrokenGroupsSlowly(map: LinearMap): number[] {
  const pages = pagesOf(map);
  const bytes: Readonly<Record<number, number>> = { 2: 16 * 2 ** 21, 3: 65536 };
  const broken: number[] = [];
  const verdicts = new Map<string, boolean>();
  for (const page of pages.values()) {
    if (!leafNameOf(page).endsWith('Cont')) continue;
    const group = bytes[page.level] ?? 0;
    const start = Math.floor(page.va / group) * group;
    const key = `${page.level} ${start}`;
    if (!verdicts.has(key)) {
      const first = pages.get(start);
      let whole = first !== undefined && first.pa % group === 0;
      for (let va = start; whole && va < start + group; va += PAGE) {
        const one = pages.get(va);
        whole =
          one !== undefined &&
          one.level === page.level &&
          one.attributes === first?.attributes &&
          one.pa - one.va === first.pa - first.va;
      }
      verdicts.set(key, whole);
    }
    if (!verdicts.get(key)) broken.push(page.va);
  }
  return broken.sort((a, b) => a - b);
}

describe('the largest leaves', () => {
  test.each([
    ['4k-bbml2/machine.json', 'image and blocks'],
    ['16k-bbml2/machine.json', '16K'],
    ['64k48-bbml2/machine.json', '64K'],
  ])('%s: what the boot built is as large as it can be', (path) => {
    bootLinearMap(core, readMachine(capturedFile(path)), 'final');
    const built = readCoreMap(core);
    const best = bestLeaves(core, built, core.bits, { keepAttributes: true });
    expect(best.tables.map(({ level, va }) => [level, va])).toEqual(
      built.tables.map(({ level, va }) => [level, va]),
    );
    for (const region of inspectMap(core, built).regions) {
      expect(region).toMatchObject({ foldableBytes: 0, foldableTables: 0 });
    }
  });

  test('folding keeps every translation, and what is folded cannot be folded again', () => {
    fc.assert(
      fc.property(inspectedMap, (given) => {
        const map = normalise(given);
        const best = bestLeaves(core, map, core.bits, { keepAttributes: true });
        const places = (one: LinearMap) =>
          [...pagesOf(one).values()].map(({ va, pa }) => `${va} ${pa}`).sort();
        expect(places(best)).toEqual(places(map));
        const again = bestLeaves(core, best, core.bits, { keepAttributes: false });
        expect(again.tables.length).toBeLessThanOrEqual(best.tables.length);
        expect(best.tables.length).toBeLessThanOrEqual(Math.max(map.tables.length, 2));
      }),
      { numRuns: 40 },
    );
  });

  test('a pool that must stay in pages is not folded', () => {
    const map = normalise(captured('4k-pages/boot.map.json.gz'));
    const pool = { va: -(2 ** 48) + 2 ** 30, end: -(2 ** 48) + 2 ** 30 + 2 ** 21 };
    const free = bestLeaves(core, map, core.bits, { keepAttributes: true });
    const held = bestLeaves(core, map, core.bits, { keepAttributes: true, pagesOnly: [pool] });
    // A table of PMDs and one of pages more.
    expect(held.tables.length).toBe(free.tables.length + 2);
    expect(held.leaves).toContainEqual(expect.objectContaining({ level: 3, va: pool.va, count: 512 }));
  });
});

test('regions add up to the map, whatever their size', () => {
  const map = captured('4k-bbml2-fuzz/fuzz-ranges/after.map.json.gz');
  for (const regionSize of [2 ** 21, 2 ** 25, 2 ** 30, 2 ** 36]) {
    const { regions, bytes, tables } = inspectMap(core, map, { regionSize });
    for (const [name, size] of Object.entries(bytes)) {
      expect(regions.reduce((sum, region) => sum + region.bytes[name as 'pte'], 0)).toBe(size);
    }
    const counted = regions.reduce((sum, region) => sum + region.tables, 0);
    const smaller = regionSize < 2 ** 30 ? tables.pte : tables.pte + tables.pmd;
    expect(counted).toBe(smaller);
  }
});

test('filters: whole leaves, by address, size and permission', () => {
  const map = captured('4k-bbml2/load-small/after.map.json');
  const all = inspectMap(core, map);
  const part = (filter: NonNullable<Parameters<typeof inspectMap>[2]>['filter']) =>
    inspectMap(core, map, { filter: filter ?? {} });
  expect(part({ sizes: ['pte'] }).bytes).toEqual({
    pud: 0,
    pmdCont: 0,
    pmd: 0,
    pteCont: 0,
    pte: all.bytes.pte,
  });
  const readOnly = part({ permissions: ['ro'] });
  expect(readOnly.readOnlyBytes).toBe(all.readOnlyBytes);
  expect(Object.values(readOnly.bytes).reduce((sum, bytes) => sum + bytes)).toBe(all.readOnlyBytes);
  const first = part({ range: { start: -(2 ** 48) + 4096, end: -(2 ** 48) + 8192 } });
  expect(first.bytes.pmd + first.bytes.pte).toBe(first.bytes.pmd > 0 ? 2 ** 21 : 4096);
  const physical = part({ range: { start: 0x40001000, end: 0x40002000 } });
  expect(physical.bytes).toEqual(first.bytes);
  expect(part({ permissions: ['ro', 'rw'] }).bytes.pud).toBe(0);
});

test('parts by permission make up the whole', () => {
  fc.assert(
    fc.property(inspectedMap, (map) => {
      const bytes = (permission: 'ro' | 'rw' | 'exec' | 'noexec') =>
        Object.values(inspectMap(core, map, { filter: { permissions: [permission] } }).bytes).reduce(
          (a, b) => a + b,
        );
      const all = pagesOf(map).size * PAGE;
      expect(bytes('ro') + bytes('rw')).toBe(all);
      expect(bytes('exec') + bytes('noexec')).toBe(all);
    }),
    { numRuns: 25 },
  );
});

describe("fields by their names are those of the core's leaves", () => {
  test.each([
    [4096, 48],
    [16384, 47],
    [65536, 52],
  ] as const)('%i/%i', (granule, vaBits) => {
    core.reset(granule, vaBits, -(2 ** 46), {});
    core.mapRange(0, -(2 ** vaBits), granule, 'kernelTagged', { noBlock: true, noCont: true, noExec: true });
    core.mapRange(2 ** 42, -(2 ** vaBits) + 2 ** 42, granule, 'kernel', { noExec: true });
    const { leaves, tables } = readCoreMap(core);
    const fields = ACCESS | UXN | USER;
    expect(leaves.map(({ attributes }) => attributes & fields)).toEqual([ACCESS | UXN, ACCESS | UXN]);
    expect(leaves.map(({ attributes }) => memoryTypeOf(attributes, core.bits))).toEqual([
      'Normal-Tagged',
      'Normal',
    ]);
    const own = tables.filter(({ level }) => level === 2);
    expect(own.every(({ attributes }) => (attributes & TABLE_PXN) !== 0n)).toBe(true);
  });
});
