import { type Address, formatAddress } from '../io/address.js';
import { type LinearMap, levelSize, normalise, requireSameGeometry } from './linear-map.js';
import { servesOnlyLinearMap } from './root-span.js';
import type { Span } from './span.js';
import { sweep } from './sweep.js';

/** One descriptor that two maps do not have alike. */
export interface Difference {
  va: string;
  level: number;
  /** `leaf 0xe8000000000707 pa 0x40000000` or `table 0x1800000000000403`; null where there is none. */
  expected: string | null;
  actual: string | null;
}

export interface Comparison {
  /** Descriptors in which the maps differ, each level and VA counted once. */
  differenceCount: number;
  /** The first of them, by VA, then level. */
  differences: Difference[];
}

interface CompareOptions {
  /** Differences to list. Default 20. */
  limit?: number;
  /** End of the linear map. Default: as the kernel lays it out. */
  pageEnd?: Address;
}

/** Descriptors of one level in a row: leaves, or a single table. */
interface Stretch extends Span {
  attributes: bigint;
  /** PA - VA of leaves; null for a table. */
  offset: number | null;
}

/**
 * Compares two maps descriptor by descriptor: every leaf by level, VA, PA and attributes, every
 * table descriptor by level, VA and attributes. A root descriptor that does not serve the linear
 * map alone counts only where both maps list it. Takes time by runs, not by descriptors.
 * @throws RangeError where the maps have different geometry and so nothing to compare.
 */
export function compareMaps(
  expected: LinearMap,
  actual: LinearMap,
  { limit = 20, pageEnd }: CompareOptions = {},
): Comparison {
  requireSameGeometry(expected, actual);
  const wanted = normalise(withoutUnsharedRoots(expected, actual, pageEnd));
  const found = normalise(withoutUnsharedRoots(actual, expected, pageEnd));
  const collected: (Difference & { at: Address })[] = [];
  let differenceCount = 0;
  for (let level = expected.rootLevel; level <= 3; level++) {
    const size = levelSize(expected.granule, level);
    let listed = 0;
    sweep(stretchesOf(wanted, level), stretchesOf(found, level), (start, end, want, have) => {
      if (alike(want, have)) return;
      differenceCount += (end - start) / size;
      for (let va = start; va < end && listed < limit; va += size, listed++) {
        collected.push({
          at: va,
          va: formatAddress(va),
          level,
          expected: text(want, va),
          actual: text(have, va),
        });
      }
    });
  }
  // The sort is stable, so levels stay ascending at one address.
  collected.sort((a, b) => a.at - b.at);
  const differences = collected.slice(0, limit).map(({ at, ...difference }) => difference);
  return { differenceCount, differences };
}

function withoutUnsharedRoots(map: LinearMap, other: LinearMap, pageEnd: Address | undefined): LinearMap {
  const tables = map.tables.filter(
    (table) =>
      servesOnlyLinearMap(map, table, pageEnd) ||
      other.tables.some(({ level, va }) => level === table.level && va === table.va),
  );
  return { ...map, tables };
}

function stretchesOf(map: LinearMap, level: number): Stretch[] {
  const size = levelSize(map.granule, level);
  const leaves = map.leaves
    .filter((run) => run.level === level)
    .map(({ va, pa, count, attributes }) => ({ va, end: va + count * size, attributes, offset: pa - va }));
  const tables = map.tables
    .filter((table) => table.level === level)
    .map(({ va, attributes }) => ({ va, end: va + size, attributes, offset: null }));
  return [...leaves, ...tables].sort((a, b) => a.va - b.va);
}

function alike(want: Stretch | undefined, have: Stretch | undefined): boolean {
  return want?.attributes === have?.attributes && want?.offset === have?.offset;
}

function text(stretch: Stretch | undefined, va: Address): string | null {
  if (stretch === undefined) return null;
  const attributes = `0x${stretch.attributes.toString(16)}`;
  if (stretch.offset === null) return `table ${attributes}`;
  return `leaf ${attributes} pa ${formatAddress(va + stretch.offset)}`;
}
