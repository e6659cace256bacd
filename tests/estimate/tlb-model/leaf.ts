/** What a walk finds and how much of it one TLB entry may cover, by the slow model of the linear map. */
import type { AccessClass } from '../../../src/estimate/access.js';
import { CONTIGUOUS, isContiguous, isValid, TYPE, VALID } from '../../model/descriptor.js';
import { alignDown, below, contiguousSpan, type Geometry, type Level, spanOf } from '../../model/geometry.js';
import type { LinearMapModel } from '../../model/linear-map-model.js';

export interface ReachRules {
  readonly mergesContiguous: boolean;
  readonly aggregation: number;
}

/** A leaf, or the level at which the walk found none. */
export type Found =
  | { readonly valid: false; readonly level: number }
  | {
      readonly valid: true;
      readonly level: number;
      /** Bytes that one entry may cover. */
      readonly reach: number;
      /** PA - VA, and attributes without type and Contiguous bit; null for leaves that stand in no table. */
      readonly content: { readonly offset: number; readonly attributes: bigint } | null;
    };

export function findLeaf(map: LinearMapModel, va: number, kind: AccessClass, rules: ReachRules): Found {
  const g = map.geometry;
  const inLinearMap = va >= g.pageOffset && va < g.pageEnd;
  if (kind !== 'linearMap' && !inLinearMap) return { valid: true, ...assumed(g, va, rules), content: null };
  if (va < g.pageOffset || va >= 0) return { valid: false, level: g.rootLevel - 1 };
  for (let level: Level = g.rootLevel; ; level = below(level)) {
    const entry = map.entryAt(level, va);
    if (entry.kind === 'table') continue;
    if (entry.kind === 'none' || !isValid(entry.attributes)) return { valid: false, level };
    const offset = entry.pa - alignDown(va, spanOf(g, level));
    const attributes = entry.attributes & ~(VALID | TYPE | CONTIGUOUS);
    return { valid: true, level, reach: reachOf(map, va, level, rules), content: { offset, attributes } };
  }
}

function reachOf(map: LinearMapModel, va: number, level: Level, rules: ReachRules): number {
  const g = map.geometry;
  const entry = map.entryAt(level, va);
  const sizes = [spanOf(g, level)];
  if (level === 3) sizes.push(aggregateAround(map, va, rules.aggregation));
  if (rules.mergesContiguous && entry.kind === 'leaf' && isContiguous(entry.attributes)) {
    if (level === 2 || level === 3) sizes.push(contiguousSpan(g, level));
  }
  return Math.max(...sizes);
}

/** The aligned group of pages around `va` if they are alike and consecutive, else one page. */
function aggregateAround(map: LinearMapModel, va: number, pages: number): number {
  const { granule } = map.geometry;
  const size = pages * granule;
  const start = alignDown(va, size);
  const first = map.entryAt(3, start);
  if (first.kind !== 'leaf' || first.pa % size !== 0) return granule;
  for (let i = 1; i < pages; i++) {
    const next = map.entryAt(3, start + i * granule);
    if (next.kind !== 'leaf' || next.pa !== first.pa + i * granule) return granule;
    if (next.attributes !== first.attributes) return granule;
  }
  return size;
}

const MIB = 2 ** 20;
/** 0xffff800080000000 and 0xfffffc0000000000. */
const IMAGE = -(2 ** 47) + 2 ** 31;
const VMEMMAP = -(2 ** 42);

function assumed(
  g: Geometry,
  va: number,
  { mergesContiguous }: ReachRules,
): { level: number; reach: number } {
  const inImage = va >= IMAGE && va < IMAGE + 2048 * MIB;
  const inVmemmap = va >= VMEMMAP && va < 0;
  if (g.granule === 4096 && (inImage || inVmemmap)) return { level: 2, reach: 2 * MIB };
  if (g.granule !== 4096 && inImage && mergesContiguous) return { level: 3, reach: 2 * MIB };
  return { level: 3, reach: g.granule };
}
