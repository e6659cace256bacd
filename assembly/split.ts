// Split: replacing a leaf by smaller leaves with the same translation, while the map is in use.
//
//   PUD block → 16-entry (32-entry) contiguous PMDs → PMD block → contiguous PTEs → page
//
// A CPU with FEAT_BBM level 2 tolerates the change of size without break-before-make, so no TLBI is issued.
// Source: split_kernel_leaf_mapping(), split_pud(), split_pmd(), split_contpmd(), split_contpte() in
// arch/arm64/mm/mmu.c. Nothing is ever folded back.
import { dsbIshst, enterLazyMmu, leaveLazyMmu, queueBarriers, queueBarriersOf, storeAbove } from './barrier';
import {
  COUNTER_BOUNDARIES,
  COUNTER_DESCRIPTOR_READS,
  COUNTER_DESCRIPTOR_WRITES,
  COUNTER_SPLIT_CONT_PMD,
  COUNTER_SPLIT_CONT_PTE,
  COUNTER_SPLIT_PMD_TO_CONT_PTE,
  COUNTER_SPLIT_PMD_TO_PTE,
  COUNTER_SPLIT_PUD_TO_CONT_PMD,
  COUNTER_SPLIT_PUD_TO_PMD,
  count,
  counted,
} from './counters';
import {
  ACCESS_FLAG,
  attributesOf,
  CONTIGUOUS,
  isBlock,
  isPresent,
  isTable,
  oaField,
  oaIsLinear,
  oaOf,
  PRESENT_INVALID,
  PXN,
  TABLE_PXN,
  TABLE_UXN,
  TYPE_BLOCK,
  TYPE_MASK,
  TYPE_PAGE,
  VALID,
} from './descriptor';
import { EBUSY, EINVAL, ENOMEM } from './errno';
import { fillDescriptors, maskDescriptors } from './fill';
import { flushKernelRange } from './flush';
import {
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
  rootLevel,
} from './geometry';
import {
  LOG_BOUNDARY,
  LOG_SPLIT_PMD_TO_CONT_PTE,
  LOG_SPLIT_PMD_TO_PTE,
  LOG_SPLIT_PUD_TO_CONT_PMD,
  LOG_SPLIT_PUD_TO_PMD,
  log,
} from './log';
import {
  inKfencePool,
  SYSTEM_CAPS_FINAL,
  SYSTEM_HAS_BBML2,
  SYSTEM_PAGE_ALLOCATOR,
  SYSTEM_REQUIRES_BBML2,
  SYSTEM_SMP,
  systemHas,
} from './system';
import { materialTable, mayAllocate, root, tableDescriptor, tableOf } from './tables';
import { isUniform, LINEAR_TABLE, materialise, mayBeUniform, uniformEntry } from './uniform';

/** Attributes of the tables that a split makes; PXN only where the leaf had it. */
const SPLIT_TABLE: u64 = TABLE_UXN | TABLE_PXN | ACCESS_FLAG;

/** linear_map_requires_bbml2: elsewhere splitLeafMapping() has nothing to do. */
export function splitsOnDemand(): bool {
  return systemHas(SYSTEM_REQUIRES_BBML2);
}

/**
 * split_kernel_leaf_mapping(): makes leaf boundaries at `start` and `end`, as update_range_prot() asks before
 * it changes anything between them.
 * @returns 0; -EBUSY too early in boot; -EINVAL for unaligned addresses; -ENOMEM, with the splits made so far kept.
 */
export function splitLeafMapping(start: u64, end: u64): i32 {
  if (!splitsOnDemand() || inKfencePool(start)) return 0;
  if (!systemHas(SYSTEM_HAS_BBML2)) {
    if (systemHas(SYSTEM_CAPS_FINAL)) return 0;
    if (!systemHas(SYSTEM_PAGE_ALLOCATOR) || systemHas(SYSTEM_SMP)) return -EBUSY;
  }
  if ((start | end) & (<u64>granuleSize - 1)) return -EINVAL;

  enterLazyMmu();
  let ret: i32;
  if (end - start === granuleSize) {
    // Of two consecutive page boundaries the odd one lies inside the page's contiguous group, so splitting
    // there breaks the group down to pages and makes the other boundary too.
    ret = splitBoundary((start >> <u64>granuleShift) & 1 ? start : end);
  } else {
    ret = splitBoundary(start);
    if (ret === 0) ret = splitBoundary(end);
  }
  leaveLazyMmu();
  return ret;
}

