// Twin of split.ts: splitLeafMapping() and what it calls.
#pragma once
#include "build.h"

static inline u64 read_entry(u32 entry) {
  count(DESCRIPTOR_READS, 1);
  return load64(entry);
}

static u64 child_attributes(u64 desc, i32 below, bool contiguous) {
  u64 bits = attributes_of(desc) & ~(TYPE_MASK | CONTIGUOUS);
  bits |= below == LAST_LEVEL ? TYPE_PAGE : TYPE_BLOCK;
  if (!(desc & VALID)) bits = (bits & ~VALID) | PRESENT_INVALID;
  return contiguous && contiguous_shift(below) > 0 ? bits | CONTIGUOUS : bits;
}

static void note_split(i32 level, u64 va, bool to_contiguous) {
  u64 leaf = va & ~(level_size(level) - 1);
  if (level == 1) log_event(to_contiguous ? LOG_SPLIT_PUD_TO_CONT_PMD : LOG_SPLIT_PUD_TO_PMD, leaf);
  else log_event(to_contiguous ? LOG_SPLIT_PMD_TO_CONT_PTE : LOG_SPLIT_PMD_TO_PTE, leaf);
}

static void count_split(i32 level, bool to_contiguous) {
  if (level == 1) count(to_contiguous ? SPLIT_PUD_TO_CONT_PMD : SPLIT_PUD_TO_PMD, 1);
  else count(to_contiguous ? SPLIT_PMD_TO_CONT_PTE : SPLIT_PMD_TO_PTE, 1);
}

/** Always to contiguous groups, so never to a uniform table. */
static i32 split_block(u32 entry, i32 level, u64 va) {
  i32 below = level + 1;
  u64 desc = load64(entry);
  u64 pa = desc & oa_mask & ~(level_size(level) - 1);
  u64 leaf = child_attributes(desc, below, true);
  u64 link = (LINEAR_TABLE & ~TABLE_PXN) | (desc & PXN ? TABLE_PXN : 0);
  note_split(level, va, true);
  if (!may_allocate(below)) return -ENOMEM_;
  count_split(level, true);
  u32 entries = entries_at(below);
  count(DESCRIPTOR_WRITES, entries);
  if (leaf & VALID) queue_barriers(entries);
  u32 table = material_table(false);
  fill_descriptors(table, entries, pa | leaf, level_size(below));
  count(DSB_ISHST, 1);
  store_above(entry, table_descriptor(table, link));
  return 0;
}

static void split_contiguous(u32 entry, i32 level) {
  u32 entries = 1u << contiguous_shift(level);
  u32 first = entry & ~((entries << 3) - 1);
  count(level == 2 ? SPLIT_CONT_PMD : SPLIT_CONT_PTE, 1);
  count(DESCRIPTOR_READS, entries);
  count(DESCRIPTOR_WRITES, entries);
  mask_descriptors(first, entries, 0, CONTIGUOUS);
  queue_barriers_of(first, entries);
}

static u32 child_of(u32 entry, i32 level) {
  u64 desc = load64(entry);
  return is_uniform(desc) ? materialise(entry, level) : table_of(desc);
}

static i32 split_boundary(u64 va) {
  count(BOUNDARIES, 1);
  log_event(LOG_BOUNDARY, va);
  u32 table = root;
  for (i32 level = root_level; level < 2; level++) {
    if ((va & (level_size(level) - 1)) == 0) return 0;
    u32 entry = entry_of(table, level, va);
    u64 desc = read_entry(entry);
    if (!is_present(desc)) return 0;
    if (is_block(desc) && split_block(entry, level, va) != 0) return -ENOMEM_;
    table = child_of(entry, level);
  }

  if ((va & (contiguous_size(2) - 1)) == 0) return 0;
  u32 pmd_entry = entry_of(table, 2, va);
  u64 pmd = read_entry(pmd_entry);
  if (!is_present(pmd)) return 0;
  if (is_block(pmd)) {
    if (pmd & CONTIGUOUS) split_contiguous(pmd_entry, 2);
    if ((va & (level_size(2) - 1)) == 0) return 0;
    if (split_block(pmd_entry, 2, va) != 0) return -ENOMEM_;
  }

  if ((va & (contiguous_size(3) - 1)) == 0) return 0;
  u32 pte_entry = entry_of(child_of(pmd_entry, 2), 3, va);
  u64 pte = read_entry(pte_entry);
  if (is_present(pte) && pte & CONTIGUOUS) split_contiguous(pte_entry, 3);
  return 0;
}

static i32 split_leaf_mapping(u64 start, u64 end) {
  if (!system_has(REQUIRES_BBML2) || in_kfence_pool(start)) return 0;
  if (!system_has(HAS_BBML2)) {
    if (system_has(CAPS_FINAL)) return 0;
    if (!system_has(PAGE_ALLOCATOR) || system_has(SMP)) return -EBUSY_;
  }
  if ((start | end) & ((u64)granule_size - 1)) return -EINVAL_;
  enter_lazy_mmu();
  i32 ret;
  if (end - start == granule_size) {
    ret = split_boundary((start >> granule_shift) & 1 ? start : end);
  } else {
    ret = split_boundary(start);
    if (ret == 0) ret = split_boundary(end);
  }
  leave_lazy_mmu();
  return ret;
}
