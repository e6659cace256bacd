/** The boot mapper, __create_pgd_mapping(): the largest leaf that fits, at each level. */
import {
  asBlock,
  BOOT_TABLE,
  CONTIGUOUS,
  changeIsSafe,
  EARLY_IMAGE_TABLE,
  isContiguous,
  isValid,
} from './descriptor.js';
import {
  alignDown,
  alignUp,
  below,
  contiguousSpan,
  hasPudBlocks,
  isAligned,
  type Level,
  nextBoundary,
  pudSpan,
  spanOf,
} from './geometry.js';
import type { LinearMapModel } from './linear-map-model.js';

/** NO_BLOCK_MAPPINGS and NO_CONT_MAPPINGS together, as map_mem() uses them. */
export type LeafSizes = 'any' | 'pages only';

interface Mapping {
  readonly model: LinearMapModel;
  /** PA - VA, the same everywhere in one mapping. */
  readonly shift: number;
  /** Attributes of a page, without a contiguous hint. */
  readonly page: bigint;
  readonly sizes: LeafSizes;
}

/**
 * Maps `size` bytes of physical memory at `pa` into the linear map. Counts stores and tables, but no barriers: the
 * boot mapper's own are not described.
 *
 * @throws Error where the kernel would BUG, or panic for want of memory.
 */
export function mapLinear(
  model: LinearMapModel,
  pa: number,
  size: number,
  page: bigint,
  sizes: LeafSizes,
): void {
  const { granule, rootLevel, pageOffset, pageEnd } = model.geometry;
  const start = alignDown(model.virtualOf(pa), granule);
  const end = alignUp(model.virtualOf(pa + size), granule);
  if (start < pageOffset || end > pageEnd)
    throw new RangeError(`memory at ${pa} lies outside the linear map`);
  const mapping: Mapping = { model, shift: model.physOffset - pageOffset, page, sizes };
  mapUpper(mapping, rootLevel, start, end);
}

/** Levels -1 and 0 hold tables only. */
function mapUpper(mapping: Mapping, level: Level, start: number, end: number): void {
  if (level >= 1) {
    mapPuds(mapping, start, end);
    return;
  }
  const span = spanOf(mapping.model.geometry, level);
  for (let va = start; va < end; va = nextBoundary(va, end, span)) {
    needTable(mapping.model, level, va);
    mapUpper(mapping, below(level), va, nextBoundary(va, end, span));
  }
}

function mapPuds(mapping: Mapping, start: number, end: number): void {
  const { model } = mapping;
  const g = model.geometry;
  const span = pudSpan(g);
  for (let va = start; va < end; va = nextBoundary(va, end, span)) {
    const next = nextBoundary(va, end, span);
    const blockFits = hasPudBlocks(g) && mayUseBlock(mapping, 1, va, next);
    if (blockFits) putLeaf(mapping, 1, va, false);
    else {
      // With two levels the PUD is the PMD's own entry, and a step of this loop is one PMD: no group ever fits it.
      if (g.rootLevel <= 1) needTable(model, 1, va);
      mapPmdGroups(mapping, va, next);
    }
  }
}

function mapPmdGroups(mapping: Mapping, start: number, end: number): void {
  const { model } = mapping;
  const span = spanOf(model.geometry, 2);
  const groupSpan = contiguousSpan(model.geometry, 2);
  for (let group = start; group < end; group = nextBoundary(group, end, groupSpan)) {
    const groupEnd = nextBoundary(group, end, groupSpan);
    const contiguous = mayBeContiguous(mapping, 2, group, groupEnd);
    for (let va = group; va < groupEnd; va = nextBoundary(va, groupEnd, span)) {
      const next = nextBoundary(va, groupEnd, span);
      if (mayUseBlock(mapping, 2, va, next)) putLeaf(mapping, 2, va, contiguous);
      else {
        needTable(model, 2, va);
        mapPages(mapping, va, next);
      }
    }
  }
}

function mapPages(mapping: Mapping, start: number, end: number): void {
  const { granule } = mapping.model.geometry;
  const groupSpan = contiguousSpan(mapping.model.geometry, 3);
  for (let group = start; group < end; group = nextBoundary(group, end, groupSpan)) {
    const groupEnd = nextBoundary(group, end, groupSpan);
    const contiguous = mayBeContiguous(mapping, 3, group, groupEnd);
    for (let va = group; va < groupEnd; va += granule) putLeaf(mapping, 3, va, contiguous);
  }
}

function mayUseBlock(mapping: Mapping, level: 1 | 2, va: number, next: number): boolean {
  const span = spanOf(mapping.model.geometry, level);
  const aligned = isAligned(va, span) && isAligned(next, span) && isAligned(va + mapping.shift, span);
  return aligned && mapping.sizes === 'any' && mapping.model.entryAt(level, va).kind !== 'table';
}

/** A whole aligned group, in which nothing valid stands that is not contiguous already. A table counts as such. */
function mayBeContiguous(mapping: Mapping, level: 2 | 3, va: number, next: number): boolean {
  const { model } = mapping;
  const groupSpan = contiguousSpan(model.geometry, level);
  if (!isAligned(va, groupSpan) || !isAligned(next, groupSpan) || !isAligned(va + mapping.shift, groupSpan))
    return false;
  if (mapping.sizes === 'pages only') return false;
  for (let each = va; each < next; each += spanOf(model.geometry, level)) {
    const entry = model.entryAt(level, each);
    if (entry.kind === 'table') return false;
    if (entry.kind === 'leaf' && isValid(entry.attributes) && !isContiguous(entry.attributes)) return false;
  }
  return true;
}

function needTable(model: LinearMapModel, level: Level, va: number): void {
  const entry = model.entryAt(level, va);
  if (entry.kind === 'table') return;
  if (entry.kind === 'leaf') throw new Error(`the boot mapper would BUG: a block is in the way at ${va}`);
  if (isSharedWithImage(model, level, va)) {
    model.place(level, va, { kind: 'table', attributes: EARLY_IMAGE_TABLE });
    return;
  }
  if (!model.allocateTable(below(level)))
    throw new Error('the kernel would panic: no memory for a boot table');
  model.place(level, va, { kind: 'table', attributes: BOOT_TABLE });
  model.counters.descriptorWrites += 1;
}

/** The root entry that reaches beyond the linear map was there before it, for the kernel image's sake. */
function isSharedWithImage(model: LinearMapModel, level: Level, va: number): boolean {
  const { rootLevel, pageEnd } = model.geometry;
  return (
    level === rootLevel &&
    alignDown(va, spanOf(model.geometry, level)) + spanOf(model.geometry, level) > pageEnd
  );
}

function putLeaf(mapping: Mapping, level: Level, va: number, contiguous: boolean): void {
  const { model } = mapping;
  const pa = va + mapping.shift;
  const leaf = level === 3 ? mapping.page : asBlock(mapping.page);
  const attributes = contiguous ? leaf | CONTIGUOUS : leaf;
  const before = model.entryAt(level, va);
  if (before.kind === 'table') throw new Error(`the boot mapper would BUG: a table is in the way at ${va}`);
  if (before.kind === 'leaf' && !(before.pa === pa && changeIsSafe(before.attributes, attributes))) {
    throw new Error(`the boot mapper would BUG: unsafe change of the entry at ${va}`);
  }
  model.place(level, va, { kind: 'leaf', pa, attributes });
  model.counters.descriptorWrites += 1;
}
