// Tables of an inspection: how the map came to be other than ideal, and ranges of one permission.
import { formatAddress } from '../io/address.js';
import { formatSize } from '../io/size.js';
import { longestFirst, type PermissionRanges } from '../map/permission-ranges.js';
import { totalTables } from '../map/summary.js';
import { LEAF_SIZES, leafName } from '../report/leaf-size.js';
import { formatCount } from '../report/number.js';
import type { Cell, Table } from '../report/table.js';
import type { Step } from './inspect-steps.js';
import { counted } from './words.js';

export function stepsTable(steps: readonly Step[], granule: number, showsTables: boolean): Table {
  const sizes = LEAF_SIZES.filter((size) => steps.some(({ bytes }) => bytes[size] > 0));
  const cell = (bytes: number): Cell => (bytes === 0 ? '' : formatSize(bytes));
  return {
    title: 'From the best map of the same memory to this one',
    columns: [
      { heading: 'with', align: 'left' },
      { heading: 'tables', align: 'right' },
      { heading: 'table memory', align: 'right' },
      ...sizes.map((size) => ({ heading: leafName(granule, size), align: 'right' }) as const),
    ],
    rows: steps.map(({ id, text, tables, tableBytes, bytes }) => {
      const known = showsTables || id !== 'now';
      return [
        id === 'ideal' ? text : `+ ${text}`,
        known ? formatCount(totalTables(tables)) : '–',
        known ? formatSize(tableBytes) : '–',
        ...sizes.map((size) => cell(bytes[size])),
      ];
    }),
  };
}

const NAMES = { readOnly: 'read-only', invalid: 'invalid', executable: 'executable' } as const;

/** The longest ranges of each permission; null where there are none. */
export function rangesTable(ranges: PermissionRanges, showsPhysical: boolean, most: number): Table | null {
  const kinds = (['readOnly', 'invalid', 'executable'] as const).filter((kind) => ranges[kind].length > 0);
  if (kinds.length === 0) return null;
  return {
    title: 'Ranges by permission, the longest first',
    columns: [
      { heading: 'VA', align: 'left' },
      { heading: 'end', align: 'left' },
      { heading: 'PA', align: 'left' },
      { heading: 'size', align: 'right' },
    ],
    rows: kinds.flatMap((kind) => {
      const more = ranges[kind].length - most;
      const rest = more > 0 ? `, ${formatCount(more)} of them not listed (--all)` : '';
      return [
        { group: `${NAMES[kind]}: ${counted(ranges[kind].length, 'range')}${rest}` },
        ...longestFirst(ranges[kind])
          .slice(0, most)
          .map(({ va, end, pa }) => [
            formatAddress(va),
            formatAddress(end),
            showsPhysical ? formatAddress(pa) : '–',
            formatSize(end - va),
          ]),
      ];
    }),
  };
}
