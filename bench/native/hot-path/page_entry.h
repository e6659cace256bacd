// Twin of page-entry.ts.
#pragma once
#include "tables.h"

#define UNROLLED static inline __attribute__((always_inline))

static inline bool is_stored(u64 desc) { return (desc & (TYPE_MASK | UNIFORM | TABLES_NON_GLOBAL)) == TYPE_TABLE; }

UNROLLED u32 entry_below(u64 desc, u64 va, u32 last_shift, u32 shift) {
  u32 granule = 1u << last_shift;
  u32 index = (u32)(va >> (shift - DESCRIPTOR_SHIFT)) & (granule - (1 << DESCRIPTOR_SHIFT));
  return ((u32)desc & ~(granule - 1)) + index;
}

UNROLLED u32 unrolled_page_entry(u64 va, u32 last_shift, int levels) {
  u32 bits = last_shift - DESCRIPTOR_SHIFT, root_shift = last_shift + bits * (u32)(levels - 1);
  u64 desc = load64(root + (((u32)(va >> root_shift) & (root_entries - 1)) << DESCRIPTOR_SHIFT));
  if (!is_stored(desc)) return 0;
  if (levels >= 5) {
    desc = load64(entry_below(desc, va, last_shift, last_shift + bits * 3));
    if (!is_stored(desc)) return 0;
  }
  if (levels >= 4) {
    desc = load64(entry_below(desc, va, last_shift, last_shift + bits * 2));
    if (!is_stored(desc)) return 0;
  }
  if (levels >= 3) {
    desc = load64(entry_below(desc, va, last_shift, last_shift + bits));
    if (!is_stored(desc)) return 0;
  }
  return entry_below(desc, va, last_shift, last_shift);
}

static u32 page_entry(u64 va) {
  switch (shape) {
    case SHAPE_OF(12, 4): return unrolled_page_entry(va, 12, 4);
    case SHAPE_OF(12, 3): return unrolled_page_entry(va, 12, 3);
    case SHAPE_OF(12, 5): return unrolled_page_entry(va, 12, 5);
    case SHAPE_OF(14, 4): return unrolled_page_entry(va, 14, 4);
    case SHAPE_OF(14, 3): return unrolled_page_entry(va, 14, 3);
    case SHAPE_OF(14, 2): return unrolled_page_entry(va, 14, 2);
    case SHAPE_OF(16, 3): return unrolled_page_entry(va, 16, 3);
    case SHAPE_OF(16, 2): return unrolled_page_entry(va, 16, 2);
    default: return 0;
  }
}
