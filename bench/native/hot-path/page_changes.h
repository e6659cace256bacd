// Twin of page-changes.ts.
#pragma once

static u64 page_change_barriers;

static inline bool is_page_change(const struct operation *at) { return at->opcode == CHANGE && at->flags == NO_FLUSH; }

UNROLLED const struct operation *unrolled_page_changes(const struct operation *at, const struct operation *end, bool splits,
                                                        u32 last_shift, u32 width) {
  u64 granule = 1ull << last_shift;
  const struct operation *start = at;
  u32 invalid = 0;
  for (; at < end; at++) {
    if (!is_page_change(at)) break;
    if (at->size != granule) break;
    u64 va = at->start;
    if (va & (granule - 1)) break;
    u32 entry = unrolled_page_entry(va, last_shift, width);
    if (entry == 0) break;
    if (splits && load64(entry | 1 << DESCRIPTOR_SHIFT) & CONTIGUOUS) break;
    u64 desc = (load64(entry) & ~at->clear) | at->set;
    store64(entry, desc);
    if (!is_valid_kernel_leaf(desc)) invalid++;
  }
  page_change_barriers = (u64)(at - start) - invalid;
  return at;
}

static const struct operation *page_changes_of_shape(const struct operation *at, const struct operation *end, bool splits) {
  switch (shape) {
    case SHAPE_OF(12, 48): return unrolled_page_changes(at, end, splits, 12, 48);
    case SHAPE_OF(12, 39): return unrolled_page_changes(at, end, splits, 12, 39);
    case SHAPE_OF(12, 52): return unrolled_page_changes(at, end, splits, 12, 52);
    case SHAPE_OF(14, 52): return unrolled_page_changes(at, end, splits, 14, 52);
    case SHAPE_OF(14, 48): return unrolled_page_changes(at, end, splits, 14, 48);
    case SHAPE_OF(14, 47): return unrolled_page_changes(at, end, splits, 14, 47);
    case SHAPE_OF(16, 52): return unrolled_page_changes(at, end, splits, 16, 52);
    case SHAPE_OF(16, 48): return unrolled_page_changes(at, end, splits, 16, 48);
    default: return at;
  }
}

static u32 run_page_changes(const struct operation *at, u32 n) {
  bool splits = system_has(REQUIRES_BBML2);
  if (splits && (!system_has(HAS_BBML2) || kfence_end > kfence_start || log_enabled)) return 0;
  page_change_barriers = 0;
  u64 calls = (u64)(page_changes_of_shape(at, at + n, splits) - at), levels = (u64)(LAST_LEVEL + 1 - root_level);
  count(CALLS, calls);
  count(DESCRIPTOR_READS, calls * levels);
  count(DESCRIPTOR_WRITES, calls);
  if (splits) {
    count(BOUNDARIES, calls);
    count(DESCRIPTOR_READS, calls * levels);
  }
  barriers_of_lone_stores(page_change_barriers);
  return (u32)calls;
}
