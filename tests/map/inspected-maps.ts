// Maps with every kind of attribute, and the slow way to look at them: page by page.
import fc from 'fast-check';
import type { LeafRun, LinearMap } from '../../src/map/linear-map.js';
import { sampleMap } from './sample-maps.js';

export const PAGE = 4096;
const LEVEL_SIZE = [2 ** 39, 2 ** 30, 2 ** 21, 2 ** 12];

export const VALID = 1n;
export const USER = 1n << 6n;
export const READ_ONLY = 1n << 7n;
export const ACCESS = 1n << 10n;
export const BIT_11 = 1n << 11n;
export const WRITE = 1n << 51n;
export const CONTIGUOUS = 1n << 52n;
export const PXN = 1n << 53n;
export const UXN = 1n << 54n;
export const TABLE_PXN = 1n << 59n;

/** Descriptors of a kernel, pages; blocks are the same less bit 1. */
const KINDS = [
  0xe8000000000707n,
  0xe8000000000707n,
  0xf8000000000707n,
  0xf8000000000707n,
  0xe0000000000787n,
  0xf0000000000787n,
  0xe8000000000f06n,
  0xc8000000000707n,
  0xc0000000000787n,
  0xc8000000000f06n,
];

/** A sample map whose leaves have the attributes of a kernel after some changes, tables with and without PXN. */
export const inspectedMap: fc.Arbitrary<LinearMap> = sampleMap.chain((map) =>
  fc
    .tuple(
      fc.array(fc.constantFrom(...KINDS), { minLength: map.leaves.length, maxLength: map.leaves.length }),
      fc.array(fc.boolean(), { minLength: map.tables.length, maxLength: map.tables.length }),
    )
    .map(([kinds, pxn]) => ({
      ...map,
      leaves: map.leaves.map((run, at) => ({
        ...run,
        attributes: run.level === 3 ? (kinds[at] ?? 0n) : (kinds[at] ?? 0n) & ~2n,
      })),
      tables: map.tables.map((table, at) => ({
        ...table,
        attributes: pxn[at] ? table.attributes | TABLE_PXN : table.attributes & ~TABLE_PXN,
      })),
    })),
);

export interface Page {
  va: number;
  pa: number;
  level: number;
  attributes: bigint;
  /** PXN of a table above. */
  tablePxn: boolean;
}

/** Every mapped 4 KiB by itself. */
export function pagesOf(map: LinearMap): Map<number, Page> {
  const pages = new Map<number, Page>();
  for (const { level, va, pa, count, attributes } of map.leaves) {
    const bytes = count * (LEVEL_SIZE[level] ?? 0);
    for (let at = 0; at < bytes; at += PAGE) {
      const address = va + at;
      const tablePxn = map.tables.some(
        (table) =>
          (table.attributes & TABLE_PXN) !== 0n &&
          table.va <= address &&
          address < table.va + (LEVEL_SIZE[table.level] ?? 0),
      );
      pages.set(address, { va: address, pa: pa + at, level, attributes, tablePxn });
    }
  }
  return pages;
}

export function leafNameOf({ level, attributes }: Pick<LeafRun, 'level' | 'attributes'>): string {
  const contiguous = (attributes & CONTIGUOUS) !== 0n;
  if (level === 3) return contiguous ? 'pteCont' : 'pte';
  if (level === 2) return contiguous ? 'pmdCont' : 'pmd';
  return 'pud';
}
