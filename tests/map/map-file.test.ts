import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText } from '../../src/io/file.js';
import { InputError } from '../../src/io/input-error.js';
import { normalise } from '../../src/map/linear-map.js';
import { formatMap, parseMap, readMap, writeMap } from '../../src/map/map-file.js';
import { scratchFolder } from '../scratch-folder.js';
import { capturedFile, capturedFiles } from './captured-files.js';
import { sampleMap } from './sample-maps.js';

const maps = capturedFiles(/\.map\.json(\.gz)?$/);

test('there are captured maps', () => {
  expect(maps.length).toBeGreaterThanOrEqual(40);
});

test.each(maps)('%s is written as it was read', (path) => {
  const text = readText(capturedFile(path));
  const written = formatMap(parseMap(text, path));
  expect(JSON.parse(written)).toEqual(JSON.parse(text));
  // Gzipped captures are written without line breaks.
  if (!path.endsWith('.gz')) expect(written).toBe(text);
});

test('any map reads back as its normal form', () => {
  fc.assert(
    fc.property(sampleMap, (map) => {
      expect(parseMap(formatMap(map), 'map')).toEqual(normalise(map));
    }),
  );
});

test('files are written plain or gzipped, and read either way', () => {
  const folder = scratchFolder();
  const map = readMap(capturedFile('4k-bbml2/boot.map.json'));
  for (const name of ['a.map.json', 'b.map.json.gz']) {
    writeMap(join(folder, name), map);
    expect(readMap(join(folder, name))).toEqual(map);
  }
  expect(readFileSync(join(folder, 'b.map.json.gz')).readUInt16BE()).toBe(0x1f8b);
});

const good = `{"schema": "linmap.map/1", "granule": 4096, "vaBits": 48, "rootLevel": 0,
 "leaves": [
  [2, "0xffff000000000000", "0x40000000", 2, "0xe8000000000705"],
  [3, "0xffff000000400000", "0x40400000", 512, "0xe8000000000707"]
 ],
 "tables": [
  [0, "0xffff000000000000", "0x1800000000000403"],
  [1, "0xffff000000000000", "0x1800000000000403"],
  [2, "0xffff000000400000", "0x1800000000000403"]
 ]}
`;

test('the map that the refusals start from is good', () => {
  expect(formatMap(parseMap(good, 'x'))).toBe(good);
});

test.each([
  ['LPA2', '"granule": 4096, "vaBits": 52, "rootLevel": -1', 4096],
  ['64K pages', '"granule": 65536, "vaBits": 48, "rootLevel": 1', 65536],
])('physical addresses of 52 bits are for %s', (_what, geometry, granule) => {
  const tables = granule === 4096 ? [-1, 0, 1, 2] : [1, 2];
  const at = granule === 4096 ? '0xfff0000000000000' : '0xffff000000000000';
  const text = `{"schema": "linmap.map/1", ${geometry},
 "leaves": [[3, "${at}", "0x8000000000000", 1, "0xe8000000000403"]],
 "tables": [${tables.map((level) => `[${level}, "${at}", "0x1800000000000003"]`).join(', ')}]}`;
  expect(parseMap(text, 'x').leaves).toMatchObject([{ pa: 2 ** 51 }]);
});

describe('bad maps are refused with the line', () => {
  test.each<[from: string, to: string, message: string]>([
    ['linmap.map/1', 'linmap.map/2', '1: schema: expected "linmap.map/1", found "linmap.map/2"'],
    ['4096', '8192', '1: granule: expected one of 4096, 16384, 65536, found 8192'],
    ['"vaBits": 48', '"vaBits": 47', '1: vaBits: expected one of 39, 48, 52 for granule 4096, found 47'],
    ['"rootLevel": 0', '"rootLevel": 1', '1: rootLevel: expected 0, found 1'],
    [
      '[2, "0xffff000000000000"',
      '[0, "0xffff000000000000"',
      '3: leaves[0][0]: expected a level from 1 to 3, found 0',
    ],
    [
      '[3, "0xffff000000400000"',
      '[4, "0xffff000000400000"',
      '4: leaves[1][0]: expected a level from 1 to 3, found 4',
    ],
    [
      '[2, "0xffff000000000000"',
      '[2, "0xffff000000001000"',
      '3: leaves[0][1]: expected a multiple of 2 MiB, found "0xffff000000001000"',
    ],
    [
      '[3, "0xffff000000400000"',
      '[3, "0xfffe000000400000"',
      '4: leaves[1][1]: expected an address in the top 2^48 bytes, found "0xfffe000000400000"',
    ],
    [
      '[3, "0xffff000000400000"',
      '[3, "0x400000"',
      '4: leaves[1][1]: expected an address in the top 2^48 bytes, found "0x400000"',
    ],
    [
      '"0x40000000"',
      '"0x40001000"',
      '3: leaves[0][2]: expected a physical address, a multiple of 2 MiB, found "0x40001000"',
    ],
    [
      '"0x40400000"',
      '"0x1000040400000"',
      '4: leaves[1][2]: expected a physical address of 48 bits, all that descriptors hold, found "0x1000040400000"',
    ],
    [
      '"0x40400000"',
      '"0xffffffffff000"',
      '4: leaves[1][2]: expected a physical address of 48 bits, all that descriptors hold, found "0xffffffffff000"',
    ],
    [
      '"0x40400000"',
      '"0xfffffffff000"',
      '4: leaves[1][3]: expected a run that ends inside the address space, found 512',
    ],
    [' 512,', ' 0,', '4: leaves[1][3]: expected at least 1, found 0'],
    [' 512,', ' 512.5,', '4: leaves[1][3]: expected a whole number, found 512.5'],
    [
      ' 512,',
      ' 1000000000000,',
      '4: leaves[1][3]: expected a run that ends inside the address space, found 1000000000000',
    ],
    [
      '"0xe8000000000707"',
      '"e8"',
      '4: leaves[1][4]: expected a descriptor in hex (0x and at most 16 digits), found "e8"',
    ],
    [
      ' 2, "0xe8',
      ' 3, "0xe8',
      '4: leaves[1][1]: expected no overlap with the leaves to 0xffff000000600000, found "0xffff000000400000"',
    ],
    ['[0, "0xffff', '[3, "0xffff', '7: tables[0][0]: expected a level from 0 to 2, found 3'],
    ['[0, "0xffff', '[-1, "0xffff', '7: tables[0][0]: expected a level from 0 to 2, found -1'],
    [
      '[1, "0xffff000000000000"',
      '[1, "0xffff000000400000"',
      '8: tables[1][1]: expected a multiple of 1 GiB, found "0xffff000000400000"',
    ],
    [
      '[1, "0xffff000000000000"',
      '[0, "0xffff000000000000"',
      '8: tables[1][1]: expected each table descriptor once, found "0xffff000000000000"',
    ],
    [
      '[2, "0xffff000000400000", "0x18',
      '[2, "0xffff000000200000", "0x18',
      '9: tables[2][1]: expected no table where a leaf of level 2 is, found "0xffff000000200000"',
    ],
    ['"leaves"', '"leafs"', '1: leaves: expected a list, found nothing'],
    [' "tables"', ' "more": 1,\n "tables"', '6: expected only known keys, found "more"'],
    ['],\n "tables"', ']\n "tables"', '6: expected a comma, found "\\""'],
  ])('%s to %s', (from, to, message) => {
    const text = good.replace(from, to);
    expect(text).not.toBe(good);
    expect(() => parseMap(text, 'in.map.json')).toThrow(InputError);
    expect(() => parseMap(text, 'in.map.json')).toThrow(`in.map.json:${message}`);
  });
});
