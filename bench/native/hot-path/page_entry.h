// Twin of page-entry.ts.
#pragma once
#include "tables.h"

#define UNROLLED static inline __attribute__((always_inline))

static const u64 ENTRY_TABLE = 3;

static inline u64 entry_kind(u64 desc) { return desc & (TYPE_MASK | UNIFORM | TABLES_NON_GLOBAL); }
static inline bool is_stored(u64 desc) { return entry_kind(desc) == ENTRY_TABLE; }

UNROLLED u32 levels_of(u32 granule_bits, u32 va) { return (va - 4) / (granule_bits - DESCRIPTOR_SHIFT); }

UNROLLED u32 root_entry(u32 table, u64 va, u32 granule_bits, u32 width) {
  u32 shift = granule_bits + (granule_bits - DESCRIPTOR_SHIFT) * (levels_of(granule_bits, width) - 1);
  u32 last = (1u << (width - shift)) - 1;
  return table + ((u32)(va >> (shift - DESCRIPTOR_SHIFT)) & last << DESCRIPTOR_SHIFT);
}

UNROLLED u32 entry_below(u64 desc, u64 va, u32 last_shift, u32 shift) {
  u32 granule = 1u << last_shift;
  u32 index = (u32)(va >> (shift - DESCRIPTOR_SHIFT)) & (granule - (1 << DESCRIPTOR_SHIFT));
  return ((u32)desc & ~(granule - 1)) + index;
}

UNROLLED u32 unrolled_page_entry(u64 va, u32 last_shift, u32 width) {
  u32 bits = last_shift - DESCRIPTOR_SHIFT, levels = levels_of(last_shift, width);
  u64 desc = load64(root_entry(root, va, last_shift, width));
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
    case SHAPE_OF(12, 48): return unrolled_page_entry(va, 12, 48);
    case SHAPE_OF(12, 39): return unrolled_page_entry(va, 12, 39);
    case SHAPE_OF(12, 52): return unrolled_page_entry(va, 12, 52);
    case SHAPE_OF(14, 52): return unrolled_page_entry(va, 14, 52);
    case SHAPE_OF(14, 48): return unrolled_page_entry(va, 14, 48);
    case SHAPE_OF(14, 47): return unrolled_page_entry(va, 14, 47);
    case SHAPE_OF(14, 36): return unrolled_page_entry(va, 14, 36);
    case SHAPE_OF(16, 52): return unrolled_page_entry(va, 16, 52);
    case SHAPE_OF(16, 48): return unrolled_page_entry(va, 16, 48);
    case SHAPE_OF(16, 42): return unrolled_page_entry(va, 16, 42);
    default: return 0;
  }
}
