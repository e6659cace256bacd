/** The linear map at three points of the boot: map_mem(), the asymmetric repaint, the read-only aliases. */
import { flushRange } from './change.js';
import { NOT_GLOBAL, pageKernelReadOnly, pageKernelTagged } from './descriptor.js';
import type { Errno } from './errno.js';
import { alignUp, spanOf } from './geometry.js';
import { LinearMapModel } from './linear-map-model.js';
import { forcePteMapping, type ModelMachine } from './machine.js';
import { type LeafSizes, mapLinear } from './mapper.js';
import { rangeSplitToPtes } from './split.js';

export type BuildStage = 'mapped' | 'repainted' | 'final';

/** Builds the map as it stands after `stage`. The counters hold what building it cost. */
export function buildModel(machine: ModelMachine, stage: BuildStage = 'final'): LinearMapModel {
  const model = new LinearMapModel(machine);
  model.boot = { capsFinal: false, pageAllocatorUp: false, onlineCpus: 1 };
  mapMem(model);
  if (stage === 'mapped') return model;
  model.boot = { capsFinal: true, pageAllocatorUp: true, onlineCpus: 2 };
  if (maybeSplitToPtes(model) !== 0) throw new Error('the kernel would panic: no memory for the repaint');
  if (machine.nonGlobal && !machine.nonGlobalEarly) markNonGlobal(model);
  if (stage === 'repainted') return model;
  markTextAliasReadOnly(model);
  if (machine.rodataEnabled) markDataAliasReadOnly(model);
  return model;
}

/** map_mem(). */
function mapMem(model: LinearMapModel): void {
  const { machine, geometry } = model;
  const page = pageKernelTagged(geometry, machine.nonGlobal && machine.nonGlobalEarly === true);
  if (typeof machine.kfence === 'object') {
    const pool = machine.kfence;
    mapLinear(model, pool.start, pool.size, page, 'pages only');
    const start = model.virtualOf(pool.start);
    model.kfencePool = { start, end: start + pool.size };
  }
  const sizes: LeafSizes = forcePteMapping(machine, true) ? 'pages only' : 'any';
  if (machine.image !== null) {
    const { text, initBegin, initEnd, bssStop } = machine.image;
    mapLinear(model, text, initBegin - text, page, sizes);
    mapLinear(model, initEnd, bssStop - initEnd, page, sizes);
  }
  const banks = machine.memory.filter((bank) => !bank.noMap).sort((a, b) => a.start - b.start);
  for (const bank of banks) mapLinear(model, bank.start, bank.size, page, sizes);
}

/**
 * linear_map_maybe_split_to_ptes(): the boot CPU promised BBML2, another CPU lacks it, so nothing may be split later.
 * The image's text keeps its blocks. Public so that an allocation failure, which panics, can be looked at.
 */
export function maybeSplitToPtes(model: LinearMapModel): Errno {
  const { machine, geometry } = model;
  if (!model.requiresBbml2 || (machine.bbml2 && machine.bbml2AllCpus)) return 0;
  const stext = machine.image === null ? geometry.pageEnd : model.virtualOf(machine.image.stext);
  const initBegin = machine.image === null ? geometry.pageEnd : model.virtualOf(machine.image.initBegin);
  const error = rangeSplitToPtes(model, geometry.pageOffset, stext);
  if (error) return error;
  if (initBegin < geometry.pageEnd) {
    const second = rangeSplitToPtes(model, initBegin, geometry.pageEnd);
    if (second) return second;
  }
  flushRange(model, geometry.pageOffset, geometry.pageEnd);
  return 0;
}

/** kpti_install_ng_mappings() follows the repaint and rewrites every descriptor, those of the new tables too. */
function markNonGlobal(model: LinearMapModel): void {
  for (const { level, va, attributes } of model.tables()) {
    model.place(level, va, { kind: 'table', attributes: attributes | NOT_GLOBAL });
  }
  for (const { level, va, pa, count, attributes } of model.leafRuns()) {
    const span = spanOf(model.geometry, level);
    for (let i = 0; i < count; i++) {
      const leaf = { pa: pa + i * span, attributes: attributes | NOT_GLOBAL };
      model.place(level, va + i * span, { kind: 'leaf', ...leaf });
    }
  }
}

/** mark_linear_text_alias_ro(): always, even with rodata=off. */
function markTextAliasReadOnly(model: LinearMapModel): void {
  if (model.machine.image === null) return;
  const { text, initBegin } = model.machine.image;
  markReadOnly(model, text, initBegin);
}

/** mark_rodata_ro(), as far as the linear map is concerned. From here on the root table is read-only too. */
function markDataAliasReadOnly(model: LinearMapModel): void {
  if (model.machine.image !== null) {
    const { initEnd, bssStop } = model.machine.image;
    markReadOnly(model, initEnd, bssStop);
  }
  model.cost.rootIsReadOnly = true;
}

function markReadOnly(model: LinearMapModel, pa: number, end: number): void {
  const page = pageKernelReadOnly(model.geometry, model.machine.nonGlobal);
  mapLinear(model, pa, end - pa, page, 'any');
  const last = alignUp(model.virtualOf(end), model.geometry.granule);
  flushRange(model, model.virtualOf(pa), last);
}
