// Change: update_range_prot() and __change_memory_common() of arch/arm64/mm/pageattr.c, quirks included, and
// the masks of the public entry points.
import { barriersOfLoneStores, enterLazyMmu, leaveLazyMmu, queueBarriersOf, storeAbove } from './barrier';
import { COUNTER_CALLS, COUNTER_DESCRIPTOR_READS, COUNTER_DESCRIPTOR_WRITES, count } from './counters';
import {
  guardedBit,
  isTable,
  isValidKernelLeaf,
  nonGlobalBit,
  oaField,
  PRESENT_INVALID,
  PXN,
  READ_ONLY,
  VALID,
  WRITE,
} from './descriptor';
import { EINVAL } from './errno';
import { maskDescriptors } from './fill';
import { flushKernelRange } from './flush';
import {
  entryOf,
  granuleShift,
  granuleSize,
  indexBits,
  LAST_LEVEL,
  levelSize,
  nextBoundary,
  rootLevel,
} from './geometry';
import { pageEntry } from './page-entry';
import { splitLeafMapping, splitRangeSeriesV3, splitsOnDemand } from './split';
import { realmIpaBits, SYSTEM_PAGES_ONLY, systemHas } from './system';
import { root, tableOf } from './tables';
import { isUniform, materialise } from './uniform';

export const PERMISSION_RO: u32 = 0;
export const PERMISSION_RW: u32 = 1;
export const PERMISSION_NX: u32 = 2;
export const PERMISSION_X: u32 = 3;
export const PERMISSION_VALID: u32 = 4;
export const PERMISSION_INVALID: u32 = 5;
/** set_direct_map_default_noflush() */
export const PERMISSION_DEFAULT: u32 = 6;
/** First steps of set_memory_decrypted() and set_memory_encrypted() in a realm; the last step is PERMISSION_VALID. */
export const PERMISSION_DECRYPTED: u32 = 7;
export const PERMISSION_ENCRYPTED: u32 = 8;

/** PROT_NS_SHARED: in a realm, the top bit of the guest's physical address space; elsewhere nothing. */
function nonSecureShared(): u64 {
  if (realmIpaBits === 0) return 0;
  const top = <u64>(realmIpaBits - 1);
  return oaField((<u64>1) << top);
}

/** The bits that a permission change sets. Clear comes first: with nG mappings bit 11 is in both masks. */
export function permissionSet(permission: u32): u64 {
  switch (permission) {
    case PERMISSION_RO:
      return READ_ONLY;
    case PERMISSION_RW:
      return WRITE;
    case PERMISSION_NX:
      return PXN;
    case PERMISSION_X:
      return guardedBit;
    case PERMISSION_VALID:
      return VALID | nonGlobalBit;
    case PERMISSION_INVALID:
    case PERMISSION_ENCRYPTED:
      return PRESENT_INVALID;
    case PERMISSION_DECRYPTED:
      return nonSecureShared() | PRESENT_INVALID;
    default:
      return VALID | nonGlobalBit | WRITE;
  }
}

/** The bits that a permission change clears. */
export function permissionClear(permission: u32): u64 {
  switch (permission) {
    case PERMISSION_RO:
      return WRITE;
    case PERMISSION_RW:
      return READ_ONLY;
    case PERMISSION_NX:
      return guardedBit;
    case PERMISSION_X:
      return PXN;
    case PERMISSION_VALID:
      return PRESENT_INVALID;
    case PERMISSION_INVALID:
    case PERMISSION_DECRYPTED:
      return VALID | nonGlobalBit;
    case PERMISSION_ENCRYPTED:
      return nonSecureShared() | VALID | nonGlobalBit;
    default:
      return PRESENT_INVALID | READ_ONLY;
  }
}

/**
 * update_range_prot(): splits at both ends, then applies the masks to every leaf of [start, start + size).
 * @returns 0; the error of the split, with nothing changed; -EINVAL at a partly covered block or an empty range,
 * with everything before it changed.
 */
export function updateRangeProt(start: u64, size: u64, set: u64, clear: u64): i32 {
  count(COUNTER_CALLS);
  if (splitsOnDemand()) {
    const ret = splitLeafMapping(start, start + size);
    if (ret !== 0) return ret;
  }
  return changeRange(start, start + size, set, clear);
}

