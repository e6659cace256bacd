import { describe, expect, test } from 'vitest';
import { compareMaps } from '../../src/map/compare.js';
import { type Explanation, explainDifferences } from '../../src/map/explain.js';
import type { Bits } from '../../src/map/leaf-change.js';
import type { LeafRun, LinearMap, TableDescriptor } from '../../src/map/linear-map.js';
import { readMap } from '../../src/map/map-file.js';
import { capturedFile } from './captured-files.js';

const bits: Bits = {
  valid: 1n,
  presentInvalid: 1n << 11n,
  readOnly: 1n << 7n,
  write: 1n << 51n,
  contiguous: 1n << 52n,
  typeMask: 3n,
};

const VA = -(2 ** 48);
const PA = 2 ** 30;
const BLOCK = 2 ** 21;
const table = (level: number, va: number, attributes = 0x1800000000000403n): TableDescriptor => ({
  level,
  va,
  attributes,
});
/** A run `offset` bytes into the map. */
const run = (level: number, offset: number, count: number, attributes: bigint): LeafRun => ({
  level,
  va: VA + offset,
  pa: PA + offset,
  count,
  attributes,
});
const mapOf = (leaves: LeafRun[], tables: TableDescriptor[] = []): LinearMap => ({
  granule: 4096,
  vaBits: 48,
  rootLevel: 0,
  leaves,
  tables: [table(0, VA), table(1, VA), ...tables],
});

const contBlock = 0xf8000000000705n;
const block = 0xe8000000000705n;
const contPage = 0xf8000000000707n;
const page = 0xe8000000000707n;
const readOnlyPage = 0xe0000000000787n;
const invalidPage = 0xe8000000000f06n;

/** 32 MiB of contiguous PMD blocks. */
const built = mapOf([run(2, 0, 16, contBlock)]);

/** Its first block split to a table, of which `pages` come first; the group is a group no more. */
const splitWith = (pages: LeafRun[], rest: LeafRun[] = [run(2, BLOCK, 15, block)]) =>
  mapOf([...pages, ...rest], [table(2, VA)]);

const explain = (captured: LinearMap): Explanation => explainDifferences(built, captured, bits);

test('equal maps need no explanation', () => {
  expect(explain(built)).toEqual({ explained: 0, unexplained: 0, findings: [] });
});

test('one page made read-only: the split and the change', () => {
  const captured = splitWith([
    run(3, 0, 1, readOnlyPage),
    run(3, 4096, 15, page),
    run(3, 65536, 496, contPage),
  ]);
  expect(explain(captured)).toEqual({
    // 512 page descriptors, 15 blocks without the contiguous bit, 1 table.
    explained: 512 + 15 + 1,
    unexplained: 0,
    findings: [
      {
        va: '0xffff000000000000',
        bytes: 4096,
        kind: 'read-only',
        text: 'contiguous PMD blocks to pages, read-only',
      },
      {
        va: '0xffff000000001000',
        bytes: 15 * 4096,
        kind: 'finer leaves',
        text: 'contiguous PMD blocks to pages',
      },
      {
        va: '0xffff000000010000',
        bytes: BLOCK - 65536,
        kind: 'finer leaves',
        text: 'contiguous PMD blocks to contiguous pages',
      },
      {
        va: '0xffff000000200000',
        bytes: 15 * BLOCK,
        kind: 'finer leaves',
        text: 'contiguous PMD blocks to PMD blocks',
      },
    ],
  });
});

test('a whole leaf changed needs no split', () => {
  const captured = mapOf([run(2, 0, 16, 0xf0000000000785n)]);
  expect(explain(captured)).toMatchObject({
    explained: 16,
    unexplained: 0,
    findings: [{ bytes: 16 * BLOCK, kind: 'read-only', text: 'contiguous PMD blocks, read-only' }],
  });
});

