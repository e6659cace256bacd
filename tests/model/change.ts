/** Changing the permissions of a range: update_range_prot() and __change_memory_common(). */
import { addressField, decodeAddress, encodeAddress, isPresent } from './descriptor.js';
import { EINVAL, type Errno, OK } from './errno.js';
import { tlbiOperations } from './flush.js';
import { below, type Level, nextBoundary, spanOf } from './geometry.js';
import type { LinearMapModel } from './linear-map-model.js';
import { splitKernelLeafMapping } from './split.js';

/** Bits of the descriptor to clear and to set, in that order. */
export interface Masks {
  readonly set: bigint;
  readonly clear: bigint;
}

/** Splits at the edges of [start, start + size), then changes every leaf in it. */
export function updateRangeProt(model: LinearMapModel, start: number, size: number, masks: Masks): Errno {
  const end = start + size;
  const error = splitKernelLeafMapping(model, start, end);
  if (error) return error;
  return model.cost.lazily(() =>
    start < end ? changeEntries(model, model.geometry.rootLevel, start, end, masks) : EINVAL,
  );
}

function changeEntries(model: LinearMapModel, level: Level, start: number, end: number, masks: Masks): Errno {
  const span = spanOf(model.geometry, level);
  if (level === 3) {
    for (let va = start; va < end; va += span) changeOne(model, 3, va, masks);
    return OK;
  }
  for (let va = start; va < end; va = nextBoundary(va, end, span)) {
    const next = nextBoundary(va, end, span);
    const entry = model.entryAt(level, va);
    if (entry.kind === 'table') {
      const error = changeEntries(model, below(level), va, next, masks);
      if (error) return error;
    } else if (entry.kind === 'leaf' && isPresent(entry.attributes)) {
      if (next - va !== span) return EINVAL;
      changeOne(model, level, va, masks);
    }
  }
  return OK;
}

/** Applies the masks to the whole descriptor. At the last level even an empty slot is one: 0 becomes the set mask. */
function changeOne(model: LinearMapModel, level: Level, va: number, masks: Masks): void {
  const g = model.geometry;
  const entry = model.entryAt(level, va);
  const before = entry.kind === 'leaf' ? encodeAddress(g, entry.pa) | entry.attributes : 0n;
  const after = (before & ~masks.clear) | masks.set;
  const attributes = after & ~addressField(g);
  model.store(level, va, { kind: 'leaf', pa: decodeAddress(g, after), attributes });
}

/** As updateRangeProt(), then a flush of the range, after an error too, unless the masks only make it valid. */
export function changeMemory(model: LinearMapModel, start: number, size: number, masks: Masks): Errno {
  const error = updateRangeProt(model, start, size, masks);
  const valid = makeValid(model.machine.nonGlobal);
  if (masks.set !== valid.set || masks.clear !== valid.clear) flushRange(model, start, start + size);
  return error;
}

/** set_memory_valid(..., 1): the one change that needs no TLBI, as no TLB holds an invalid entry. */
export function makeValid(nonGlobal: boolean): Masks {
  return { set: nonGlobal ? 0x801n : 0x1n, clear: 0x800n };
}

/** flush_tlb_kernel_range(). */
export function flushRange(model: LinearMapModel, start: number, end: number): void {
  model.cost.flush(tlbiOperations(model.geometry, model.machine.tlbiRange, start, end));
}
