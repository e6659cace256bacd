// Twin of descriptor.ts, with output addresses in the plain format.
#pragma once
#include "geometry.h"

static const u64 VALID = 1, TYPE_MASK = 3, TYPE_BLOCK = 1, TYPE_PAGE = 3, TYPE_TABLE = 3, ATTR_TAGGED = 1 << 2,
                 USER = 1 << 6, READ_ONLY = 1 << 7, INNER_SHAREABLE = 3 << 8, ACCESS_FLAG = 1 << 10,
                 PRESENT_INVALID = 1 << 11, WRITE = 1ull << 51, CONTIGUOUS = 1ull << 52, PXN = 1ull << 53,
                 UXN = 1ull << 54, DIRTY = 1ull << 55, TABLE_PXN = 1ull << 59, TABLE_UXN = 1ull << 60;
enum { PROT_KERNEL, PROT_KERNEL_TAGGED, PROT_KERNEL_RO };

static u64 oa_mask;

static void set_descriptor_format(void) { oa_mask = 0x0003ffffffffffff & (~0ull << granule_shift); }

static inline u64 attributes_of(u64 desc) { return desc & ~oa_mask; }
static inline bool is_present(u64 desc) { return (desc & VALID) != 0 || (desc & PRESENT_INVALID) != 0; }
static inline bool is_table(u64 desc) { return (desc & TYPE_MASK) == TYPE_TABLE; }
static inline bool is_block(u64 desc) { return is_present(desc) && !is_table(desc); }
static inline bool is_valid_kernel_leaf(u64 desc) { return (desc & (VALID | UXN | USER)) == (VALID | UXN); }

static u64 prot_bits(u32 prot) {
  u64 bits = TYPE_PAGE | INNER_SHAREABLE | ACCESS_FLAG | WRITE | PXN | UXN | DIRTY;
  if (prot == PROT_KERNEL_TAGGED) bits |= ATTR_TAGGED;
  if (prot == PROT_KERNEL_RO) bits = (bits & ~WRITE) | READ_ONLY;
  return bits;
}

static inline u64 leaf_attributes(u64 page_attributes, i32 level) {
  return level == 3 ? page_attributes : (page_attributes & ~TYPE_MASK) | TYPE_BLOCK;
}