test('invalid leaves, read-only or not, blocks or pages', () => {
  const captured = splitWith(
    [run(3, 0, 16, invalidPage), run(3, 65536, 16, 0xe0000000000f86n), run(3, 2 * 65536, 480, contPage)],
    [run(2, BLOCK, 1, 0xe8000000000f04n), run(2, 2 * BLOCK, 14, block)],
  );
  const { unexplained, findings } = explain(captured);
  expect(unexplained).toBe(0);
  expect(findings.filter(({ kind }) => kind === 'invalid')).toEqual([
    {
      va: '0xffff000000000000',
      bytes: 65536,
      kind: 'invalid',
      text: 'contiguous PMD blocks to pages, invalid',
    },
    {
      va: '0xffff000000010000',
      bytes: 65536,
      kind: 'invalid',
      text: 'contiguous PMD blocks to pages, read-only and invalid',
    },
    {
      va: '0xffff000000200000',
      bytes: BLOCK,
      kind: 'invalid',
      text: 'contiguous PMD blocks to PMD blocks, invalid',
    },
  ]);
});

test('with nG mappings bit 11 is set before and after', () => {
  const nonGlobal = mapOf([run(3, 0, 1, page | bits.presentInvalid)], [table(2, VA)]);
  const captured = mapOf([run(3, 0, 1, invalidPage)], [table(2, VA)]);
  expect(explainDifferences(nonGlobal, captured, bits)).toMatchObject({ explained: 1, unexplained: 0 });
});

test('findings with something between them stay apart', () => {
  const before = mapOf([run(3, 0, 3, page)], [table(2, VA)]);
  const after = mapOf(
    [run(3, 0, 1, readOnlyPage), run(3, 4096, 1, page), run(3, 8192, 1, readOnlyPage)],
    [table(2, VA)],
  );
  expect(explainDifferences(before, after, bits).findings).toEqual([
    { va: '0xffff000000000000', bytes: 4096, kind: 'read-only', text: 'pages, read-only' },
    { va: '0xffff000000002000', bytes: 4096, kind: 'read-only', text: 'pages, read-only' },
  ]);
});