/**
 * split_kernel_leaf_mapping_locked(): makes one leaf boundary. Each step asks the same three things: is the
 * boundary there already, is anything mapped, is it a leaf to split?
 */
function splitBoundary(va: u64): i32 {
  count(COUNTER_BOUNDARIES);
  log(LOG_BOUNDARY, va);
  let table = root;
  let level = rootLevel;

  for (; level < 2; level++) {
    if ((va & (levelSize(level) - 1)) === 0) return 0;
    const entry = entryOf(table, level, va);
    const desc = readEntry(entry);
    if (!isPresent(desc)) return 0;
    if (isBlock(desc) && splitBlock(entry, level, va, true) !== 0) return -ENOMEM;
    table = childOf(entry, level);
  }

  if ((va & (contiguousSize(2) - 1)) === 0) return 0;
  const pmdEntry = entryOf(table, 2, va);
  const pmd = readEntry(pmdEntry);
  if (!isPresent(pmd)) return 0;
  if (isBlock(pmd)) {
    if (pmd & CONTIGUOUS) splitContiguous(pmdEntry, 2);
    if ((va & (levelSize(2) - 1)) === 0) return 0;
    if (splitBlock(pmdEntry, 2, va, true) !== 0) return -ENOMEM;
  }

  if ((va & (contiguousSize(3) - 1)) === 0) return 0;
  const pteEntry = entryOf(childOf(pmdEntry, 2), 3, va);
  const pte = readEntry(pteEntry);
  if (isPresent(pte) && pte & CONTIGUOUS) splitContiguous(pteEntry, 3);
  return 0;
}

/**
 * split_pud() and split_pmd(): replaces a block by a table of the next level, whose entries carry the block's
 * attributes; contiguous where asked, so that a TLB loses as little as can be.
 */
function splitBlock(
  entry: usize,
  level: i32,
  va: u64,
  toContiguous: bool,
  tableBits: u64 = SPLIT_TABLE,
): i32 {
  const below = level + 1;
  const desc = load<u64>(entry);
  const pa = oaOf(desc) & ~(levelSize(level) - 1);
  const leaf = childAttributes(desc, below, toContiguous);
  const pxn = desc & PXN ? TABLE_PXN & tableBits : 0;
  const linkBits = (tableBits & ~TABLE_PXN) | pxn;
  logSplit(level, va, toContiguous);

  const unstored = !toContiguous && below === LAST_LEVEL && maySplitUniform(desc, pa, level, linkBits);
  if (!mayAllocate(below)) return -ENOMEM;
  countSplit(level, toContiguous);
  const entries = entriesAt(below);
  count(COUNTER_DESCRIPTOR_WRITES, entries);
  if (leaf & VALID) queueBarriers(entries);
  let link: u64;
  if (unstored) {
    link = uniformEntry(pa, leaf);
  } else {
    const table = materialTable(false);
    fillLeaves(table, below, entries, pa, leaf);
    link = tableDescriptor(table, linkBits);
  }
  // A walker must see the children before the entry that leads to them.
  dsbIshst();
  storeAbove(entry, link);
  return 0;
}

/** A leaf's attributes as its children carry them; an invalid leaf's children are present-invalid. */
function childAttributes(desc: u64, below: i32, contiguous: bool): u64 {
  let bits = attributesOf(desc) & ~(TYPE_MASK | CONTIGUOUS);
  bits |= below === LAST_LEVEL ? TYPE_PAGE : TYPE_BLOCK;
  if (!(desc & VALID)) bits = (bits & ~VALID) | PRESENT_INVALID;
  return contiguous && contiguousShift(below) > 0 ? bits | CONTIGUOUS : bits;
}

/** The new table would read back exactly as a uniform entry does. */
function maySplitUniform(desc: u64, pa: u64, level: i32, linkBits: u64): bool {
  if (!(desc & VALID) || linkBits !== LINEAR_TABLE) return false;
  return mayBeUniform(pa, level, attributesOf(desc));
}

/** Leaves of `level` in every entry of a table, from `pa` on. */
function fillLeaves(table: usize, level: i32, entries: u32, pa: u64, leaf: u64): void {
  const size = levelSize(level);
  if (oaIsLinear(pa, size * entries)) {
    fillDescriptors(table, entries, oaField(pa) | leaf, size);
    return;
  }
  for (let i: u32 = 0; i < entries; i++) {
    store<u64>(table + ((<usize>i) << 3), oaField(pa + size * i) | leaf);
  }
}

