// The leaves of a map by size, as map and inspect list them.
import type { LeafCounts } from '../core/core.js';
import { formatSize } from '../io/size.js';
import { LEAF_SIZES, type LeafSize, leafName } from '../report/leaf-size.js';
import { formatCount } from '../report/number.js';
import { formatShare } from '../report/share.js';
import type { Table } from '../report/table.js';

interface Column {
  heading: string;
  cell(size: LeafSize): string;
}

/** @param more columns to the right of what every map has */
export function leafTable(
  granule: number,
  { leaves, bytes }: { leaves: LeafCounts; bytes: LeafCounts },
  more: readonly Column[] = [],
): Table {
  const total = LEAF_SIZES.reduce((sum, size) => sum + bytes[size], 0);
  const columns: readonly Column[] = [
    { heading: 'descriptors', cell: (size) => formatCount(leaves[size]) },
    { heading: 'memory', cell: (size) => formatSize(bytes[size]) },
    { heading: 'share', cell: (size) => formatShare(bytes[size], total) },
    ...more,
  ];
  return {
    title: 'Leaves',
    columns: [
      { heading: 'leaf', align: 'left' },
      ...columns.map(({ heading }) => ({ heading, align: 'right' }) as const),
    ],
    rows: LEAF_SIZES.filter((size) => leaves[size] > 0).map((size) => [
      leafName(granule, size),
      ...columns.map(({ cell }) => cell(size)),
    ]),
  };
}
