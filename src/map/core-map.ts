// A captured map into the core's tables, and the core's tables out as a map.
import type { Core } from '../core/core.js';
import { type Address, formatAddress } from '../io/address.js';
import type { Granule } from '../machine/va-layout.js';
import { type LinearMap, levelSize, normalise } from './linear-map.js';

/**
 * Writes a map into the core, which has been reset to the map's geometry and holds no tables yet.
 * @throws RangeError where the map cannot exist: a leaf or table without the table above it, or two in one place.
 */
export function loadMap(core: Core, map: LinearMap): void {
  const parentsFirst = map.tables.toSorted((a, b) => a.level - b.level || a.va - b.va);
  for (const { level, va, attributes } of parentsFirst) {
    requirePlace(core.raw.loadTable(level, va, attributes), 'table', level, va);
  }
  for (const { level, va, pa, count, attributes } of map.leaves) {
    requirePlace(core.raw.loadLeaves(level, va, pa, count, attributes), 'leaf', level, va);
  }
}

/** The linear map as it is in the core, in normal form. */
export function readMap(core: Core): LinearMap {
  const { granule, vaBits, rootLevel } = core.geometry;
  const map: LinearMap = { granule: granule as Granule, vaBits, rootLevel, leaves: [], tables: [] };
  for (const { table, level, va, pa, count, attributes } of core.runs()) {
    if (!table) {
      map.leaves.push({ level, va, pa, count, attributes });
      continue;
    }
    const span = levelSize(granule, level);
    for (let i = 0; i < count; i++) map.tables.push({ level, va: va + i * span, attributes });
  }
  return normalise(map);
}

/** As `readMap`, without the tables, of which a large map in pages has hundreds of thousands. */
export function leavesOfCore(core: Core): LinearMap {
  const { granule, vaBits, rootLevel } = core.geometry;
  const map: LinearMap = { granule: granule as Granule, vaBits, rootLevel, leaves: [], tables: [] };
  for (const { table, level, va, pa, count, attributes } of core.runs()) {
    if (!table) map.leaves.push({ level, va, pa, count, attributes });
  }
  return normalise(map);
}

function requirePlace(ret: number, what: 'table' | 'leaf', level: number, va: Address): void {
  if (ret === 0) return;
  throw new RangeError(
    `the level ${level} ${what} at ${formatAddress(va)} has no table above it, is misaligned, or overlaps another`,
  );
}
