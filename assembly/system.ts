// System: what the running kernel and its CPUs are, as far as page-table code asks.
// Flags are set as one word; the harness finds them by their names (SYSTEM_…).
import { setMaybeBits } from './descriptor';

/** linear_map_requires_bbml2: blocks are mapped and permissions may change, so leaves are split on demand. */
export const SYSTEM_REQUIRES_BBML2: u32 = 1 << 0;
/** The system-wide capability BBML2_NOABORT. */
export const SYSTEM_HAS_BBML2: u32 = 1 << 1;
/** System capabilities are final (all early CPUs are up). */
export const SYSTEM_CAPS_FINAL: u32 = 1 << 2;
/** More than one CPU is online. */
export const SYSTEM_SMP: u32 = 1 << 3;
/** The page allocator works. */
export const SYSTEM_PAGE_ALLOCATOR: u32 = 1 << 4;
/** FEAT_TLBIRANGE. */
export const SYSTEM_TLBI_RANGE: u32 = 1 << 5;
/** The repeat-TLBI workaround is active. */
export const SYSTEM_REPEAT_TLBI: u32 = 1 << 6;
/** LPA2 descriptors are in use (TCR_EL1.DS). */
export const SYSTEM_LPA2: u32 = 1 << 7;
/** Kernel mappings are non-global (KPTI). */
export const SYSTEM_NON_GLOBAL: u32 = 1 << 8;
/** The kernel runs with BTI. */
export const SYSTEM_BTI: u32 = 1 << 9;
/** mark_rodata_ro() has run: swapper_pg_dir is written through the fixmap. */
export const SYSTEM_RODATA_READ_ONLY: u32 = 1 << 10;
/** arm64 batches barriers in lazy MMU sections (since 6.16). */
export const SYSTEM_LAZY_MMU: u32 = 1 << 11;
/** Tables that follow one formula are not stored until they are written; no effect but on memory and time. */
export const SYSTEM_UNIFORM_TABLES: u32 = 1 << 12;

/** Permissions change through apply_to_page_range(), which refuses every block (6.17 and earlier). */
export const SYSTEM_PAGES_ONLY: u32 = 1 << 13;

export let system: u32 = 0;
/** Width of a CCA realm's intermediate physical addresses; 0 outside a realm. */
export let realmIpaBits: u32 = 0;
let kfenceStart: u64 = 0;
let kfenceEnd: u64 = 0;

export function setSystemFlags(flags: u32): void {
  system = flags;
  setMaybeBits((flags & SYSTEM_NON_GLOBAL) !== 0, (flags & SYSTEM_BTI) !== 0);
}

export function setRealm(ipaBits: u32): void {
  realmIpaBits = ipaBits;
}

export function systemHas(flag: u32): bool {
  return (system & flag) !== 0;
}

/** [start, end) in VA of the KFENCE pool; start == end means none. */
export function setKfencePool(start: u64, end: u64): void {
  kfenceStart = start;
  kfenceEnd = end;
}

/** is_kfence_address() */
export function inKfencePool(va: u64): bool {
  return va - kfenceStart < kfenceEnd - kfenceStart;
}
