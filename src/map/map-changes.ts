// What is different between two maps of one machine, by address: leaf sizes, permissions, what is mapped at all.
import type { LeafCounts } from '../core/core.js';
import { type LeafBits, permissionText } from './descriptor-fields.js';
import { type LeafRun, type LinearMap, requireSameGeometry, type TableDescriptor } from './linear-map.js';
import type { Span } from './span.js';
import { compareLeafSizes, leafSizeOf } from './summary.js';
import { leafSpans, sweep } from './sweep.js';

export const CHANGE_KINDS = [
  'mapped',
  'unmapped',
  'translation',
  'permission',
  'attributes',
  'finer',
  'coarser',
] as const;

/**
 * `translation`: another output address. `permission`: read-only, writable, valid, invalid, executable. `attributes`:
 * any other bit. `finer`, `coarser`: leaves of another size.
 */
type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Neighbouring bytes that changed alike. */
export interface MapChange extends Span {
  kinds: ChangeKind[];
  /** `rw`, `ro invalid`, …; null where nothing is mapped. */
  before: { size: keyof LeafCounts; permission: string; attributes: bigint } | null;
  after: { size: keyof LeafCounts; permission: string; attributes: bigint } | null;
}

export interface MapChanges {
  /** Bytes by kind; a byte whose leaf became finer and read-only counts in both. */
  bytes: Record<ChangeKind, number>;
  /** Ascending. */
  changes: MapChange[];
  tablesAdded: number;
  tablesRemoved: number;
}

/**
 * @param before,after in normal form
 * @throws RangeError where the maps have different geometry
 */
export function mapChanges(before: LinearMap, after: LinearMap, bits: LeafBits): MapChanges {
  requireSameGeometry(before, after);
  const bytes = Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, 0])) as Record<ChangeKind, number>;
  const changes: MapChange[] = [];
  sweep(leafSpans(before), leafSpans(after), (va, end, was, is) => {
    const kinds = kindsOf(was?.run, is?.run, bits);
    if (kinds.length === 0) return;
    for (const kind of kinds) bytes[kind] += end - va;
    const change = { va, end, kinds, before: faceOf(was?.run, bits), after: faceOf(is?.run, bits) };
    const last = changes.at(-1);
    if (last && last.end === va && isAlike(last, change)) last.end = end;
    else changes.push(change);
  });
  return { bytes, changes, ...tableChanges(before, after) };
}

function kindsOf(was: LeafRun | undefined, is: LeafRun | undefined, bits: LeafBits): ChangeKind[] {
  if (was === undefined) return is === undefined ? [] : ['mapped'];
  if (is === undefined) return ['unmapped'];
  const kinds: ChangeKind[] = [];
  if (was.pa - was.va !== is.pa - is.va) kinds.push('translation');
  const permission = bits.valid | bits.readOnly | bits.pxn;
  const changed = was.attributes ^ is.attributes;
  if ((changed & permission) !== 0n) kinds.push('permission');
  // DBM follows AP[2], and bit 11 follows the valid bit: they are part of such a change.
  let implied = permission | bits.contiguous | bits.typeMask;
  if ((changed & bits.readOnly) !== 0n) implied |= bits.write;
  if ((changed & bits.valid) !== 0n) implied |= bits.presentInvalid;
  if ((changed & ~implied) !== 0n) kinds.push('attributes');
  const step = compareLeafSizes(leafSizeOf(is, bits.contiguous), leafSizeOf(was, bits.contiguous));
  if (step !== 0) kinds.push(step < 0 ? 'finer' : 'coarser');
  return kinds;
}

function faceOf(run: LeafRun | undefined, bits: LeafBits): MapChange['before'] {
  if (run === undefined) return null;
  const { attributes } = run;
  return { size: leafSizeOf(run, bits.contiguous), permission: permissionText(attributes, bits), attributes };
}

function isAlike(one: MapChange, other: MapChange): boolean {
  const same = (a: MapChange['before'], b: MapChange['before']) =>
    a?.size === b?.size && a?.attributes === b?.attributes;
  return (
    one.kinds.join() === other.kinds.join() && same(one.before, other.before) && same(one.after, other.after)
  );
}

function tableChanges(before: LinearMap, after: LinearMap): { tablesAdded: number; tablesRemoved: number } {
  const key = ({ level, va }: TableDescriptor) => `${level} ${va}`;
  const known = new Set(before.tables.map(key));
  let tablesAdded = 0;
  for (const table of after.tables) if (!known.delete(key(table))) tablesAdded++;
  return { tablesAdded, tablesRemoved: known.size };
}
