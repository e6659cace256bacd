import { type Address, formatAddress } from '../io/address.js';
import type { WrongValue } from '../io/json.js';
import type { JsonPath } from '../io/json-place.js';
import { formatSize } from '../io/size.js';
import { paBitsOf, pageOffsetOf, usesLpa2, vaBitsOf } from '../machine/va-layout.js';
import { type LinearMap, levelSize, rootLevelOf, runEnd } from './linear-map.js';

/** Bits 49:12 hold the output or next-table address, whole or in part, with every granule, LPA2 or not. */
const ADDRESS = ((1n << 50n) - 1n) & ~0xfffn;
/** Bits 9:8 of a table descriptor: more of the address with LPA2, else ignored, and the kernel leaves them zero. */
const TABLE_ADDRESS = ADDRESS | 0x300n;
/** Set in pages and tables, clear in blocks, whether valid or not. */
const TYPE = 2n;

/** The first descriptor that cannot be where the map has it; null if all can. */
export function findMisplaced(map: LinearMap): WrongValue | null {
  const rows = vaBitsOf(map.granule);
  if (!rows.includes(map.vaBits))
    return at(['vaBits'], `one of ${rows.join(', ')} for granule ${map.granule}`);
  const rootLevel = rootLevelOf(map.granule, map.vaBits);
  if (map.rootLevel !== rootLevel) return { path: ['rootLevel'], expected: `${rootLevel}` };
  return findBadLeaf(map) ?? findBadTable(map) ?? findOverlap(map) ?? findOrphan(map);
}

function findBadLeaf(map: LinearMap): WrongValue | null {
  const { granule, vaBits } = map;
  const paBits = paBitsOf(granule, usesLpa2(granule, vaBits));
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
    if (run.pa >= 2 ** paBits)
      return column(2, `a physical address of ${paBits} bits, all that descriptors hold`);
    if (runEnd(run, granule) > 0 || run.pa + run.count * size > 2 ** paBits) {
      return column(3, 'a run that ends inside the address space');
    }
    if ((run.attributes & ADDRESS) !== 0n) return column(4, 'a descriptor without its output address');
    if (((run.attributes & TYPE) !== 0n) !== (run.level === 3)) {
      return column(
        4,
        run.level === 3 ? 'a page descriptor (bit 1 set)' : 'a block descriptor (bit 1 clear)',
      );
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
    if ((table.attributes & TABLE_ADDRESS) !== 0n || (table.attributes & 3n) !== 3n) {
      return at([...path, 2], 'a table descriptor (bits 1 and 0 set) without its address');
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

/** Whatever is below the root hangs off a table descriptor one level up. */
function findOrphan({ granule, rootLevel, leaves, tables }: LinearMap): WrongValue | null {
  const known = Array.from({ length: 3 - rootLevel }, () => new Set<Address>());
  for (const { level, va } of tables) known[level - rootLevel]?.add(va);

  const isOrphan = (level: number, va: Address, end: Address): boolean => {
    if (level === rootLevel) return false;
    const size = levelSize(granule, level - 1);
    for (let above = Math.floor(va / size) * size; above < end; above += size) {
      if (!known[level - 1 - rootLevel]?.has(above)) return true;
    }
    return false;
  };
  const orphan = (path: JsonPath, level: number): WrongValue => ({
    ...at(path, `a table descriptor of level ${level - 1} above it`),
    found: 'none',
  });
  for (const [index, { level, va }] of tables.entries()) {
    if (isOrphan(level, va, va + 1)) return orphan(['tables', index], level);
  }
  for (const [index, run] of leaves.entries()) {
    if (isOrphan(run.level, run.va, runEnd(run, granule))) return orphan(['leaves', index], run.level);
  }
  return null;
}

function at(path: JsonPath, expected: string): WrongValue {
  return { path, expected };
}
