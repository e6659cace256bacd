// Build: the greedy mapper of the boot, __create_pgd_mapping() with alloc_init_pud(), init_pmd(), init_pte().
// For each range it takes the largest leaf that VA, PA and the rest of the range allow, and never replaces a
// table by a leaf. The same mapper later rewrites the read-only aliases of the image.
// Stores and tables are counted; the barriers of boot-time mapping are not modelled.
import { COUNTER_DESCRIPTOR_WRITES, count } from './counters';
import {
  ACCESS_FLAG,
  CONTIGUOUS,
  isTable,
  leafAttributes,
  NON_GLOBAL,
  oaField,
  oaIsLinear,
  protBits,
  TABLE_PXN,
  TABLE_UXN,
  TYPE_MASK,
  TYPE_TABLE,
  VALID,
} from './descriptor';
import { EINVAL, ENOMEM } from './errno';
import { entriesBefore, fillDescriptors } from './fill';
import {
  blocksAt,
  contiguousShift,
  contiguousSize,
  entriesAt,
  entryOf,
  granuleShift,
  granuleSize,
  LAST_LEVEL,
  levelShift,
  levelSize,
  nextBoundary,
  pageEnd,
  rootLevel,
} from './geometry';
import { materialTable, mayAllocate, root, tableDescriptor, tableOf } from './tables';
import {
  countUniform,
  isUniform,
  materialise,
  mayBeUniform,
  nonGlobalUniform,
  uniformEntry,
} from './uniform';

export const NO_BLOCK_MAPPINGS: u32 = 1 << 0;
export const NO_CONT_MAPPINGS: u32 = 1 << 1;
export const NO_EXEC_MAPPINGS: u32 = 1 << 2;
const PAGES_ONLY: u32 = NO_BLOCK_MAPPINGS | NO_CONT_MAPPINGS;

/**
 * Maps [va, va + size) to [pa, pa + size), both rounded out to pages.
 * @returns 0, -EINVAL where va and pa differ in their offset in the page or pages would replace a block, -ENOMEM
 * where a table could not be had.
 */
export function mapRange(pa: u64, va: u64, size: u64, prot: u32, flags: u32): i32 {
  const pageMask = <u64>granuleSize - 1;
  if ((pa ^ va) & pageMask) return -EINVAL;
  const end = (va + size + pageMask) & ~pageMask;
  return mapTable(root, rootLevel, va & ~pageMask, end, pa & ~pageMask, protBits(prot), flags);
}

/** Maps [va, end) in a table of `level`: as many contiguous groups as follow each other, or what lies in one group. */
function mapTable(table: usize, level: i32, va: u64, end: u64, pa: u64, attributes: u64, flags: u32): i32 {
  const groups = contiguousShift(level) > 0 && !(flags & NO_CONT_MAPPINGS);
  const asLeaves = level === LAST_LEVEL || (blocksAt(level) && !(flags & NO_BLOCK_MAPPINGS));
  const groupSize = contiguousSize(level);
  const leaf = leafAttributes(attributes, level);
  while (va < end) {
    if (groups && asLeaves && ((va | pa) & (groupSize - 1)) === 0) {
      const leaves = contiguousEntries(entryOf(table, level, va), level, end - va);
      if (leaves > 0) {
        mapLeaves(entryOf(table, level, va), level, leaves, pa, leaf | CONTIGUOUS);
        const size = (<u64>leaves) << (<u64>levelShift(level));
        pa += size;
        va += size;
        continue;
      }
    }
    const next = groups ? nextBoundary(va, end, groupSize) : end;
    if (level === LAST_LEVEL) {
      const pages = <u32>((next - va) >> <u64>granuleShift);
      mapLeaves(entryOf(table, level, va), level, pages, pa, leaf);
    } else {
      const ret = mapGroup(table, level, va, next, pa, leaf, attributes, flags);
      if (ret !== 0) return ret;
    }
    pa += next - va;
    va = next;
  }
  return 0;
}

/** Entries of the whole groups from `entry` on, within `bytes`, that hold no valid entry without the Contiguous bit. */
function contiguousEntries(entry: usize, level: i32, bytes: u64): u32 {
  const wholeGroups = ~(((<u32>1) << contiguousShift(level)) - 1);
  const entries = <u32>(bytes >> <u64>levelShift(level)) & wholeGroups;
  // A table counts as one.
  return entriesBefore(entry, entries, VALID | CONTIGUOUS, VALID) & wholeGroups;
}

