// What changed from one map to another, for people.
import { formatAddress } from '../io/address.js';
import { formatSize } from '../io/size.js';
import type { MapChange } from '../map/map-changes.js';
import { leafName } from '../report/leaf-size.js';
import { formatCount } from '../report/number.js';
import type { Table } from '../report/table.js';
import { changedBytes, type InspectReport } from './inspect-report.js';
import { counted } from './words.js';

/** The changes by address; null where there are none. */
export function changesTable(
  { source, changes }: NonNullable<InspectReport['against']>,
  granule: number,
  most: number,
): Table | null {
  const list = changes.changes;
  if (list.length === 0) return null;
  const bytes = changedBytes(changes).map(([kind, size]) => `${formatSize(size)} ${kind}`);
  const tables = [
    ...(changes.tablesAdded > 0 ? [`${counted(changes.tablesAdded, 'table')} more`] : []),
    ...(changes.tablesRemoved > 0 ? [`${counted(changes.tablesRemoved, 'table')} gone`] : []),
  ];
  const side = (face: MapChange['before']) =>
    face === null ? 'not mapped' : `${leafName(granule, face.size)} ${face.permission}`;
  return {
    title: `Changes since ${source.name}: ${[...bytes, ...tables].join(', ')}`,
    columns: [
      { heading: 'VA', align: 'left' },
      { heading: 'size', align: 'right' },
      { heading: 'before', align: 'left' },
      { heading: 'after', align: 'left' },
      { heading: 'what', align: 'left' },
    ],
    rows: list
      .slice(0, most)
      .map((change) => [
        formatAddress(change.va),
        formatSize(change.end - change.va),
        side(change.before),
        side(change.after),
        whatOf(change),
      ]),
    notes: list.length > most ? [`${formatCount(list.length - most)} more ranges; --all lists them.`] : [],
  };
}

/** Descriptors say more than words where a bit changed that has none. */
function whatOf({ kinds, before, after }: MapChange): string {
  if (!kinds.includes('attributes') || !before || !after) return kinds.join(', ');
  return `${kinds.join(', ')}: 0x${before.attributes.toString(16)} to 0x${after.attributes.toString(16)}`;
}
