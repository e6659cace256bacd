// What a map is made of, counted: leaves by size, tables by level.
import type { LeafCounts, TableCounts } from '../core/core.js';
import { type LeafRun, type LinearMap, levelSize, type TableDescriptor } from './linear-map.js';
import { servesOnlyLinearMap } from './root-span.js';

export interface MapSummary {
  /** Descriptors, not contiguous groups. */
  leaves: LeafCounts;
  /** Mapped bytes, invalid leaves included. */
  bytes: LeafCounts;
  /** Table pages below the root, by the level they are: a `pte` table holds page descriptors. */
  tables: TableCounts;
  /** All of `tables`, in bytes. */
  tableBytes: number;
}

/** Zero for each size of leaf. */
export function noLeaves(): LeafCounts {
  return { pud: 0, pmdCont: 0, pmd: 0, pteCont: 0, pte: 0 };
}

/**
 * Counts a map.
 * @param contiguous the contiguous bit of a leaf descriptor
 */
export function summariseMap(map: LinearMap, contiguous: bigint): MapSummary {
  const leaves = noLeaves();
  const bytes = noLeaves();
  for (const run of map.leaves) {
    const size = leafSizeOf(run, contiguous);
    leaves[size] += run.count;
    bytes[size] += run.count * levelSize(map.granule, run.level);
  }
  const tables = countTables(map);
  return { leaves, bytes, tables, tableBytes: totalTables(tables) * map.granule };
}

export function totalTables({ p4d, pud, pmd, pte }: TableCounts): number {
  return p4d + pud + pmd + pte;
}

/** Which of the sizes a run's leaves are, by level and contiguous bit. */
export function leafSizeOf(
  { level, attributes }: Pick<LeafRun, 'level' | 'attributes'>,
  contiguous: bigint,
): keyof LeafCounts {
  const grouped = (attributes & contiguous) !== 0n;
  if (level === 3) return grouped ? 'pteCont' : 'pte';
  if (level === 2) return grouped ? 'pmdCont' : 'pmd';
  return 'pud';
}

const SMALLEST_FIRST: readonly (keyof LeafCounts)[] = ['pte', 'pteCont', 'pmd', 'pmdCont', 'pud'];

/** Negative where leaves of `one` size are smaller than of the `other`, positive where they are larger. */
export function compareLeafSizes(one: keyof LeafCounts, other: keyof LeafCounts): number {
  return SMALLEST_FIRST.indexOf(one) - SMALLEST_FIRST.indexOf(other);
}

/** The table that a descriptor at a level points to lies one level further down. */
const POINTS_TO: Readonly<Record<number, keyof TableCounts>> = { [-1]: 'p4d', 0: 'pud', 1: 'pmd', 2: 'pte' };

function countTables(map: LinearMap): TableCounts {
  const counts: TableCounts = { p4d: 0, pud: 0, pmd: 0, pte: 0 };
  for (const table of map.tables) {
    const name = POINTS_TO[table.level];
    if (name !== undefined && isLinearMapTable(map, table)) counts[name]++;
  }
  return counts;
}

/** A root descriptor shared with the kernel image counts where the linear map needs it too. */
function isLinearMapTable(map: LinearMap, table: TableDescriptor): boolean {
  if (servesOnlyLinearMap(map, table)) return true;
  const end = table.va + levelSize(map.granule, table.level);
  return map.leaves.some(
    (run) => run.va < end && run.va + run.count * levelSize(map.granule, run.level) > table.va,
  );
}
