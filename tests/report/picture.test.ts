import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Core } from '../../src/core/core.js';
import type { LinearMap } from '../../src/map/linear-map.js';
import { readMap } from '../../src/map/map-file.js';
import { drawMap } from '../../src/report/picture/draw-map.js';
import { type MapPicture, mapPicture, type PictureCells } from '../../src/report/picture/map-picture.js';
import { pngOf } from '../../src/report/picture/png.js';
import { svgOf } from '../../src/report/picture/svg.js';
import { capturedFile } from '../map/captured-files.js';
import { inspectedMap, leafNameOf, PAGE, pagesOf, READ_ONLY, VALID } from '../map/inspected-maps.js';

const { bits } = new Core();
const picture = (map: LinearMap): MapPicture => mapPicture(map, bits, { name: 'a machine' });
const captured = (path: string) => picture(readMap(capturedFile(path)));

/** Cells one by one, with their VA. */
function cellsOf({ rows, cellBytes }: MapPicture): (PictureCells & { va: number })[] {
  return rows.flatMap((row) => {
    let va = row.va;
    return row.cells.flatMap((cells) =>
      Array.from({ length: cells.count }, () => {
        const cell = { ...cells, va };
        va += cellBytes;
        return cell;
      }),
    );
  });
}

test('every cell holds what its pages hold', () => {
  fc.assert(
    fc.property(inspectedMap, (map) => {
      const drawn = picture(map);
      const pages = [...pagesOf(map).values()];
      for (const { va, bytes, readOnlyBytes, invalidBytes } of cellsOf(drawn)) {
        const inside = pages.filter((page) => page.va >= va && page.va < va + drawn.cellBytes);
        for (const [name, size] of Object.entries(bytes)) {
          expect(size).toBe(inside.filter((page) => leafNameOf(page) === name).length * PAGE);
        }
        expect(readOnlyBytes).toBe(
          inside.filter((page) => (page.attributes & READ_ONLY) !== 0n).length * PAGE,
        );
        expect(invalidBytes).toBe(inside.filter((page) => (page.attributes & VALID) === 0n).length * PAGE);
      }
      const total = cellsOf(drawn).reduce(
        (sum, { bytes }) => sum + Object.values(bytes).reduce((a, b) => a + b),
        0,
      );
      expect(total).toBe(pages.length * PAGE);
    }),
    { numRuns: 25 },
  );
});

const terabytes = (banks: readonly (readonly [start: number, size: number])[], level: number): LinearMap => ({
  granule: 4096,
  vaBits: 48,
  rootLevel: 0,
  leaves: banks.map(([start, size]) => ({
    level,
    va: -(2 ** 48) + start,
    pa: start,
    count: size / (level === 3 ? PAGE : 2 ** 30),
    attributes: level === 3 ? 0xe8000000000707n : 0xe8000000000705n,
  })),
  tables: [],
});
const TIB = 2 ** 40;

describe('rows and cells', () => {
  test.each<[string, LinearMap, cellBytes: number, rows: number]>([
    ['2 GiB', readMap(capturedFile('4k-bbml2/boot.map.json')), 2 ** 21, 16],
    ['256 GiB', terabytes([[0, 2 ** 38]], 3), 2 ** 22, 256],
    [
      '6 TiB in banks',
      terabytes(
        [
          [0, 1.5 * TIB],
          [4 * TIB, 4.5 * TIB],
        ],
        1,
      ),
      2 ** 27,
      192,
    ],
  ])('%s', (_, map, cellBytes, rows) => {
    const drawn = picture(map);
    expect(drawn.cellBytes).toBe(cellBytes);
    expect(drawn.rows).toHaveLength(rows);
    expect(drawn.rows.length * drawn.rowCells).toBeLessThanOrEqual(2 ** 16);
    for (const row of drawn.rows) {
      expect(row.cells.reduce((sum, { count }) => sum + count, 0)).toBe(drawn.rowCells);
      expect(Math.abs(row.va % (drawn.rowCells * cellBytes))).toBe(0);
    }
  });

  test('holes of whole rows are left out, and their size is said', () => {
    const drawn = picture(
      terabytes(
        [
          [0, TIB],
          [4 * TIB, TIB],
        ],
        3,
      ),
    );
    expect(drawn.rows.map(({ skippedBytes }) => skippedBytes).filter((bytes) => bytes > 0)).toEqual([
      3 * TIB,
    ]);
    const words = drawMap(drawn).shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    expect(words).toContain('3 TiB without anything mapped');
  });

  test('small parts are drawn in smaller cells', () => {
    const page = terabytes([[0, 2 ** 20]], 3);
    expect(picture(page).cellBytes).toBe(PAGE);
  });

  test('rows of one kind are one run of cells', () => {
    for (const { cells } of picture(terabytes([[0, 6 * TIB]], 3)).rows) expect(cells).toHaveLength(1);
  });
});

