// Part of a map: by addresses, by leaf size, by permission.
import type { LeafCounts } from '../core/core.js';
import type { Address } from '../io/address.js';
import { isReadOnly, isValid, type LeafBits } from './descriptor-fields.js';
import { type LeafRun, type LinearMap, levelSize, runEnd } from './linear-map.js';
import { executableParts } from './permission-ranges.js';
import { outsideOf, overlapOf, type Span, unionOf } from './span.js';
import { leafSizeOf } from './summary.js';

export const PERMISSIONS = ['ro', 'rw', 'valid', 'invalid', 'exec', 'noexec'] as const;
export type PermissionName = (typeof PERMISSIONS)[number];

export interface MapFilter {
  /** Half-open; kernel VAs where negative, PAs else. */
  range?: { start: Address; end: Address };
  /** Any of them. */
  sizes?: readonly (keyof LeafCounts)[];
  /** All of them. */
  permissions?: readonly PermissionName[];
}

export function isEmptyFilter({ range, sizes, permissions }: MapFilter): boolean {
  return range === undefined && sizes === undefined && permissions === undefined;
}

/**
 * The leaves that pass, whole (a leaf of which one byte is in the range passes), and the tables above them. Where only
 * addresses are asked for, tables without leaves pass with their span.
 * @param map in normal form
 */
export function filterMap(map: LinearMap, filter: MapFilter, bits: LeafBits): LinearMap {
  if (isEmptyFilter(filter)) return map;
  const { range, sizes, permissions = [] } = filter;
  let leaves = map.leaves;
  if (range) leaves = leaves.flatMap((run) => cutTo(run, range, map.granule));
  if (sizes) leaves = leaves.filter((run) => sizes.includes(leafSizeOf(run, bits.contiguous)));
  for (const permission of permissions) leaves = permitted({ ...map, leaves }, permission, bits);
  const kept = unionOf(leaves.map((run) => ({ va: run.va, end: runEnd(run, map.granule) })));
  const byAddress = range !== undefined && range.start < 0 && sizes === undefined && permissions.length === 0;
  const wanted = byAddress ? unionOf([...kept, { va: range.start, end: range.end }]) : kept;
  const tables = map.tables.filter(
    ({ level, va }) => overlapOf({ va, end: va + levelSize(map.granule, level) }, wanted).length > 0,
  );
  return { ...map, leaves, tables };
}

/** The VAs of the leaves that hold a range of VAs or PAs. */
export function spansOfRange(map: LinearMap, range: NonNullable<MapFilter['range']>): Span[] {
  return unionOf(
    map.leaves
      .flatMap((run) => cutTo(run, range, map.granule))
      .map((run) => ({ va: run.va, end: runEnd(run, map.granule) })),
  );
}

function cutTo(run: LeafRun, { start, end }: { start: Address; end: Address }, granule: number): LeafRun[] {
  const size = levelSize(granule, run.level);
  const from = start < 0 ? run.va : run.pa;
  const first = Math.max(0, Math.floor((start - from) / size));
  const last = Math.min(run.count, Math.ceil((end - from) / size));
  if (first >= last) return [];
  return [{ ...run, va: run.va + first * size, pa: run.pa + first * size, count: last - first }];
}

function permitted(map: LinearMap, permission: PermissionName, bits: LeafBits): LeafRun[] {
  switch (permission) {
    case 'ro':
      return map.leaves.filter(({ attributes }) => isReadOnly(attributes, bits));
    case 'rw':
      return map.leaves.filter(({ attributes }) => !isReadOnly(attributes, bits));
    case 'valid':
      return map.leaves.filter(({ attributes }) => isValid(attributes, bits));
    case 'invalid':
      return map.leaves.filter(({ attributes }) => !isValid(attributes, bits));
    case 'exec':
      return executableLeaves(map, bits);
    case 'noexec': {
      const executable = executableLeaves(map, bits).map((run) => ({
        va: run.va,
        end: runEnd(run, map.granule),
      }));
      const spans = unionOf(executable);
      return map.leaves.flatMap((run) => without(run, spans, map.granule));
    }
  }
}

function executableLeaves(map: LinearMap, bits: LeafBits): LeafRun[] {
  return executableParts(map, bits).map(({ run, va, end }) => part(run, { va, end }, map.granule));
}

function without(run: LeafRun, spans: readonly Span[], granule: number): LeafRun[] {
  return outsideOf({ va: run.va, end: runEnd(run, granule) }, spans).map((span) => part(run, span, granule));
}

/** Tables span whole leaves, so that a part of a run is whole leaves too. */
function part(run: LeafRun, { va, end }: Span, granule: number): LeafRun {
  const count = (end - va) / levelSize(granule, run.level);
  return { ...run, va, pa: run.pa + va - run.va, count };
}
