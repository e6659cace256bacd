// What the map in the core is made of: leaf sizes, tables and their memory.
import type { Core, Geometry, LeafCounts, Summary, TableCounts } from '../core/core.js';

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
  return mapStateOf(core.summary(), core.geometry);
}

/** The same of a summary that is there already. */
export function mapStateOf({ leaves, tables }: Summary, { granule, levelSize }: Geometry): MapState {
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
