// Twin of tables.ts, uniform.ts and barrier.ts.
#pragma once
#include <string.h>
#include "descriptor.h"
#include "fill.h"
#include "system.h"

static u32 root, root_end, arena_next, arena_dirty;
static i64 allocations_left = -1;

static u32 take(void) {
  u32 start = arena_next;
  if ((u64)start + granule_size > MEMORY_BYTES - granule_size) fail("the tables need more than 4 GiB");
  arena_next = start + granule_size;
  return start;
}

static void reset_tables(u32 at) {
  if (arena_next > arena_dirty) arena_dirty = arena_next;
  arena_next = at;
  root = take();
  root_end = root + (root_entries << DESCRIPTOR_SHIFT);
  memset(memory + root, 0, granule_size);
}

static inline bool in_root(u32 entry) { return entry - root < root_end - root; }
static inline u32 table_of(u64 desc) { return (u32)desc & ~(granule_size - 1); }
static inline u64 table_descriptor(u32 table, u64 attributes) { return table | attributes | TYPE_TABLE; }

static inline bool may_allocate(i32 level) {
  if (allocations_left >= 0) {
    if (allocations_left == 0) return false;
    allocations_left--;
  }
  count(TABLES_PTE - (u32)(3 - level), 1);
  return true;
}

static u32 material_table(bool zero) {
  u32 table = take();
  if (zero && table < arena_dirty) memset(memory + table, 0, granule_size);
  return table;
}

// --- Uniform tables: one word instead of a subtree of pages.

static const u64 UNIFORM = 1ull << 58, TABLES_NON_GLOBAL = 1ull << 57;
static const u64 LINEAR_TABLE = (1ull << 60) | (1ull << 59) | (1 << 10);

static inline bool is_uniform(u64 desc) { return (desc & UNIFORM) != 0; }

static bool may_be_uniform(u64 attributes) {
  if (!system_has(UNIFORM_TABLES) || allocations_left >= 0) return false;
  return (attributes & (UNIFORM | TABLES_NON_GLOBAL)) == 0;
}

static void count_uniform(i32 level) {
  u64 tables = 1, stores = 0;
  for (i32 below = level + 1; below <= LAST_LEVEL; below++) {
    count(TABLES_PTE - (u32)(LAST_LEVEL - below), tables);
    tables *= entries_at(below);
    stores += tables;
  }
  count(DESCRIPTOR_WRITES, stores);
}

static inline u64 first_page(u64 desc) { return desc & ~(UNIFORM | TABLES_NON_GLOBAL); }

static u32 materialise(u32 entry, i32 level) {
  u64 desc = load64(entry);
  u32 table = material_table(false);
  i32 below = level + 1;
  fill_descriptors(table, entries_at(below), below == LAST_LEVEL ? first_page(desc) : desc, level_size(below));
  store64(entry, table_descriptor(table, LINEAR_TABLE | (desc & TABLES_NON_GLOBAL ? 1 << 11 : 0)));
  return table;
}

// --- Barriers

static u32 lazy_depth;
static bool pending;

static void complete_tlbi(void) {
  count(DSB_ISH, 1);
  if (system_has(REPEAT_TLBI)) {
    count(TLBI_SINGLE, 1);
    count(DSB_ISH, 1);
  }
  count(ISB, 1);
}

static inline void enter_lazy_mmu(void) {
  if (system_has(LAZY_MMU)) lazy_depth++;
}

static inline void leave_lazy_mmu(void) {
  if (!system_has(LAZY_MMU)) return;
  lazy_depth--;
  if (!pending) return;
  pending = false;
  count(DSB_ISHST, 1);
  count(ISB, 1);
}

static inline void queue_barriers(u64 stores) {
  if (stores == 0) return;
  if (lazy_depth > 0) {
    pending = true;
    return;
  }
  count(DSB_ISHST, stores);
  count(ISB, stores);
}

static inline void barriers_of_lone_stores(u64 stores) {
  count(DSB_ISHST, stores);
  count(ISB, stores);
}

static inline void queue_barriers_of(u32 entry, u32 entries) {
  if (lazy_depth > 0) pending = pending || any_valid_kernel_leaf(entry, entries);
  else queue_barriers(valid_kernel_leaves(entry, entries));
}

static void store_in_root(u32 entry, u64 desc) {
  store64(entry, desc);
  count(DESCRIPTOR_WRITES, 1);
  if (!system_has(RODATA_READ_ONLY)) {
    count(DSB_ISHST, 1);
    count(ISB, 1);
    return;
  }
  count(DESCRIPTOR_WRITES, 2);
  queue_barriers(1);
  count(DSB_ISHST, 1);
  count(TLBI_SINGLE, 1);
  complete_tlbi();
}

static void store_above(u32 entry, u64 desc) {
  if (in_root(entry)) {
    store_in_root(entry, desc);
    return;
  }
  store64(entry, desc);
  count(DESCRIPTOR_WRITES, 1);
  if (desc & VALID) queue_barriers(1);
}