/** Entries of one group above the last level: blocks where they fit, tables elsewhere. */
function mapGroup(
  table: usize,
  level: i32,
  va: u64,
  end: u64,
  pa: u64,
  leaf: u64,
  attributes: u64,
  flags: u32,
): i32 {
  const size = levelSize(level);
  const asBlocks = blocksAt(level) && !(flags & NO_BLOCK_MAPPINGS);
  while (va < end) {
    const entry = entryOf(table, level, va);
    if (asBlocks && ((va | pa) & (size - 1)) === 0) {
      const entries = <u32>((end - va) >> <u64>levelShift(level));
      const blocks = entriesBefore(entry, entries, TYPE_MASK, TYPE_TABLE);
      if (blocks > 0) {
        mapLeaves(entry, level, blocks, pa, leaf);
        pa += size * blocks;
        va += size * blocks;
        continue;
      }
    }
    const next = nextBoundary(va, end, size);
    const desc = load<u64>(entry);
    const whole = ((va | next | pa) & (size - 1)) === 0;
    if (whole && desc === 0 && pagesMayStayUniform(level, pa, attributes, flags)) {
      store<u64>(entry, uniformEntry(pa, attributes));
      count(COUNTER_DESCRIPTOR_WRITES);
      countUniform(level);
    } else {
      // The kernel stops with BUG(): it never maps pages over a block that is in place.
      if (desc !== 0 && !isTable(desc)) return -EINVAL;
      // Where pages without groups fill all of the new table, nothing reads it before.
      const filled = whole && level + 1 === LAST_LEVEL && (flags & NO_CONT_MAPPINGS) !== 0;
      const below = descend(entry, level, flags, !filled);
      if (below === 0) return -ENOMEM;
      const ret = mapTable(below, level + 1, va, next, pa, attributes, flags);
      if (ret !== 0) return ret;
    }
    pa += next - va;
    va = next;
  }
  return 0;
}

function pagesMayStayUniform(level: i32, pa: u64, attributes: u64, flags: u32): bool {
  if ((flags & PAGES_ONLY) !== PAGES_ONLY || !(flags & NO_EXEC_MAPPINGS)) return false;
  return mayBeUniform(pa, level, attributes);
}

/** The table below an entry, made where there is none. Only a new table's entry gets the PXN of NO_EXEC_MAPPINGS. */
function descend(entry: usize, level: i32, flags: u32, zero: bool): usize {
  const desc = load<u64>(entry);
  if (isUniform(desc)) return materialise(entry, level);
  if (desc !== 0) return tableOf(desc);
  if (!mayAllocate(level + 1)) return 0;
  const table = materialTable(zero);
  const attributes = TABLE_UXN | ACCESS_FLAG | (flags & NO_EXEC_MAPPINGS ? TABLE_PXN : 0);
  store<u64>(entry, tableDescriptor(table, attributes));
  count(COUNTER_DESCRIPTOR_WRITES);
  return table;
}

/** Leaves of `level` in consecutive entries. */
function mapLeaves(entry: usize, level: i32, leaves: u32, pa: u64, leaf: u64): void {
  const size = levelSize(level);
  count(COUNTER_DESCRIPTOR_WRITES, leaves);
  if (oaIsLinear(pa, size * leaves)) {
    fillDescriptors(entry, leaves, oaField(pa) | leaf, size);
    return;
  }
  for (let i: u32 = 0; i < leaves; i++) {
    store<u64>(entry + ((<usize>i) << 3), oaField(pa + size * i) | leaf);
  }
}

/**
 * The root entry that a 52-bit map shares between the linear map and the kernel image: the early image mapper
 * has made it, without AF and without PXN, before the linear map is built. Nothing where there is none.
 */
export function linkSharedRootEntry(): void {
  const size = levelSize(rootLevel);
  if ((pageEnd & (size - 1)) === 0) return;
  store<u64>(entryOf(root, rootLevel, pageEnd), tableDescriptor(materialTable(true), TABLE_UXN));
}

/**
 * kpti_install_ng_mappings(): KPTI that is decided after boot marks every existing descriptor non-global,
 * table descriptors included. Later splits copy the bit to leaves but not to their new tables.
 */
export function installNonGlobal(): void {
  markNonGlobal(root, rootLevel);
}

function markNonGlobal(table: usize, level: i32): void {
  for (let i: u32 = 0, n = entriesAt(level); i < n; i++) {
    const entry = table + ((<usize>i) << 3);
    const desc = load<u64>(entry);
    if (!(desc & VALID)) continue;
    if (level < LAST_LEVEL && isUniform(desc)) {
      store<u64>(entry, nonGlobalUniform(desc));
      continue;
    }
    store<u64>(entry, desc | NON_GLOBAL);
    if (level < LAST_LEVEL && isTable(desc)) markNonGlobal(tableOf(desc), level + 1);
  }
}
