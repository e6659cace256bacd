// Twin of build.ts.
#pragma once
#include "tables.h"

enum { NO_BLOCK_MAPPINGS = 1 << 0, NO_CONT_MAPPINGS = 1 << 1, NO_EXEC_MAPPINGS = 1 << 2 };
enum { ENOMEM_ = 12, EBUSY_ = 16, EINVAL_ = 22 };

static i32 map_table(u32 table, i32 level, u64 va, u64 end, u64 pa, u64 attributes, u32 flags);

static bool pages_may_stay_uniform(u64 attributes, u32 flags) {
  u32 pages_only = NO_BLOCK_MAPPINGS | NO_CONT_MAPPINGS;
  if ((flags & pages_only) != pages_only || !(flags & NO_EXEC_MAPPINGS)) return false;
  return may_be_uniform(attributes);
}

static u32 descend(u32 entry, i32 level, u32 flags, bool zero) {
  u64 desc = load64(entry);
  if (is_uniform(desc)) return materialise(entry, level);
  if (desc != 0) return table_of(desc);
  if (!may_allocate(level + 1)) return 0;
  u32 table = material_table(zero);
  u64 attributes = TABLE_UXN | ACCESS_FLAG | (flags & NO_EXEC_MAPPINGS ? TABLE_PXN : 0);
  store64(entry, table_descriptor(table, attributes));
  count(DESCRIPTOR_WRITES, 1);
  return table;
}

static void map_leaves(u32 entry, i32 level, u32 leaves, u64 pa, u64 leaf) {
  count(DESCRIPTOR_WRITES, leaves);
  fill_descriptors(entry, leaves, pa | leaf, level_size(level));
}

static i32 map_group(u32 table, i32 level, u64 va, u64 end, u64 pa, u64 leaf, u64 attributes, u32 flags) {
  u64 size = level_size(level);
  bool as_blocks = blocks_at(level) && !(flags & NO_BLOCK_MAPPINGS);
  while (va < end) {
    u32 entry = entry_of(table, level, va);
    if (as_blocks && ((va | pa) & (size - 1)) == 0) {
      u32 entries = (u32)((end - va) >> level_shift(level));
      u32 blocks = entries_before(entry, entries, TYPE_MASK, TYPE_TABLE);
      if (blocks > 0) {
        map_leaves(entry, level, blocks, pa, leaf);
        pa += size * blocks;
        va += size * blocks;
        continue;
      }
    }
    u64 next = next_boundary(va, end, size);
    u64 desc = load64(entry);
    bool whole = ((va | next | pa) & (size - 1)) == 0;
    if (whole && desc == 0 && pages_may_stay_uniform(attributes, flags)) {
      store64(entry, UNIFORM | pa | attributes);
      count(DESCRIPTOR_WRITES, 1);
      count_uniform(level);
    } else {
      if (desc != 0 && !is_table(desc)) return -EINVAL_;
      bool filled = whole && level + 1 == LAST_LEVEL && (flags & NO_CONT_MAPPINGS);
      u32 below = descend(entry, level, flags, !filled);
      if (below == 0) return -ENOMEM_;
      i32 ret = map_table(below, level + 1, va, next, pa, attributes, flags);
      if (ret != 0) return ret;
    }
    pa += next - va;
    va = next;
  }
  return 0;
}

static u32 contiguous_entries(u32 entry, i32 level, u64 bytes) {
  u32 whole_groups = ~((1u << contiguous_shift(level)) - 1);
  u32 entries = (u32)(bytes >> level_shift(level)) & whole_groups;
  return entries_before(entry, entries, VALID | CONTIGUOUS, VALID) & whole_groups;
}

static i32 map_table(u32 table, i32 level, u64 va, u64 end, u64 pa, u64 attributes, u32 flags) {
  bool groups = contiguous_shift(level) > 0 && !(flags & NO_CONT_MAPPINGS);
  bool as_leaves = level == LAST_LEVEL || (blocks_at(level) && !(flags & NO_BLOCK_MAPPINGS));
  u64 group_size = contiguous_size(level), leaf = leaf_attributes(attributes, level);
  while (va < end) {
    if (groups && as_leaves && ((va | pa) & (group_size - 1)) == 0) {
      u32 leaves = contiguous_entries(entry_of(table, level, va), level, end - va);
      if (leaves > 0) {
        map_leaves(entry_of(table, level, va), level, leaves, pa, leaf | CONTIGUOUS);
        u64 size = (u64)leaves << level_shift(level);
        pa += size;
        va += size;
        continue;
      }
    }
    u64 next = groups ? next_boundary(va, end, group_size) : end;
    if (level == LAST_LEVEL) {
      u32 pages = (u32)((next - va) >> granule_shift);
      map_leaves(entry_of(table, level, va), level, pages, pa, leaf);
    } else {
      i32 ret = map_group(table, level, va, next, pa, leaf, attributes, flags);
      if (ret != 0) return ret;
    }
    pa += next - va;
    va = next;
  }
  return 0;
}

static i32 map_range(u64 pa, u64 va, u64 size, u32 prot, u32 flags) {
  u64 page_mask = (u64)granule_size - 1;
  if ((pa ^ va) & page_mask) return -EINVAL_;
  u64 end = (va + size + page_mask) & ~page_mask;
  return map_table(root, root_level, va & ~page_mask, end, pa & ~page_mask, prot_bits(prot), flags);
}
