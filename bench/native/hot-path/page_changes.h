// Twin of page-changes.ts.
#pragma once

static inline bool is_lone_change(const struct operation *at) { return at->opcode == CHANGE && at->flags == NO_FLUSH; }

static u32 counted_changes(u32 changed, u32 invalid, bool splits) {
  u64 levels = (u64)(LAST_LEVEL + 1 - root_level);
  count(CALLS, changed);
  count(DESCRIPTOR_READS, changed * levels);
  count(DESCRIPTOR_WRITES, changed);
  if (splits) {
    count(BOUNDARIES, changed);
    count(DESCRIPTOR_READS, changed * levels);
  }
  barriers_of_lone_stores(changed - invalid);
  return changed;
}

UNROLLED u32 unrolled_changes(const struct operation *at, const struct operation *end, bool splits, u32 last_shift,
                              u32 width) {
  u64 granule = 1ull << last_shift;
  const struct operation *start = at;
  u32 invalid = 0;
  for (; at < end; at++) {
    if (!is_lone_change(at)) break;
    if (at->size != granule) break;
    u64 va = at->start;
    if (va & (granule - 1)) break;
    u32 entry = unrolled_page_entry(va, last_shift, width);
    if (entry == 0) break;
    if (splits) {
      if (in_kfence_pool(va)) break;
      if (load64(entry | 1 << DESCRIPTOR_SHIFT) & CONTIGUOUS) break;
    }
    u64 desc = (load64(entry) & ~at->clear) | at->set;
    store64(entry, desc);
    if (!is_valid_kernel_leaf(desc)) invalid++;
  }
  return counted_changes((u32)(at - start), invalid, splits);
}

static u32 run_page_changes(const struct operation *at, u32 n) {
  bool splits = system_has(REQUIRES_BBML2);
  if (splits && (!system_has(HAS_BBML2) || log_enabled)) return 0;
  const struct operation *end = at + n;
  switch (shape) {
    case SHAPE_OF(12, 48): return unrolled_changes(at, end, splits, 12, 48);
    case SHAPE_OF(12, 39): return unrolled_changes(at, end, splits, 12, 39);
    case SHAPE_OF(12, 52): return unrolled_changes(at, end, splits, 12, 52);
    case SHAPE_OF(14, 52): return unrolled_changes(at, end, splits, 14, 52);
    case SHAPE_OF(14, 48): return unrolled_changes(at, end, splits, 14, 48);
    case SHAPE_OF(14, 47): return unrolled_changes(at, end, splits, 14, 47);
    case SHAPE_OF(14, 36): return unrolled_changes(at, end, splits, 14, 36);
    case SHAPE_OF(16, 52): return unrolled_changes(at, end, splits, 16, 52);
    case SHAPE_OF(16, 48): return unrolled_changes(at, end, splits, 16, 48);
    case SHAPE_OF(16, 42): return unrolled_changes(at, end, splits, 16, 42);
    default: return 0;
  }
}
