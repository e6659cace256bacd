/** Making leaf boundaries (split_kernel_leaf_mapping()) and splitting a range to pages (range_split_to_ptes()). */
import { CONTIGUOUS, isContiguous, isPresent, splitChild, splitTable } from './descriptor.js';
import { EBUSY, EINVAL, ENOMEM, type Errno, OK } from './errno.js';
import {
  alignDown,
  below,
  contiguousSpan,
  isAligned,
  type Level,
  nextBoundary,
  pudSpan,
  rootSpan,
  spanOf,
} from './geometry.js';
import type { LinearMapModel } from './linear-map-model.js';
import { forcePteMapping } from './machine.js';

/** Makes leaf boundaries at `start` and `end`, so that what lies between can be changed on its own. */
export function splitKernelLeafMapping(model: LinearMapModel, start: number, end: number): Errno {
  if (!model.requiresBbml2 || inKfencePool(model, start)) return OK;
  const allCpusHaveBbml2 = model.machine.bbml2 && model.machine.bbml2AllCpus;
  if (!(model.boot.capsFinal && allCpusHaveBbml2)) {
    if (model.boot.capsFinal) return OK;
    if (!model.boot.pageAllocatorUp || model.boot.onlineCpus > 1) return EBUSY;
  }
  const page = model.geometry.granule;
  if (!isAligned(start, page) || !isAligned(end, page)) return EINVAL;
  return model.cost.lazily(() => {
    if (end - start === page) {
      // Of two neighbouring page boundaries one is odd. It lies inside the page's contiguous group, never on its edge.
      return splitAt(model, isAligned(start, 2 * page) ? end : start);
    }
    return splitAt(model, start) || splitAt(model, end);
  });
}

function inKfencePool(model: LinearMapModel, va: number): boolean {
  return model.kfencePool !== null && va >= model.kfencePool.start && va < model.kfencePool.end;
}

/** Makes `va` a leaf boundary (split_kernel_leaf_mapping_locked()), going down one size at a time. */
function splitAt(model: LinearMapModel, va: number): Errno {
  const g = model.geometry;

  if (isAligned(va, rootSpan(g))) return OK;
  for (let level = g.rootLevel; level < 1; level = below(level)) {
    if (isAligned(va, spanOf(g, level))) return OK;
    if (model.entryAt(level, va).kind === 'none') return OK;
  }

  if (isAligned(va, pudSpan(g))) return OK;
  if (g.rootLevel <= 1) {
    const pud = model.entryAt(1, va);
    if (pud.kind === 'none' || (pud.kind === 'leaf' && !isPresent(pud.attributes))) return OK;
    if (pud.kind === 'leaf' && !splitBlock(model, 1, va, true)) return ENOMEM;
  }

  if (isAligned(va, contiguousSpan(g, 2))) return OK;
  const pmd = model.entryAt(2, va);
  if (pmd.kind === 'none' || (pmd.kind === 'leaf' && !isPresent(pmd.attributes))) return OK;
  if (pmd.kind === 'leaf') {
    // The group loses its hint even if the boundary falls between two of its blocks.
    if (isContiguous(pmd.attributes)) clearContiguous(model, 2, va);
    if (isAligned(va, spanOf(g, 2))) return OK;
    if (!splitBlock(model, 2, va, true)) return ENOMEM;
  }

  if (isAligned(va, contiguousSpan(g, 3))) return OK;
  const pte = model.presentLeafAt(3, va);
  if (pte !== null && isContiguous(pte.attributes)) clearContiguous(model, 3, va);
  return OK;
}

/** Takes the contiguous hint from every entry of the naturally aligned group around `va`. */
function clearContiguous(model: LinearMapModel, level: 2 | 3, va: number): void {
  const span = spanOf(model.geometry, level);
  const groupSpan = contiguousSpan(model.geometry, level);
  const start = alignDown(va, groupSpan);
  for (let each = start; each < start + groupSpan; each += span) {
    const entry = model.entryAt(level, each);
    if (entry.kind !== 'leaf') throw new Error(`contiguous group at ${start} has an entry that is no leaf`);
    model.store(level, each, { ...entry, attributes: entry.attributes & ~CONTIGUOUS });
  }
  if (level === 2) model.counters.splits.contPmd += 1;
  else model.counters.splits.contPte += 1;
}

/** split_pud() and split_pmd(): one block becomes a table of smaller leaves. False if there is no memory for it. */
function splitBlock(model: LinearMapModel, level: 1 | 2, va: number, toContiguous: boolean): boolean {
  const span = spanOf(model.geometry, level);
  const start = alignDown(va, span);
  const block = model.entryAt(level, start);
  if (block.kind !== 'leaf') throw new Error(`no block at level ${level}, address ${start}`);

  const childLevel = below(level);
  const childSpan = spanOf(model.geometry, childLevel);
  if (!model.allocateTable(childLevel)) return false;
  const attributes = splitChild(block.attributes, childLevel === 3, toContiguous);
  for (let offset = 0; offset < span; offset += childSpan) {
    model.store(childLevel, start + offset, { kind: 'leaf', pa: block.pa + offset, attributes });
  }
  model.cost.publishTable();
  model.store(level, start, { kind: 'table', attributes: splitTable(block.attributes) });

  const kind =
    level === 1 ? (toContiguous ? 'pudToContPmd' : 'pudToPmd') : toContiguous ? 'pmdToContPte' : 'pmdToPte';
  model.counters.splits[kind] += 1;
  return true;
}

/** Splits every leaf that touches [start, end) down to pages without contiguous hints, in one lazy section. */
export function rangeSplitToPtes(model: LinearMapModel, start: number, end: number): Errno {
  if (start >= end) return EINVAL;
  return model.cost.lazily(() => splitToPages(model, model.geometry.rootLevel, start, end));
}

function splitToPages(model: LinearMapModel, level: Level, start: number, end: number): Errno {
  const span = spanOf(model.geometry, level);
  for (let va = start; va < end; va = nextBoundary(va, end, span)) {
    const isTable = model.entryAt(level, va).kind === 'table';
    const leaf = model.presentLeafAt(level, va);
    if (level === 3) {
      if (leaf !== null && isContiguous(leaf.attributes)) clearContiguous(model, 3, va);
    } else if (level === 2 && leaf !== null) {
      if (isContiguous(leaf.attributes)) clearContiguous(model, 2, va);
      if (!splitBlock(model, 2, va, false)) return ENOMEM;
    } else if (isTable || (level === 1 && leaf !== null)) {
      if (level === 1 && leaf !== null && !splitBlock(model, 1, va, false)) return ENOMEM;
      const error = splitToPages(model, below(level), va, nextBoundary(va, end, span));
      if (error) return error;
    }
  }
  return OK;
}

/**
 * arch_kfence_init_pool() for a pool of `size` bytes at `va`: split to pages where blocks are in use. Once it
 * succeeds, changes inside the pool never split.
 */
export function initKfencePool(model: LinearMapModel, va: number, size: number): Errno {
  const poolIsEarly = typeof model.machine.kfence === 'object';
  if (!poolIsEarly && !forcePteMapping(model.machine, false)) {
    const error = rangeSplitToPtes(model, va, va + size);
    if (error) return error;
  }
  model.kfencePool = { start: va, end: va + size };
  return OK;
}
