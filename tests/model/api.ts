/** The kernel's public calls on the linear map. Addresses are linear-map VAs, `pages` counts pages. */
import { changeMemory, type Masks, makeValid, updateRangeProt } from './change.js';
import { encodeAddress } from './descriptor.js';
import { EINVAL, type Errno, OK } from './errno.js';
import type { LinearMapModel } from './linear-map-model.js';
import { canSetDirectMap, geometryOfMachine, type ModelMachine } from './machine.js';

export type MaskName =
  | 'set_memory_ro'
  | 'set_memory_rw'
  | 'set_memory_nx'
  | 'set_memory_x'
  | 'set_memory_valid'
  | 'set_memory_invalid'
  | 'set_direct_map_invalid_noflush'
  | 'set_direct_map_default_noflush'
  | 'realm_decrypt'
  | 'realm_encrypt';

/** The masks that a call passes on this machine. Encryption moves the page by the top bit of a realm's IPA space. */
export function masksOf(name: MaskName, machine: ModelMachine): Masks {
  const guarded = machine.bti ? 0x0004000000000000n : 0n;
  const valid = makeValid(machine.nonGlobal);
  const invalid: Masks = { set: 0x800n, clear: valid.set };
  const shared = sharedBit(machine);
  switch (name) {
    case 'set_memory_ro':
      return { set: 0x80n, clear: 0x0008000000000000n };
    case 'set_memory_rw':
      return { set: 0x0008000000000000n, clear: 0x80n };
    case 'set_memory_nx':
      return { set: 0x0020000000000000n, clear: guarded };
    case 'set_memory_x':
      return { set: guarded, clear: 0x0020000000000000n };
    case 'set_memory_valid':
      return valid;
    case 'set_memory_invalid':
    case 'set_direct_map_invalid_noflush':
      return invalid;
    case 'set_direct_map_default_noflush':
      return { set: 0x0008000000000000n | valid.set, clear: 0x880n };
    case 'realm_decrypt':
      return { set: shared | invalid.set, clear: invalid.clear };
    case 'realm_encrypt':
      return { set: invalid.set, clear: shared | invalid.clear };
  }
}

/** PROT_NS_SHARED. */
function sharedBit(machine: ModelMachine): bigint {
  if (machine.realmIpaBits === null) return 0n;
  return encodeAddress(geometryOfMachine(machine), 2 ** (machine.realmIpaBits - 1));
}

/** What set_memory_ro() and set_memory_rw() of a vmalloc area do to the linear alias of one of its pages. */
export function changeAlias(
  model: LinearMapModel,
  va: number,
  name: 'set_memory_ro' | 'set_memory_rw',
): Errno {
  return changeMemory(model, va, model.geometry.granule, masksOf(name, model.machine));
}

export function setMemoryValid(model: LinearMapModel, va: number, pages: number, valid: boolean): Errno {
  const masks = masksOf(valid ? 'set_memory_valid' : 'set_memory_invalid', model.machine);
  return changeMemory(model, va, pages * model.geometry.granule, masks);
}

export function setDirectMapInvalidNoflush(model: LinearMapModel, va: number): Errno {
  if (!canSetDirectMap(model.machine, false)) return OK;
  const masks = masksOf('set_direct_map_invalid_noflush', model.machine);
  return updateRangeProt(model, va, model.geometry.granule, masks);
}

export function setDirectMapDefaultNoflush(model: LinearMapModel, va: number): Errno {
  if (!canSetDirectMap(model.machine, false)) return OK;
  const masks = masksOf('set_direct_map_default_noflush', model.machine);
  return updateRangeProt(model, va, model.geometry.granule, masks);
}

/** Also __kernel_map_pages(). Despite its name it flushes when it invalidates. */
export function setDirectMapValidNoflush(
  model: LinearMapModel,
  va: number,
  pages: number,
  valid: boolean,
): Errno {
  if (!canSetDirectMap(model.machine, false)) return OK;
  return setMemoryValid(model, va, pages, valid);
}

/** set_memory_decrypted() and set_memory_encrypted(): nothing outside a realm. */
export function setMemoryEncryption(
  model: LinearMapModel,
  va: number,
  pages: number,
  encrypt: boolean,
): Errno {
  if (model.machine.realmIpaBits === null) return OK;
  const { pageOffset, pageEnd, granule } = model.geometry;
  if (va < pageOffset || va >= pageEnd) return EINVAL;
  const masks = masksOf(encrypt ? 'realm_encrypt' : 'realm_decrypt', model.machine);
  const error = changeMemory(model, va, pages * granule, masks);
  if (error) return error;
  return changeMemory(model, va, pages * granule, masksOf('set_memory_valid', model.machine));
}
