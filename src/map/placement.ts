import { formatAddress } from '../io/address.js';
import type { WrongValue } from '../io/json.js';
import type { JsonPath } from '../io/json-place.js';
import { formatSize } from '../io/size.js';
import { pageOffsetOf, vaBitsOf } from '../machine/va-layout.js';
import { type LinearMap, levelSize, rootLevelOf, runEnd } from './linear-map.js';

/** The first descriptor that cannot be where the map has it; null if all can. */
export function findMisplaced(map: LinearMap): WrongValue | null {
  const rows = vaBitsOf(map.granule);
  if (!rows.includes(map.vaBits))
    return at(['vaBits'], `one of ${rows.join(', ')} for granule ${map.granule}`);
  const rootLevel = rootLevelOf(map.granule, map.vaBits);
  if (map.rootLevel !== rootLevel) return { path: ['rootLevel'], expected: `${rootLevel}` };
  return findBadLeaf(map) ?? findBadTable(map) ?? findOverlap(map);
}

function findBadLeaf(map: LinearMap): WrongValue | null {
  const { granule, vaBits } = map;
  for (const [index, run] of map.leaves.entries()) {
    const column = (position: number, expected: string) => at(['leaves', index, position], expected);
    // No kernel has blocks above level 1 (map_mem() tries PUD, PMD and PTE).
    const first = Math.max(1, map.rootLevel);
    if (run.level < first || run.level > 3) return column(0, `a level from ${first} to 3`);
    const size = levelSize(granule, run.level);
    const aligned = `a multiple of ${formatSize(size)}`;
    if (run.va < pageOffsetOf(vaBits) || run.va >= 0)
      return column(1, `an address in the top 2^${vaBits} bytes`);
    if (run.va % size !== 0) return column(1, aligned);
    if (run.pa < 0 || run.pa % size !== 0) return column(2, `a physical address, ${aligned}`);
    if (runEnd(run, granule) > 0 || run.pa + run.count * size > 2 ** 52) {
      return column(3, 'a run that ends inside the address space');
    }
  }
  return null;
}

function findBadTable(map: LinearMap): WrongValue | null {
  for (const [index, table] of map.tables.entries()) {
    const path = ['tables', index];
    if (table.level < map.rootLevel || table.level > 2) {
      return at([...path, 0], `a level from ${map.rootLevel} to 2`);
    }
    const size = levelSize(map.granule, table.level);
    if (table.va % size !== 0) return at([...path, 1], `a multiple of ${formatSize(size)}`);
    if (table.va < pageOffsetOf(map.vaBits) || table.va >= 0) {
      return at([...path, 1], `an address in the top 2^${map.vaBits} bytes`);
    }
  }
  return null;
}

/** One VA has one leaf, and no table at the leaf's level or below it. */
function findOverlap(map: LinearMap): WrongValue | null {
  const leaves = map.leaves
    .map((run, index) => ({ level: run.level, va: run.va, end: runEnd(run, map.granule), index }))
    .sort((a, b) => a.va - b.va);
  for (const [position, leaf] of leaves.entries()) {
    const before = leaves[position - 1];
    if (before && before.end > leaf.va) {
      return at(['leaves', leaf.index, 1], `no overlap with the leaves to ${formatAddress(before.end)}`);
    }
  }
  return findTableConflict(map, leaves);
}

function findTableConflict(
  map: LinearMap,
  leaves: readonly { level: number; va: number; end: number }[],
): WrongValue | null {
  const tables = map.tables
    .map(({ level, va }, index) => ({ level, va, index }))
    .sort((a, b) => a.va - b.va || a.level - b.level);
  let position = 0;
  for (const [order, { level, va, index }] of tables.entries()) {
    const path = ['tables', index, 1];
    const before = tables[order - 1];
    if (before?.va === va && before.level === level) return at(path, 'each table descriptor once');
    while ((leaves[position]?.end ?? Number.POSITIVE_INFINITY) <= va) position++;
    const leaf = leaves[position];
    if (leaf && leaf.va <= va && leaf.level <= level) {
      return at(path, `no table where a leaf of level ${leaf.level} is`);
    }
  }
  return null;
}

function at(path: JsonPath, expected: string): WrongValue {
  return { path, expected };
}
