import { type LeafRun, type LinearMap, levelSize, type TableDescriptor } from './linear-map.js';
import { servesOnlyLinearMap } from './root-span.js';

/** One number for each size of leaf; contiguous ones apart. */
export interface PerLeafSize {
  pud: number;
  pmdCont: number;
  pmd: number;
  pteCont: number;
  pte: number;
}

/** Table pages below the root, by the level they are: a `pte` table holds page descriptors. */
export interface TableCounts {
  p4d: number;
  pud: number;
  pmd: number;
  pte: number;
}

export interface MapSummary {
  /** Descriptors, not contiguous groups. */
  leaves: PerLeafSize;
  /** Mapped bytes, invalid leaves included. */
  bytes: PerLeafSize;
  tables: TableCounts;
  /** All of `tables`, in bytes. */
  tableBytes: number;
}

/**
 * Counts a map.
 * @param contiguous the contiguous bit of a leaf descriptor
 */
export function summariseMap(map: LinearMap, contiguous: bigint): MapSummary {
  const leaves: PerLeafSize = { pud: 0, pmdCont: 0, pmd: 0, pteCont: 0, pte: 0 };
  const bytes: PerLeafSize = { ...leaves };
  for (const run of map.leaves) {
    const size = sizeName(run, contiguous);
    leaves[size] += run.count;
    bytes[size] += run.count * levelSize(map.granule, run.level);
  }
  const tables = countTables(map);
  const tablePages = tables.p4d + tables.pud + tables.pmd + tables.pte;
  return { leaves, bytes, tables, tableBytes: tablePages * map.granule };
}

function sizeName({ level, attributes }: LeafRun, contiguous: bigint): keyof PerLeafSize {
  const grouped = (attributes & contiguous) !== 0n;
  if (level === 3) return grouped ? 'pteCont' : 'pte';
  if (level === 2) return grouped ? 'pmdCont' : 'pmd';
  return 'pud';
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
