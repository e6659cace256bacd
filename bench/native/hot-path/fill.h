// Twin of fill.ts. Vectors are left to the compiler, which may use wider ones than WASM has.
#pragma once
#include "descriptor.h"

static inline void fill_descriptors(u32 entry, u32 entries, u64 desc, u64 step) {
  u64 *at = (u64 *)(memory + entry);
  for (u32 i = 0; i < entries; i++) at[i] = desc + step * i;
}

static u32 entries_before(u32 entry, u32 entries, u64 mask, u64 value) {
  const u64 *at = (const u64 *)(memory + entry);
  u32 before = 0;
  for (; before < (entries & ~15u); before += 16) {
    u64 hits = 0;
    for (u32 i = 0; i < 16; i++) hits |= (at[before + i] & mask) == value;
    if (hits) break;
  }
  while (before < entries && (at[before] & mask) != value) before++;
  return before;
}

static inline void mask_descriptors(u32 entry, u32 entries, u64 set, u64 clear) {
  u64 *at = (u64 *)(memory + entry);
  for (u32 i = 0; i < entries; i++) at[i] = (at[i] & ~clear) | set;
}

static u32 valid_kernel_leaves(u32 entry, u32 entries) {
  const u64 *at = (const u64 *)(memory + entry);
  u32 valid = 0;
  for (u32 i = 0; i < entries; i++) valid += is_valid_kernel_leaf(at[i]);
  return valid;
}

static inline bool any_valid_kernel_leaf(u32 entry, u32 entries) {
  const u64 *at = (const u64 *)(memory + entry);
  for (u32 i = 0; i < entries; i++)
    if (is_valid_kernel_leaf(at[i])) return true;
  return false;
}
