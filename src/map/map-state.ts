// What the map in the core is made of: leaf sizes, tables and their memory.
import type { Core, LeafCounts, TableCounts } from '../core/core.js';

export interface MapState {
  /** Leaf descriptors, not groups. */
  leaves: LeafCounts;
  /** Mapped bytes by leaf size. */
  leafBytes: LeafCounts;
  /** Tables below the root, by what their entries are. */
  tables: TableCounts;
  tableBytes: number;
}

export function mapState(core: Core): MapState {
  const { leaves, tables } = core.summary();
  const { granule, levelSize } = core.geometry;
  const pmd = levelSize(2);
  const leafBytes = {
    pud: leaves.pud * levelSize(1),
    pmdCont: leaves.pmdCont * pmd,
    pmd: leaves.pmd * pmd,
    pteCont: leaves.pteCont * granule,
    pte: leaves.pte * granule,
  };
  const pages = tables.p4d + tables.pud + tables.pmd + tables.pte;
  return { leaves, leafBytes, tables, tableBytes: pages * granule };
}
