import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Core } from '../../src/core/core.js';
import { normalise } from '../../src/map/linear-map.js';
import { mapChanges } from '../../src/map/map-changes.js';
import { readMap } from '../../src/map/map-file.js';
import { bytesOf } from '../../src/map/span.js';
import { capturedFile } from './captured-files.js';
import {
  BIT_11,
  CONTIGUOUS,
  inspectedMap,
  leafNameOf,
  PAGE,
  type Page,
  PXN,
  pagesOf,
  READ_ONLY,
  VALID,
  WRITE,
} from './inspected-maps.js';

const { bits } = new Core();
const captured = (path: string) => readMap(capturedFile(path));
const SIZES = ['pte', 'pteCont', 'pmd', 'pmdCont', 'pud'];

/** What one page's change is called, said once more without sharing anything. */
function kindsOf(was: Page | undefined, is: Page | undefined): string[] {
  if (!was) return ['mapped'];
  if (!is) return ['unmapped'];
  const kinds: string[] = [];
  if (was.pa !== is.pa) kinds.push('translation');
  const differ = (mask: bigint) => (was.attributes & mask) !== (is.attributes & mask);
  if (differ(VALID) || differ(READ_ONLY) || differ(PXN)) kinds.push('permission');
  let others = ~(VALID | READ_ONLY | PXN | CONTIGUOUS | 3n);
  if (differ(READ_ONLY)) others &= ~WRITE;
  if (differ(VALID)) others &= ~BIT_11;
  if (differ(others)) kinds.push('attributes');
  const step = SIZES.indexOf(leafNameOf(is)) - SIZES.indexOf(leafNameOf(was));
  if (step < 0) kinds.push('finer');
  if (step > 0) kinds.push('coarser');
  return kinds;
}

test('bytes by kind are those of every page by itself', () => {
  fc.assert(
    fc.property(inspectedMap, inspectedMap, (before, after) => {
      const [was, is] = [pagesOf(before), pagesOf(after)];
      const bytes: Record<string, number> = {};
      for (const va of new Set([...was.keys(), ...is.keys()])) {
        for (const kind of kindsOf(was.get(va), is.get(va))) bytes[kind] = (bytes[kind] ?? 0) + PAGE;
      }
      const changes = mapChanges(normalise(before), normalise(after), bits);
      const found = Object.fromEntries(Object.entries(changes.bytes).filter(([, size]) => size > 0));
      expect(found).toEqual(bytes);
      for (const kind of Object.keys(bytes)) {
        const those = changes.changes.filter(({ kinds }) => kinds.includes(kind as 'mapped'));
        expect(bytesOf(those)).toBe(bytes[kind]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a map has not changed against itself', () => {
  const map = captured('4k-bbml2/load-small/after.map.json');
  const { changes, tablesAdded, tablesRemoved, bytes } = mapChanges(map, map, bits);
  expect({ changes, tablesAdded, tablesRemoved }).toEqual({ changes: [], tablesAdded: 0, tablesRemoved: 0 });
  expect(Object.values(bytes).every((size) => size === 0)).toBe(true);
});

describe('a module load', () => {
  const before = captured('4k-bbml2/load-small/before.map.json');
  const after = captured('4k-bbml2/load-small/after.map.json');

  test('splits, protects and makes seven tables', () => {
    const { bytes, tablesAdded, tablesRemoved } = mapChanges(before, after, bits);
    expect({ tablesAdded, tablesRemoved }).toEqual({ tablesAdded: 7, tablesRemoved: 0 });
    expect(bytes).toMatchObject({ mapped: 0, unmapped: 0, translation: 0, attributes: 0, coarser: 0 });
    expect(bytes.permission).toBe(436 * 1024);
  });

  test('the other way round everything is coarser', () => {
    const there = mapChanges(before, after, bits);
    const back = mapChanges(after, before, bits);
    expect(back.bytes).toEqual({ ...there.bytes, finer: 0, coarser: there.bytes.finer });
    expect(back.tablesRemoved).toBe(7);
  });
});

test('terabytes of pages take no time', () => {
  const pages = (attributes: bigint) => ({
    granule: 4096 as const,
    vaBits: 48,
    rootLevel: 0,
    leaves: [{ level: 3, va: -(2 ** 48), pa: 0, count: 2 ** 34, attributes }],
    tables: [],
  });
  const { changes, bytes } = mapChanges(pages(0xe8000000000707n), pages(0xe0000000000787n), bits);
  expect(changes).toHaveLength(1);
  expect(bytes.permission).toBe(2 ** 46);
});

test('maps of different geometry cannot be compared', () => {
  const map = captured('4k-bbml2/boot.map.json');
  expect(() => mapChanges(map, captured('16k-bbml2/boot.map.json'), bits)).toThrow(RangeError);
});
