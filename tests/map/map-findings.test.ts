import { expect, test } from 'vitest';
import { Core } from '../../src/core/core.js';
import { inspectMap } from '../../src/map/inspection.js';
import type { LinearMap } from '../../src/map/linear-map.js';
import { ACCESS, PAGE, PXN, READ_ONLY, TABLE_PXN, USER, UXN, VALID } from './inspected-maps.js';

const core = new Core();
const va = -(2 ** 48);
const page = 0xe8000000000707n;
const table = (level: number, attributes = 0x1800000000000403n) => ({ level, va, attributes });
/** 512 pages of which the first has other attributes; with `page` for it nothing is odd. */
const withFirst = (attributes: bigint, change: Partial<LinearMap> = {}): LinearMap => ({
  granule: 4096,
  vaBits: 48,
  rootLevel: 0,
  leaves: [
    { level: 3, va, pa: 0x40000000, count: 1, attributes },
    { level: 3, va: va + PAGE, pa: 0x40001000, count: 511, attributes: page },
  ],
  tables: [table(0), table(1), table(2)],
  ...change,
});
const found = (map: LinearMap, machine?: Parameters<typeof inspectMap>[2]) =>
  inspectMap(core, map, machine).findings.map(({ kind, va: at, end }) => [kind, at - va, end - at]);

test('none where nothing is odd', () => {
  expect(found(withFirst(page))).toEqual([]);
});

test.each<[string, bigint, string]>([
  ['PXN clear under a table that has it', page & ~PXN, 'writable-executable-leaf'],
  ['AP[1]', page | USER, 'user-access'],
  ['UXN clear', page & ~UXN, 'user-executable'],
  ['Device-nGnRE', (page & ~0x1cn) | 0x10n, 'memory-type'],
  ['Normal-NC', (page & ~0x1cn) | 0x8n, 'memory-type'],
  ['AF clear', page & ~ACCESS, 'access-flag'],
  ['read-only, DBM kept', page | READ_ONLY, 'read-only-dbm'],
  ['nG alone', page | (1n << 11n), 'mixed-global'],
  ['zero in bits 0 and 11', page & ~VALID, 'invalid-not-present'],
  ['one contiguous bit', page | (1n << 52n), 'contiguous-incomplete'],
])('%s', (_, attributes, kind) => {
  const bytes = kind === 'contiguous-incomplete' ? 65536 : PAGE;
  expect(found(withFirst(attributes))).toEqual([[kind, 0, bytes]]);
});

test('writable and executable where no table forbids it', () => {
  const tables = [table(0), table(1), table(2)].map((one) => ({
    ...one,
    attributes: one.attributes & ~TABLE_PXN,
  }));
  expect(found(withFirst(page & ~PXN, { tables }))).toEqual([['writable-executable', 0, PAGE]]);
  expect(found(withFirst((page & ~PXN) | READ_ONLY, { tables })).map(([kind]) => kind)).not.toContain(
    'writable-executable',
  );
});

test('a source that does not show tables is judged by its leaves', () => {
  expect(found(withFirst(page & ~PXN), { leavesOnly: true })).toEqual([['writable-executable', 0, PAGE]]);
});

test('a leaf above PAGE_END, of which nothing can be folded', () => {
  const top = -(2 ** 21);
  const leaves = [{ level: 3, va: top, pa: 0, count: 512, attributes: page }];
  const tables = [
    { ...table(0), va: -(2 ** 39) },
    { ...table(1), va: -(2 ** 30) },
    { ...table(2), va: top },
  ];
  const { findings, regions } = inspectMap(core, withFirst(page, { leaves, tables }));
  expect(findings).toEqual([{ kind: 'outside-linear-map', va: top, end: 0, text: 'mapped above PAGE_END' }]);
  expect(regions).toMatchObject([{ tables: 2, foldableBytes: 0, foldableTables: 0 }]);
});

test('a table without entries', () => {
  const tables = [
    table(0),
    table(1),
    table(2),
    { level: 2, va: va + 2 ** 21, attributes: 0x1800000000000403n },
  ];
  expect(found(withFirst(page, { tables }))).toEqual([['empty-table', 2 ** 21, 2 ** 21]]);
});

test('groups: mixed attributes, output addresses apart or misaligned, and one that is whole', () => {
  const cont = page | (1n << 52n);
  const readOnly = 0xf0000000000787n;
  const run = (index: number, count: number, pa: number, attributes: bigint) => ({
    level: 3,
    va: va + index * PAGE,
    pa,
    count,
    attributes,
  });
  const map = (leaves: LinearMap['leaves']) => withFirst(page, { leaves });
  const P = 0x40000000;
  expect(found(map([run(0, 16, P, cont)]))).toEqual([]);
  expect(found(map([run(0, 8, P, cont), run(8, 8, P + 8 * PAGE, readOnly)]))).toEqual([
    ['contiguous-mixed', 0, 65536],
  ]);
  expect(found(map([run(0, 16, P + 8 * PAGE, cont)]))).toEqual([['contiguous-misaligned', 0, 65536]]);
  const scattered = found(map([run(0, 8, P, cont), run(8, 8, P + 0x100000 + 8 * PAGE, cont)]));
  expect(scattered).toContainEqual(['contiguous-scattered', 0, 65536]);
  const misalignedFirst = found(map([run(0, 8, P + 8 * PAGE, cont), run(8, 8, P + 8 * PAGE, cont)]));
  expect(misalignedFirst).toContainEqual(['contiguous-scattered', 0, 65536]);
});

test('what the machine tells: banks and pages that must be pages', () => {
  const machine = {
    offset: 0x40000000 - va,
    memory: [
      { va, end: va + 2 ** 20 },
      { va: va + 2 ** 22, end: va + 2 ** 22 + 2 ** 16 },
    ],
    pagesOnly: [{ va, end: va + 65536, why: "KFENCE's pool" }],
    pool: { va, end: va + 65536 },
  };
  const leaves = [{ level: 3, va, pa: 0x40000000, count: 512, attributes: page | (1n << 52n) }];
  expect(found(withFirst(page, { leaves }), { machine })).toEqual([
    ['outside-memory', 2 ** 20, 2 ** 20],
    ['memory-unmapped', 2 ** 22, 2 ** 16],
    ['block-for-pages', 0, 65536],
  ]);
  const elsewhere = {
    ...machine,
    offset: machine.offset + 2 ** 21,
    memory: [{ va, end: va + 2 ** 21 }],
    pagesOnly: [],
  };
  expect(found(withFirst(page), { machine: elsewhere })).toEqual([['output-address', 0, 2 ** 21]]);
});
