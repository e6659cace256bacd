/** One call of the kernel on its linear map, made on the core and on the model. Addresses and sizes in bytes. */
import type { Core, Permission } from '../../src/core/core.js';
import { OperationList } from '../../src/core/operations.js';
import { type MaskName, masksOf } from '../model/api.js';
import { changeMemory, updateRangeProt } from '../model/change.js';
import type { LinearMapModel } from '../model/linear-map-model.js';
import { forcePteMapping } from '../model/machine.js';
import { initKfencePool, rangeSplitToPtes, splitKernelLeafMapping } from '../model/split.js';

interface Range {
  readonly start: number;
  readonly size: number;
}

export type Call =
  | (Range & { readonly kind: 'change'; readonly permission: Permission; readonly flush: boolean })
  | (Range & { readonly kind: 'split' | 'splitToPages' | 'kfencePool' });

const MASKS: Readonly<Record<Permission, MaskName>> = {
  ro: 'set_memory_ro',
  rw: 'set_memory_rw',
  nx: 'set_memory_nx',
  x: 'set_memory_x',
  valid: 'set_memory_valid',
  invalid: 'set_memory_invalid',
  default: 'set_direct_map_default_noflush',
  decrypted: 'realm_decrypt',
  encrypted: 'realm_encrypt',
};

/** Makes the call. Returns 0 or a negative errno. */
export function callModel(model: LinearMapModel, call: Call): number {
  const { start, size } = call;
  switch (call.kind) {
    case 'change': {
      const masks = masksOf(MASKS[call.permission], model.machine);
      return (call.flush ? changeMemory : updateRangeProt)(model, start, size, masks);
    }
    case 'split':
      return splitKernelLeafMapping(model, start, start + size);
    case 'splitToPages':
      return rangeSplitToPtes(model, start, start + size);
    case 'kfencePool':
      return initKfencePool(model, start, size);
  }
}

/** Makes the call. `pagesAnyway`: a late KFENCE pool finds nothing to split. Returns 0 or a negative errno. */
export function callCore(core: Core, call: Call, pagesAnyway: boolean): number {
  const list = new OperationList();
  pushCall(list, core, call, pagesAnyway);
  core.run(list);
  return list.firstError();
}

/** Appends what the call takes: two operations for a KFENCE pool that is split, else one. */
export function pushCall(list: OperationList, core: Core, call: Call, pagesAnyway: boolean): void {
  const { operation } = core;
  const { start, size } = call;
  if (call.kind === 'change') {
    const flags = call.flush ? 0 : operation.noFlush;
    list.push(operation.change, flags, start, size, core.permission(call.permission));
  } else if (call.kind === 'kfencePool') {
    if (!pagesAnyway) list.push(operation.splitToPages, 0, start, size);
    list.push(operation.kfencePool, pagesAnyway ? 0 : operation.chained, start, size);
  } else {
    list.push(operation[call.kind], 0, start, size);
  }
}

/** arch_kfence_init_pool() splits nothing: the whole map is pages, or the pool was there before the map. */
export function kfencePoolIsPages({ machine }: LinearMapModel): boolean {
  return typeof machine.kfence === 'object' || forcePteMapping(machine, false);
}
