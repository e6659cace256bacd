import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareMaps } from '../../src/map/compare.js';
import type { LinearMap } from '../../src/map/linear-map.js';
import { readMap } from '../../src/map/map-file.js';
import { capturedFile } from './captured-files.js';
import { descriptorKey, expand } from './expansion.js';
import { sampleMap } from './sample-maps.js';

const captured = (path: string) => readMap(capturedFile(path));

/** What `compareMaps` says, found by looking at every descriptor. */
function compareOneByOne(expected: LinearMap, actual: LinearMap) {
  const wanted = expand(expected);
  const found = expand(actual);
  const keys = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return keys
    .filter((key) => wanted.get(key) !== found.get(key))
    .map((key) => {
      const [va = '', level = ''] = key.split(' ');
      return { va, level: Number(level), expected: wanted.get(key) ?? null, actual: found.get(key) ?? null };
    });
}

describe('against the slow way', () => {
  test('finds the same differences in the same order', () => {
    fc.assert(
      fc.property(sampleMap, sampleMap, fc.integer({ min: 0, max: 30 }), (one, other, limit) => {
        const differences = compareOneByOne(one, other);
        expect(compareMaps(one, other, { limit })).toEqual({
          differenceCount: differences.length,
          differences: differences.slice(0, limit),
        });
      }),
    );
  });

  test('on captured maps', () => {
    const before = captured('4k-bbml2/load-small/before.map.json');
    const after = captured('4k-bbml2/load-small/after.map.json');
    const differences = compareOneByOne(before, after);
    expect(differences.length).toBeGreaterThan(20);
    expect(compareMaps(before, after)).toEqual({
      differenceCount: differences.length,
      differences: differences.slice(0, 20),
    });
  });
});

test('a map equals itself however its runs are cut', () => {
  fc.assert(
    fc.property(sampleMap, (map) => {
      const cut = map.leaves.flatMap((run) =>
        run.level === 2 || run.count === 1
          ? [run]
          : [
              { ...run, count: 1 },
              { ...run, count: run.count - 1, va: run.va + 4096, pa: run.pa + 4096 },
            ],
      );
      expect(compareMaps(map, { ...map, leaves: cut })).toEqual({ differenceCount: 0, differences: [] });
    }),
  );
});

const base: LinearMap = {
  granule: 4096,
  vaBits: 48,
  rootLevel: 0,
  leaves: [{ level: 2, va: -(2 ** 48), pa: 2 ** 30, count: 4, attributes: 0xe8000000000705n }],
  tables: [
    { level: 0, va: -(2 ** 48), attributes: 0x1800000000000403n },
    { level: 1, va: -(2 ** 48), attributes: 0x1800000000000403n },
  ],
};

test('a split block counts once as what it became, and once for each page', () => {
  const va = -(2 ** 48) + 2 ** 21;
  const pa = 2 ** 30 + 2 ** 21;
  const split: LinearMap = {
    ...base,
    leaves: [
      { level: 2, va: -(2 ** 48), pa: 2 ** 30, count: 1, attributes: 0xe8000000000705n },
      { level: 3, va, pa, count: 512, attributes: 0xe8000000000707n },
      { level: 2, va: va + 2 ** 21, pa: pa + 2 ** 21, count: 2, attributes: 0xe8000000000705n },
    ],
    tables: [...base.tables, { level: 2, va, attributes: 0x1800000000000403n }],
  };
  const { differenceCount, differences } = compareMaps(base, split, { limit: 2 });
  expect(differenceCount).toBe(513);
  expect(differences).toEqual([
    {
      va: '0xffff000000200000',
      level: 2,
      expected: 'leaf 0xe8000000000705 pa 0x40200000',
      actual: 'table 0x1800000000000403',
    },
    { va: '0xffff000000200000', level: 3, expected: null, actual: 'leaf 0xe8000000000707 pa 0x40200000' },
  ]);
});

test('terabytes of pages take no time to compare', () => {
  const pages = (attributes: bigint): LinearMap => ({
    ...base,
    leaves: [{ level: 3, va: -(2 ** 48), pa: 0, count: 2 ** 34, attributes }],
    tables: [],
  });
  const comparison = compareMaps(pages(0x707n), pages(0x787n), { limit: 1 });
  expect(comparison.differenceCount).toBe(2 ** 34);
  expect(comparison.differences).toHaveLength(1);
});

test('maps of different geometry cannot be compared', () => {
  expect(() => compareMaps(base, { ...base, vaBits: 39, rootLevel: 1 })).toThrow(
    'a map of granule 4096, 48 VA bits, root level 0 cannot be compared with one of granule 4096, 39 VA bits, root level 1',
  );
});

describe('the root descriptor that also serves the kernel image', () => {
  // With 52 bits the last of 16 root entries serves [-2^48, 0), PAGE_END is -2^47.
  const image = { level: -1, va: -(2 ** 48), attributes: 0x1000000000000403n };
  const first = { level: -1, va: -(2 ** 52), attributes: 0x1800000000000403n };
  const with52 = (tables: LinearMap['tables']): LinearMap => ({
    granule: 4096,
    vaBits: 52,
    rootLevel: -1,
    leaves: [],
    tables,
  });
  const count = (one: LinearMap['tables'], other: LinearMap['tables'], pageEnd?: number) =>
    compareMaps(with52(one), with52(other), pageEnd === undefined ? {} : { pageEnd }).differenceCount;

  test('may be listed in one map only', () => {
    expect(count([first, image], [first])).toBe(0);
    expect(count([first], [first, image])).toBe(0);
  });

  test('must agree where both list it', () => {
    expect(count([first, image], [first, { ...image, attributes: 0x1800000000000403n }])).toBe(1);
  });

  test('is the only one so excused', () => {
    expect(count([first, image], [image])).toBe(1);
    expect(count([first, image], [first], 0)).toBe(1);
    expect(count([{ ...image, level: 0 }], [])).toBe(1);
  });
});

test('keys of the slow way sort as addresses do', () => {
  expect(descriptorKey(-4096, 2) < descriptorKey(-4096, 3)).toBe(true);
  expect(descriptorKey(-(2 ** 48), 3) < descriptorKey(-1, 0)).toBe(true);
});
