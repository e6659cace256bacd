// Twin of change.ts and flush.ts.
#pragma once
#include "page_entry.h"
#include "split.h"

static void flush_all(void) {
  count(DSB_ISHST, 1);
  count(TLBI_ALL, 1);
  complete_tlbi();
}

static void tlbi_ranges(u64 pages) {
  u64 left = pages;
  i32 scale = 3;
  while (left != 0) {
    if (left == 1) {
      count(TLBI_SINGLE, 1);
      left--;
      continue;
    }
    u64 unit = (u64)(5 * scale + 1), units = left >> unit;
    if (units > 0) {
      count(TLBI_RANGE, 1);
      left -= units << unit;
    }
    scale--;
  }
}

static void flush_kernel_range(u64 start, u64 end) {
  u64 page_mask = (u64)granule_size - 1;
  u64 from = start & ~page_mask, to = (end + page_mask) & ~page_mask;
  u64 pages = (to - from) >> granule_shift;
  bool ranges = system_has(TLBI_RANGE_OPS);
  u64 limit = ranges ? (32 << 16) + 1 : 1ull << index_bits;
  if (pages >= limit) {
    flush_all();
    return;
  }
  count(DSB_ISHST, 1);
  if (ranges) tlbi_ranges(pages);
  else count(TLBI_SINGLE, pages);
  complete_tlbi();
}

static void change_pages(u32 entry, u64 va, u64 end, u64 set, u64 clear) {
  u32 pages = (u32)((end - va + level_size(LAST_LEVEL) - 1) >> granule_shift);
  count(DESCRIPTOR_READS, pages);
  count(DESCRIPTOR_WRITES, pages);
  mask_descriptors(entry, pages, set, clear);
  queue_barriers_of(entry, pages);
}

static i32 change_table(u32 table, i32 level, u64 va, u64 end, u64 set, u64 clear) {
  if (level == LAST_LEVEL) {
    change_pages(entry_of(table, level, va), va, end, set, clear);
    return 0;
  }
  u64 size = level_size(level);
  while (va < end) {
    u64 next = next_boundary(va, end, size);
    u32 entry = entry_of(table, level, va);
    u64 desc = load64(entry);
    count(DESCRIPTOR_READS, 1);
    if (desc != 0) {
      if (is_table(desc)) {
        u32 below = is_uniform(desc) ? materialise(entry, level) : table_of(desc);
        i32 ret = change_table(below, level + 1, va, next, set, clear);
        if (ret != 0) return ret;
      } else if (next - va == size && !system_has(PAGES_ONLY)) {
        store_above(entry, (desc & ~clear) | set);
      } else {
        return -EINVAL_;
      }
    }
    va = next;
  }
  return 0;
}

static i32 change_range(u64 start, u64 end, u64 set, u64 clear) {
  if (start >= end) return -EINVAL_;
  u32 entry = (start ^ (end - 1)) >> (granule_shift + index_bits) == 0 ? page_entry(start) : 0;
  if (entry == 0) {
    enter_lazy_mmu();
    i32 ret = change_table(root, root_level, start, end, set, clear);
    leave_lazy_mmu();
    return ret;
  }
  u64 read_above = (u64)(LAST_LEVEL - root_level);
  if (end - start <= granule_size) {
    u64 desc = (load64(entry) & ~clear) | set;
    store64(entry, desc);
    count(DESCRIPTOR_READS, read_above + 1);
    count(DESCRIPTOR_WRITES, 1);
    if (is_valid_kernel_leaf(desc)) barriers_of_lone_stores(1);
    return 0;
  }
  count(DESCRIPTOR_READS, read_above);
  enter_lazy_mmu();
  change_pages(entry, start, end, set, clear);
  leave_lazy_mmu();
  return 0;
}

static i32 update_range_prot(u64 start, u64 size, u64 set, u64 clear) {
  count(CALLS, 1);
  if (system_has(REQUIRES_BBML2)) {
    i32 ret = split_leaf_mapping(start, start + size);
    if (ret != 0) return ret;
  }
  return change_range(start, start + size, set, clear);
}

static i32 change_memory(u64 start, u64 size, u64 set, u64 clear) {
  i32 ret = update_range_prot(start, size, set, clear);
  if (!(set == VALID && clear == PRESENT_INVALID)) flush_kernel_range(start, start + size);
  return ret;
}
