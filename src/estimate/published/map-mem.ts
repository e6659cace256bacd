// What creating a linear map of pages took before it was made faster in 2024, step by step.
import type { Platform } from '../cost/platform.js';

/** How map_mem() fills its tables, with the 4K granule: what the patches of the series changed. */
export interface MapMemAlgorithm {
  /** Times that a table is mapped into the fixmap and out of it again, with a flush. */
  mappingsPerTable: number;
  /** DSB ISHST and ISB after each descriptor; otherwise once a table. */
  barrierPerStore: boolean;
}

const DESCRIPTORS = 512;
const PTE_TABLE_COVERS = 2 * 2 ** 20;

/**
 * Nanoseconds to map `bytes` of memory in pages, from the typical costs of a platform. Tables come from memblock, which
 * costs nothing here.
 */
export function mapMemTime(bytes: number, algorithm: MapMemAlgorithm, platform: Platform): number {
  const { flush, barrier, descriptorStore, tableZeroing } = platform.costs;
  const { mappingsPerTable, barrierPerStore } = algorithm;
  const perTable =
    mappingsPerTable * flush.typical +
    (barrierPerStore ? DESCRIPTORS : 1) * barrier.typical +
    DESCRIPTORS * descriptorStore.typical +
    tableZeroing.typical;
  return tablesFor(bytes) * perTable;
}

/** PTE tables, and the PMD tables above them, which are filled the same way. */
function tablesFor(bytes: number): number {
  const pteTables = bytes / PTE_TABLE_COVERS;
  return pteTables + pteTables / DESCRIPTORS;
}
