// Twin of geometry.ts.
#pragma once
#include "memory.h"

enum { LAST_LEVEL = 3, DESCRIPTOR_SHIFT = 3 };

static u32 granule_shift, granule_size, index_bits, va_bits, root_entries, shape;
static i32 root_level;
static u32 contiguous_pte_shift, contiguous_pmd_shift;

static inline u32 level_shift(i32 level) { return index_bits * (u32)(LAST_LEVEL + 1 - level) + DESCRIPTOR_SHIFT; }
static inline u64 level_size(i32 level) { return 1ull << level_shift(level); }
static inline u32 entries_at(i32 level) { return level == root_level ? root_entries : 1u << index_bits; }

#define SHAPE_OF(shift, bits) ((shift) << 8 | (bits))

static void set_geometry(u32 shift, u32 bits) {
  granule_shift = shift;
  granule_size = 1u << shift;
  index_bits = shift - DESCRIPTOR_SHIFT;
  va_bits = bits;
  root_level = LAST_LEVEL + 1 - (i32)((bits - 4) / index_bits);
  root_entries = 1u << (bits - level_shift(root_level));
  shape = SHAPE_OF(shift, bits);
  contiguous_pte_shift = shift == 12 ? 4 : shift == 14 ? 7 : 5;
  contiguous_pmd_shift = shift == 12 ? 4 : 5;
}

static inline u32 contiguous_shift(i32 level) {
  if (level == 3) return contiguous_pte_shift;
  if (level == 2 && root_level < 2) return contiguous_pmd_shift;
  return 0;
}

static inline u64 contiguous_size(i32 level) { return level_size(level) << contiguous_shift(level); }
static inline bool blocks_at(i32 level) { return level == 2 || (level == 1 && granule_shift == 12); }

static inline u32 entry_of(u32 table, i32 level, u64 va) {
  u32 index = (u32)(va >> level_shift(level)) & (entries_at(level) - 1);
  return table + (index << DESCRIPTOR_SHIFT);
}

static inline u64 next_boundary(u64 va, u64 end, u64 size) {
  u64 boundary = (va + size) & ~(size - 1);
  return boundary - 1 < end - 1 ? boundary : end;
}
