// Twin of translate.ts and unrolled-walk.ts.
#pragma once
#include "page_entry.h"

enum { WALKS = 1024, GROUP = 256 };

/** Addresses of one call, and after them its packed words. */
static u64 walk_buffer[2 * WALKS];
static u32 group_entries[GROUP];
static volatile u32 touched;

/** The word of a leaf of 2^leaf_shift bytes; the entry spans 2^shift bytes. */
UNROLLED void pack(u64 *to, u64 desc, u64 va, u64 field, u32 shift, u32 leaf_shift) {
  *to = (desc & field) | (va & ((1ull << shift) - 1)) | (u64)leaf_shift << 56;
}

UNROLLED void pack_above(u64 *to, u64 desc, u64 kind, u64 va, u64 field, u32 last_shift, u32 shift) {
  if ((kind & TYPE_MASK) == TYPE_BLOCK) pack(to, desc, va, field, shift, shift);
  else if (desc & VALID) pack(to, desc, va, field, shift, last_shift);
  else *to = 0;
}

UNROLLED void walk_one(u32 base, u64 field, u64 va, u64 *to, u32 *noted, u32 last_shift, u32 width, bool noting) {
  u32 bits = last_shift - DESCRIPTOR_SHIFT, levels = levels_of(last_shift, width);
  u64 desc = load64(root_entry(base, va, last_shift, width)), kind = entry_kind(desc);
  if (kind != ENTRY_TABLE) {
    if (noting) *noted = 0;
    pack_above(to, desc, kind, va, field, last_shift, last_shift + bits * (levels - 1));
    return;
  }
  if (levels >= 4) {
    desc = load64(entry_below(desc, va, last_shift, last_shift + bits * 2));
    kind = entry_kind(desc);
    if (kind != ENTRY_TABLE) {
      if (noting) *noted = 0;
      pack_above(to, desc, kind, va, field, last_shift, last_shift + bits * 2);
      return;
    }
  }
  if (levels >= 3) {
    desc = load64(entry_below(desc, va, last_shift, last_shift + bits));
    kind = entry_kind(desc);
    if (kind != ENTRY_TABLE) {
      if (noting) *noted = 0;
      pack_above(to, desc, kind, va, field, last_shift, last_shift + bits);
      return;
    }
  }
  u32 entry = entry_below(desc, va, last_shift, last_shift);
  if (noting) {
    *noted = entry;
    return;
  }
  desc = load64(entry);
  if (desc & VALID) pack(to, desc, va, field, last_shift, last_shift);
  else *to = 0;
}

UNROLLED void unrolled_walk(const u64 *from, u64 *to, u32 n, u32 *entries, u32 last_shift, u32 width, bool noting) {
  u32 base = root;
  u64 field = oa_mask;
  for (u32 i = 0; i < n; i++) walk_one(base, field, from[i], to + i, entries + i, last_shift, width, noting);
}

static u32 zero_words(const u64 *at, u32 n) {
  u32 zeros = 0;
  for (u32 i = 0; i < n; i++) zeros += at[i] == 0;
  return zeros;
}

static u32 walk_each(const u64 *from, u64 *to, u32 n) {
  switch (shape) {
    case SHAPE_OF(12, 48): unrolled_walk(from, to, n, NULL, 12, 48, false); break;
    case SHAPE_OF(12, 39): unrolled_walk(from, to, n, NULL, 12, 39, false); break;
    default: fail("this geometry is not walked here");
  }
  return n - zero_words(to, n);
}

static void descend_group(const u64 *from, u64 *to, u32 n) {
  switch (shape) {
    case SHAPE_OF(12, 48): unrolled_walk(from, to, n, group_entries, 12, 48, true); break;
    case SHAPE_OF(12, 39): unrolled_walk(from, to, n, group_entries, 12, 39, true); break;
    default: fail("this geometry is not walked here");
  }
}

static void touch(u32 n) {
  u32 any = 0;
  for (u32 i = 0; i < n; i += 8) {
    const u32 *e = group_entries + i;
    any |= load32(e[0]) | load32(e[1]) | load32(e[2]) | load32(e[3]);
    any |= load32(e[4]) | load32(e[5]) | load32(e[6]) | load32(e[7]);
  }
  touched = any;
}

static inline u64 page_word(u64 desc, u64 va, u64 field, u64 in_page, u64 size) {
  u64 word = (desc & field) | (va & in_page) | size;
  return desc & VALID ? word : 0;
}

static void translate_pages(const u64 *from, u64 *to, u32 n) {
  u64 field = oa_mask, in_page = (u64)granule_size - 1, size = (u64)granule_shift << 56;
  u32 i = 0;
  for (; i < (n & ~3u); i += 4) {
    const u32 *e = group_entries + i;
    if (e[0] && e[1] && e[2] && e[3]) {
      for (u32 k = 0; k < 4; k++) to[i + k] = page_word(load64(e[k]), from[i + k], field, in_page, size);
    } else {
      for (u32 k = 0; k < 4; k++)
        if (e[k]) to[i + k] = page_word(load64(e[k]), from[i + k], field, in_page, size);
    }
  }
  for (; i < n; i++)
    if (group_entries[i]) to[i] = page_word(load64(group_entries[i]), from[i], field, in_page, size);
}

static u32 walk_batch(const u64 *from, u64 *to, u32 n) {
  for (u32 done = 0; done < n; done += GROUP) {
    u32 some = n - done < GROUP ? n - done : GROUP;
    descend_group(from + done, to + done, some);
    touch(some);
    translate_pages(from + done, to + done, some);
  }
  return n - zero_words(to, n);
}