/** The second half of update_range_prot(): the lockless walk that changes leaves, without a split before it. */
function changeRange(start: u64, end: u64, set: u64, clear: u64): i32 {
  if (start >= end) return -EINVAL;
  // Most calls change one page, or pages of one table.
  const entry = (start ^ (end - 1)) >> <u64>(granuleShift + indexBits) === 0 ? pageEntry(start) : 0;
  if (entry === 0) {
    enterLazyMmu();
    const ret = changeTable(root, rootLevel, start, end, set, clear);
    leaveLazyMmu();
    return ret;
  }
  const readAbove = <u64>(LAST_LEVEL - rootLevel);
  if (end - start <= granuleSize) {
    const desc = (load<u64>(entry) & ~clear) | set;
    store<u64>(entry, desc);
    count(COUNTER_DESCRIPTOR_READS, readAbove + 1);
    count(COUNTER_DESCRIPTOR_WRITES);
    if (isValidKernelLeaf(desc)) barriersOfLoneStores(1);
    return 0;
  }
  count(COUNTER_DESCRIPTOR_READS, readAbove);
  enterLazyMmu();
  changePages(entry, start, end, set, clear);
  leaveLazyMmu();
  return 0;
}

/**
 * __change_memory_common(): changes, then flushes the range even after an error. Entries that only become
 * valid need no flush, for an invalid entry is never cached.
 */
export function changeMemory(start: u64, size: u64, set: u64, clear: u64): i32 {
  const ret = updateRangeProt(start, size, set, clear);
  if (!onlyValidates(set, clear)) flushKernelRange(start, start + size);
  return ret;
}

/** __change_memory_common() over series v3, which split every touched block to pages before it changed them. */
export function changeMemorySeriesV3(start: u64, size: u64, set: u64, clear: u64, flush: bool): i32 {
  count(COUNTER_CALLS);
  let ret = splitRangeSeriesV3(start, start + size);
  if (ret === 0) ret = changeRange(start, start + size, set, clear);
  if (flush && !onlyValidates(set, clear)) flushKernelRange(start, start + size);
  return ret;
}

/** True for the one pair of masks after which __change_memory_common() does not flush. */
function onlyValidates(set: u64, clear: u64): bool {
  return set === (VALID | nonGlobalBit) && clear === PRESENT_INVALID;
}

/**
 * Empty entries are skipped above the last level, but changed in it: the PTE callback sees every slot. A
 * contiguous group that is covered in part is not noticed; only the split before prevents that.
 */
function changeTable(table: usize, level: i32, va: u64, end: u64, set: u64, clear: u64): i32 {
  if (level === LAST_LEVEL) {
    changePages(entryOf(table, level, va), va, end, set, clear);
    return 0;
  }
  const size = levelSize(level);
  while (va < end) {
    const next = nextBoundary(va, end, size);
    const entry = entryOf(table, level, va);
    const desc = load<u64>(entry);
    count(COUNTER_DESCRIPTOR_READS);
    if (desc !== 0) {
      if (isTable(desc)) {
        const below = isUniform(desc) ? materialise(entry, level) : tableOf(desc);
        const ret = changeTable(below, level + 1, va, next, set, clear);
        if (ret !== 0) return ret;
      } else if (next - va === size && !systemHas(SYSTEM_PAGES_ONLY)) {
        storeAbove(entry, (desc & ~clear) | set);
      } else {
        return -EINVAL;
      }
    }
    va = next;
  }
  return 0;
}

function changePages(entry: usize, va: u64, end: u64, set: u64, clear: u64): void {
  // The walk steps by pages until it reaches or passes the end, so an unaligned end touches one page more.
  const pages = <u32>((end - va + levelSize(LAST_LEVEL) - 1) >> <u64>granuleShift);
  count(COUNTER_DESCRIPTOR_READS, pages);
  count(COUNTER_DESCRIPTOR_WRITES, pages);
  maskDescriptors(entry, pages, set, clear);
  queueBarriersOf(entry, pages);
}
