import { describe, expect, test } from 'vitest';
import type { LinearMap } from '../../src/map/linear-map.js';
import { readMap } from '../../src/map/map-file.js';
import { summariseMap } from '../../src/map/summary.js';
import { capturedFile } from './captured-files.js';

const CONTIGUOUS = 1n << 52n;
const MIB = 2 ** 20;

test('a captured map, counted by hand', () => {
  const map = readMap(capturedFile('4k-bbml2/boot.map.json'));
  const summary = summariseMap(map, CONTIGUOUS);
  expect(summary.leaves).toEqual({
    pud: 1,
    pmdCont: 480,
    pmd: 1 + 18 + 1 + 2 + 6,
    pteCont: 272 + 240 + 224 + 288 + 224 + 272,
    pte: 6 + 10 + 512,
  });
  expect(summary.bytes).toMatchObject({ pud: 1024 * MIB, pmdCont: 960 * MIB, pmd: 56 * MIB });
  expect(summary.tables).toEqual({ p4d: 0, pud: 1, pmd: 1, pte: 4 });
  expect(summary.tableBytes).toBe(6 * 4096);
});

describe.each(['4k-bbml2/boot.map.json', '4k-pages/boot.map.json.gz', '16k-bbml2/boot.map.json'])(
  '%s',
  (path) => {
    test('the sizes together are all of memory', () => {
      const { bytes } = summariseMap(readMap(capturedFile(path)), CONTIGUOUS);
      expect(bytes.pud + bytes.pmdCont + bytes.pmd + bytes.pteCont + bytes.pte).toBe(2048 * MIB);
    });
  },
);

test('64K tables: page tables hold 512 MiB each', () => {
  const map = readMap(capturedFile('64k48-bbml2/boot.map.json'));
  const { tables, tableBytes } = summariseMap(map, CONTIGUOUS);
  expect(tables).toMatchObject({ p4d: 0, pud: 0, pmd: 1 });
  expect(tableBytes).toBe((1 + tables.pte) * 65536);
});

test('a root descriptor shared with the image counts where a leaf needs it', () => {
  const shared = { level: -1, va: -(2 ** 48), attributes: 0x1000000000000403n };
  const own = { level: -1, va: -(2 ** 52), attributes: 0x1800000000000403n };
  const leaf = { level: 1, va: -(2 ** 48), pa: 0, count: 1, attributes: 0x401n };
  const map: LinearMap = { granule: 4096, vaBits: 52, rootLevel: -1, leaves: [], tables: [own, shared] };
  expect(summariseMap(map, CONTIGUOUS).tables.p4d).toBe(1);
  expect(summariseMap({ ...map, leaves: [leaf] }, CONTIGUOUS).tables.p4d).toBe(2);
});