describe('the title says what there is to see', () => {
  test.each<[string, string]>([
    [
      '4k-bbml2/load-small/after.map.json',
      'All but 24 MiB of 2 GiB is in 2M blocks and larger; 3.625 MiB in 4K pages',
    ],
    ['4k-pages/boot.map.json.gz', 'All of 2 GiB is in 4K pages'],
    ['4k-asym-boot/boot.map.json.gz', '98 % of 2 GiB is in 4K pages; 34 MiB in 2M blocks and larger'],
    [
      '4k-bbml2-fuzz/fuzz-ranges/after.map.json.gz',
      '79 % of 2 GiB is in 2M blocks and larger; 31.813 MiB in 4K pages',
    ],
  ])('%s', (path, title) => {
    expect(captured(path).title).toBe(title);
  });

  test('of contiguous groups alone', () => {
    const bank = (level: number, attributes: bigint) => {
      const map = terabytes([[0, 2 ** 30]], level);
      return picture({ ...map, leaves: map.leaves.map((run) => ({ ...run, attributes })) }).title;
    };
    expect(bank(3, 0xf8000000000707n)).toBe('All of 1 GiB is in 64K contiguous pages');
    expect(bank(1, 0xe8000000000705n)).toBe('All of 1 GiB is in 1G blocks');
  });

  test('of nothing', () => {
    const empty = { ...terabytes([], 3) };
    expect(picture(empty)).toMatchObject({ title: 'Nothing is mapped', rows: [], legend: [] });
    expect(drawMap(picture(empty)).height).toBeGreaterThan(0);
  });
});

test('addresses that are not known are not drawn', () => {
  const map = readMap(capturedFile('4k-bbml2/boot.map.json'));
  const drawing = drawMap(mapPicture(map, bits, { name: 'a dump', showsPhysical: false }));
  const words = drawing.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
  expect(words).toContain('0xffff000000000000');
  expect(words).not.toContain('PA');
  expect(words).not.toContain('0x40000000');
});

describe('as files', () => {
  const drawing = drawMap(captured('4k-bbml2/kfence-late/on.map.json.gz'));

  test('SVG: one element a shape, text escaped', () => {
    const svg = svgOf(drawing, 'a <b> & c');
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg).toContain('<title>a &lt;b&gt; &amp; c</title>');
    const elements = svg.match(/<(rect|path|text) /g) ?? [];
    expect(elements).toHaveLength(drawing.shapes.length);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('PNG: twice the size of the drawing, and it is drawn on', async () => {
    const png = Buffer.from(await pngOf(drawing));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * drawing.width, 2 * drawing.height]);
    const blank = await pngOf({ ...drawing, shapes: drawing.shapes.slice(0, 1) });
    expect(png.length).toBeGreaterThan(2 * blank.length);
  });

  test('shapes lie inside the drawing', () => {
    for (const shape of drawing.shapes) {
      if (shape.kind !== 'rect') continue;
      expect(shape.x + shape.width).toBeLessThanOrEqual(drawing.width);
      expect(shape.y + shape.height).toBeLessThanOrEqual(drawing.height);
    }
  });
});