/** split_contpmd() and split_contpte(): takes the Contiguous bit from every entry of the group around `entry`. */
function splitContiguous(entry: usize, level: i32): void {
  const entries = (<u32>1) << contiguousShift(level);
  const first = entry & ~(((<usize>entries) << 3) - 1);
  count(level === 2 ? COUNTER_SPLIT_CONT_PMD : COUNTER_SPLIT_CONT_PTE);
  count(COUNTER_DESCRIPTOR_READS, entries);
  count(COUNTER_DESCRIPTOR_WRITES, entries);
  maskDescriptors(first, entries, 0, CONTIGUOUS);
  queueBarriersOf(first, entries);
}

/**
 * range_split_to_ptes(): every leaf that [start, end) touches becomes pages, in one pass and one lazy section.
 * Used where a boot CPU with BBML2 meets secondaries without, and for a KFENCE pool made at run time.
 */
export function splitRangeToPages(start: u64, end: u64): i32 {
  if (start >= end) return -EINVAL;
  enterLazyMmu();
  const ret = splitTouched(root, rootLevel, start, end, SPLIT_TABLE);
  leaveLazyMmu();
  return ret;
}

/**
 * split_linear_mapping() of series v3 (March 2025): every block that [start, end) touches becomes pages; the new
 * tables carry no attributes; the range is flushed where anything was split.
 */
export function splitRangeSeriesV3(start: u64, end: u64): i32 {
  if (!systemHas(SYSTEM_REQUIRES_BBML2) || !systemHas(SYSTEM_HAS_BBML2)) return 0;
  if ((start | end) & (<u64>granuleSize - 1)) return -EINVAL;
  const before = splitsCounted();
  const ret = splitTouched(root, rootLevel, start, end, 0);
  if (splitsCounted() !== before) flushKernelRange(start, end);
  return ret;
}

function splitTouched(table: usize, level: i32, va: u64, end: u64, tableBits: u64): i32 {
  while (va < end) {
    const next = nextBoundary(va, end, levelSize(level));
    const entry = entryOf(table, level, va);
    const desc = readEntry(entry);
    if (level === LAST_LEVEL) {
      if (desc & CONTIGUOUS) splitContiguous(entry, level);
    } else if (isBlock(desc)) {
      if (desc & CONTIGUOUS) splitContiguous(entry, level);
      if (splitBlock(entry, level, va, false, tableBits) !== 0) return -ENOMEM;
    }
    // The pages of a block that was just split need no visit; those below a PUD may still be PMD blocks.
    const visit = isTable(desc) || (level < 2 && isBlock(desc));
    if (level < LAST_LEVEL && visit) {
      const link = load<u64>(entry);
      if (isUniform(link)) {
        countVisit(level + 1, va, next);
      } else {
        const ret = splitTouched(tableOf(link), level + 1, va, next, tableBits);
        if (ret !== 0) return ret;
      }
    }
    va = next;
  }
  return 0;
}

/** The reads of a visit that finds pages only: every entry of `level` and below that covers part of [va, end). */
function countVisit(level: i32, va: u64, end: u64): void {
  for (; level <= LAST_LEVEL; level++) {
    const shift = <u64>levelShift(level);
    count(COUNTER_DESCRIPTOR_READS, ((end - 1) >> shift) - (va >> shift) + 1);
  }
}

function readEntry(entry: usize): u64 {
  count(COUNTER_DESCRIPTOR_READS);
  return load<u64>(entry);
}

/** The table below an entry that is known to hold one. */
function childOf(entry: usize, level: i32): usize {
  const desc = load<u64>(entry);
  return isUniform(desc) ? materialise(entry, level) : tableOf(desc);
}

function countSplit(level: i32, toContiguous: bool): void {
  if (level === 1) count(toContiguous ? COUNTER_SPLIT_PUD_TO_CONT_PMD : COUNTER_SPLIT_PUD_TO_PMD);
  else count(toContiguous ? COUNTER_SPLIT_PMD_TO_CONT_PTE : COUNTER_SPLIT_PMD_TO_PTE);
}

function logSplit(level: i32, va: u64, toContiguous: bool): void {
  const leaf = va & ~(levelSize(level) - 1);
  if (level === 1) log(toContiguous ? LOG_SPLIT_PUD_TO_CONT_PMD : LOG_SPLIT_PUD_TO_PMD, leaf);
  else log(toContiguous ? LOG_SPLIT_PMD_TO_CONT_PTE : LOG_SPLIT_PMD_TO_PTE, leaf);
}

function splitsCounted(): u64 {
  return counted(COUNTER_SPLIT_PUD_TO_PMD) + counted(COUNTER_SPLIT_PMD_TO_PTE);
}
