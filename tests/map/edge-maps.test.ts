// Maps that a file may hold although no kernel makes them, or only at the edges of an address space.
import { describe, expect, test } from 'vitest';
import { Core } from '../../src/core/core.js';
import { inspectMap } from '../../src/map/inspection.js';
import { formatMap, parseMap } from '../../src/map/map-file.js';
import { drawMap } from '../../src/report/picture/draw-map.js';
import { mapPicture } from '../../src/report/picture/map-picture.js';

const core = new Core();
const TABLE = 0x1800000000000403n;
const BLOCK = 0xe8000000000705n;
type Leaf = [level: number, va: number, pa: number, count: number];

function mapOf(
  granule: 4096 | 16384 | 65536,
  vaBits: number,
  rootLevel: number,
  leaf: Leaf,
  tables: [number, number][],
) {
  const [level, va, pa, count] = leaf;
  return {
    granule,
    vaBits,
    rootLevel,
    leaves: [{ level, va, pa, count, attributes: BLOCK }],
    tables: tables.map(([at, start]) => ({ level: at, va: start, attributes: TABLE })),
  };
}

const GIB = 2 ** 30;

describe.each([
  [
    'the last block of the address space',
    mapOf(
      4096,
      48,
      0,
      [2, -(2 ** 21), GIB, 1],
      [
        [0, -(2 ** 39)],
        [1, -GIB],
      ],
    ),
  ],
  ['64G blocks of the 16K granule', mapOf(16384, 47, 1, [1, -(2 ** 47), 0, 2], [])],
  ['4T blocks of the 64K granule', mapOf(65536, 52, 1, [1, -(2 ** 52), 0, 2], [])],
  [
    'the last block of 52-bit physical addresses',
    mapOf(65536, 48, 1, [2, -(2 ** 48), 2 ** 52 - 2 ** 30, 1], [[1, -(2 ** 48)]]),
  ],
  [
    'LPA2 output addresses',
    mapOf(
      4096,
      52,
      -1,
      [1, -(2 ** 52), 3 * 2 ** 50, 512],
      [
        [-1, -(2 ** 52)],
        [0, -(2 ** 52)],
      ],
    ),
  ],
  ['blocks in the root, 4K', mapOf(4096, 39, 1, [1, -(2 ** 39), 0, 256], [])],
  ['blocks in the root, 16K', mapOf(16384, 36, 2, [2, -(2 ** 36), 0, 64], [])],
] as const)('%s', (_, map) => {
  const [leaf] = map.leaves;
  const size = (leaf?.count ?? 0) * (map.granule / 8) ** (3 - (leaf?.level ?? 0)) * map.granule;

  test('is a map that a file can hold', () => {
    expect(parseMap(formatMap(map), 'map').leaves).toHaveLength(1);
  });

  test('is inspected whole', () => {
    const { bytes, regions } = inspectMap(core, map);
    const total = Object.values(bytes).reduce((sum, part) => sum + part);
    expect(total).toBe(size);
    const inRegions = regions
      .flatMap((region) => Object.values(region.bytes))
      .reduce((sum, part) => sum + part);
    expect(inRegions).toBe(size);
    expect(regions.every(({ foldableBytes }) => foldableBytes === 0)).toBe(true);
  });

  test('is drawn whole', () => {
    const picture = mapPicture(map, core.bits, { name: 'a map' });
    const drawn = picture.rows
      .flatMap(({ cells }) => cells)
      .reduce((sum, { count, bytes }) => sum + count * Object.values(bytes).reduce((a, b) => a + b), 0);
    expect(drawn).toBe(size);
    for (const shape of drawMap(picture).shapes) {
      const lengths = Object.values(shape)
        .flat()
        .filter((value) => typeof value === 'number');
      expect(lengths.every(Number.isFinite)).toBe(true);
    }
  });
});
