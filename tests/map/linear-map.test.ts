import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LinearMap, levelSize, normalise, rootLevelOf, runEnd } from '../../src/map/linear-map.js';
import { expand } from './expansion.js';
import { sampleMap } from './sample-maps.js';

describe('geometry', () => {
  test.each([
    [4096, [2 ** 12, 2 ** 21, 2 ** 30, 2 ** 39, 2 ** 48]],
    [16384, [2 ** 14, 2 ** 25, 2 ** 36, 2 ** 47]],
    [65536, [2 ** 16, 2 ** 29, 2 ** 42]],
  ])('an entry of the %d granule serves %j bytes from level 3 upwards', (granule, sizes) => {
    expect(sizes.map((_, index) => levelSize(granule, 3 - index))).toEqual(sizes);
  });

  test.each([
    [4096, 39, 1],
    [4096, 48, 0],
    [4096, 52, -1],
    [16384, 36, 2],
    [16384, 47, 1],
    [16384, 48, 0],
    [16384, 52, 0],
    [65536, 42, 2],
    [65536, 48, 1],
    [65536, 52, 1],
  ])('granule %d with %d bits has its root at level %d', (granule, vaBits, level) => {
    expect(rootLevelOf(granule, vaBits)).toBe(level);
  });
});

describe('normal form', () => {
  test('holds the same descriptors', () => {
    fc.assert(
      fc.property(sampleMap, (map) => {
        expect(expand(normalise(map))).toEqual(expand(map));
      }),
    );
  });

  test('is sorted, and no two runs in it could be one', () => {
    fc.assert(
      fc.property(sampleMap, (map) => {
        const { leaves, tables } = normalise(map);
        for (const [index, run] of leaves.entries()) {
          const before = leaves[index - 1];
          if (before === undefined) continue;
          expect(runEnd(before, 4096)).toBeLessThanOrEqual(run.va);
          const mergeable =
            runEnd(before, 4096) === run.va &&
            before.level === run.level &&
            before.attributes === run.attributes &&
            before.pa + (run.va - before.va) === run.pa;
          expect(mergeable).toBe(false);
        }
        for (const [index, { va, level }] of tables.entries()) {
          const before = tables[index - 1];
          if (before) expect(before.level < level || (before.level === level && before.va < va)).toBe(true);
        }
      }),
    );
  });

  test('keeps leaves of different levels apart', () => {
    const va = -(2 ** 48);
    const blocks = [
      { level: 2, va: va + 2 ** 30 - 2 ** 21, pa: 2 ** 31 - 2 ** 21, count: 1, attributes: 0x705n },
      { level: 1, va: va + 2 ** 30, pa: 2 ** 31, count: 1, attributes: 0x705n },
    ];
    const map: LinearMap = { granule: 4096, vaBits: 48, rootLevel: 0, leaves: blocks, tables: [] };
    expect(normalise(map).leaves).toEqual(blocks);
  });

  test('depends on the descriptors only, and leaves its argument alone', () => {
    fc.assert(
      fc.property(sampleMap, (map) => {
        const copy = structuredClone(map);
        const once = normalise(map);
        expect(map).toEqual(copy);
        expect(normalise(once)).toEqual(once);
        expect(normalise({ ...map, leaves: map.leaves.toReversed() })).toEqual(once);
      }),
    );
  });
});