describe('what permission changes do not do', () => {
  const pagesAfter = (first: LeafRun) => splitWith([first, run(3, 4096, 511, page)]);

  test.each<[string, LeafRun, string]>([
    ['another PA', { ...run(3, 0, 1, page), pa: 0 }, 'pa 0x40000000 in the built map, 0x0 here'],
    [
      'writable and read-only at once',
      run(3, 0, 1, page | bits.readOnly),
      'leaf 0xf8000000000705 in the built map',
    ],
    ['neither', run(3, 0, 1, page & ~bits.write), '0xe0000000000707 here'],
    ['zeroed bit 0', run(3, 0, 1, page & ~bits.valid), 'leaf 0xf8000000000705 in the built map'],
    ['another memory type', run(3, 0, 1, page & ~4n), '0xe8000000000703 here'],
    ['executable', run(3, 0, 1, page & ~(1n << 53n)), '0xc8000000000707 here'],
    ['nG', run(3, 0, 1, page | bits.presentInvalid), '0xe8000000000f07 here'],
    ['a block at page level', run(3, 0, 1, block), 'contiguous PMD blocks in the built map, pages here'],
  ])('%s', (_, first, text) => {
    const { unexplained, findings } = explain(pagesAfter(first));
    expect(unexplained).toBe(1);
    expect(findings[0]).toMatchObject({ va: '0xffff000000000000', bytes: 4096, kind: 'unexplained' });
    expect(findings[0]?.text).toContain(text);
  });

  test('read-only made writable, invalid made valid', () => {
    const before = mapOf([run(3, 0, 1, readOnlyPage), run(3, 4096, 1, invalidPage)], [table(2, VA)]);
    const after = mapOf([run(3, 0, 2, page)], [table(2, VA)]);
    expect(explainDifferences(before, after, bits)).toMatchObject({ explained: 0, unexplained: 2 });
  });

  test('coarser leaves: contiguous again, a block of pages, a block over two runs', () => {
    const pages = mapOf([run(3, 0, 512, page)], [table(2, VA)]);
    const grouped = mapOf([run(3, 0, 512, contPage)], [table(2, VA)]);
    expect(explainDifferences(pages, grouped, bits)).toMatchObject({ explained: 0, unexplained: 512 });
    const oneBlock = mapOf([run(2, 0, 1, block)]);
    expect(explainDifferences(pages, oneBlock, bits).unexplained).toBe(2);
    const twoRuns = mapOf([run(3, 0, 256, page), run(3, BLOCK / 2, 256, readOnlyPage)], [table(2, VA)]);
    expect(explainDifferences(twoRuns, oneBlock, bits).findings).toContainEqual({
      va: '0xffff000000000000',
      bytes: BLOCK,
      kind: 'unexplained',
      text: 'pages in the built map, PMD blocks here',
    });
  });

  test('memory that only one map has', () => {
    expect(explain(mapOf([run(2, 0, 15, contBlock)]))).toEqual({
      explained: 0,
      unexplained: 1,
      findings: [
        {
          va: '0xffff000001e00000',
          bytes: BLOCK,
          kind: 'unexplained',
          text: 'contiguous PMD blocks in the built map, nothing here',
        },
      ],
    });
    expect(explain(mapOf([run(2, 0, 18, contBlock)]))).toMatchObject({
      explained: 0,
      unexplained: 2,
      findings: [{ va: '0xffff000002000000', bytes: 2 * BLOCK, kind: 'unexplained' }],
    });
  });

  test('a table above leaves that the built map has without it', () => {
    const without = mapOf([run(3, 0, 512, page)]);
    const withTable = mapOf([run(3, 0, 512, page)], [table(2, VA)]);
    expect(explainDifferences(without, withTable, bits)).toMatchObject({ explained: 0, unexplained: 1 });
  });

  test('tables that changed, vanished, or came where no leaf was', () => {
    const other = mapOf(built.leaves);
    other.tables = [table(0, VA, 0x1000000000000403n), table(1, VA + 2 ** 30)];
    const { explained, unexplained, findings } = explain(other);
    expect({ explained, unexplained }).toEqual({ explained: 0, unexplained: 3 });
    expect(findings.map(({ text }) => text)).toEqual([
      'table 0x1800000000000403 in the built map, 0x1000000000000403 here',
      'a table in the built map, none here',
      'a table where the built map has nothing',
    ]);
  });
});

describe('captured scenarios, seen from the map after boot', () => {
  test.each([
    ['4k-bbml2/boot.map.json', '4k-bbml2/load-small/after.map.json', 'read-only'],
    ['4k-bbml2/boot.map.json', '4k-bbml2/secretmem/held.map.json', 'invalid'],
    ['4k-pages/boot.map.json.gz', '4k-pages/secretmem/held.map.json.gz', 'invalid'],
    ['16k-bbml2/boot.map.json', '16k-bbml2/load-small/after.map.json', 'read-only'],
    ['64k48-bbml2/boot.map.json', '64k48-bbml2/secretmem/held.map.json', 'invalid'],
  ])('%s, %s', (from, to, kind) => {
    const before = readMap(capturedFile(from));
    const after = readMap(capturedFile(to));
    const { explained, unexplained, findings } = explainDifferences(before, after, bits);
    expect(unexplained).toBe(0);
    expect(explained).toBe(compareMaps(before, after).differenceCount);
    expect(findings.map((finding) => finding.kind)).toContain(kind);
  });

  test('a boot seen backwards is not explained', () => {
    const after = readMap(capturedFile('4k-bbml2-boot/boot/4-before-rodata-read-only.map.json'));
    const before = readMap(capturedFile('4k-bbml2-boot/boot/3-before-text-read-only.map.json'));
    const { explained, unexplained } = explainDifferences(after, before, bits);
    expect(explained).toBe(0);
    expect(unexplained).toBeGreaterThan(0);
  });
});
