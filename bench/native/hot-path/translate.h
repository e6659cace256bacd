// Twin of translate.ts.
#pragma once
#include "page_entry.h"

enum { WALKS = 1024, GROUP = 256 };

/** Addresses of one call, and after them its packed words. */
static u64 walk_buffer[2 * WALKS];
static u32 group_entries[GROUP + 8], group_places[GROUP];
static volatile u32 touched;

/** Stores the packed word of a leaf or uniform entry that spans 2^shift bytes. Returns whether it is a translation. */
UNROLLED bool pack(u64 *to, u64 desc, u64 va, u64 field, bool uniform, u32 last_shift, u32 shift) {
  u64 offset = va & ((1ull << shift) - 1), size = (u64)(uniform ? last_shift : shift) << 56;
  if (!(desc & VALID)) {
    *to = 0;
    return false;
  }
  *to = (desc & field) | offset | size;
  return true;
}

UNROLLED u32 unrolled_walk(const u64 *from, u64 *to, u32 n, u32 last_shift, int levels, bool noting) {
  u32 base = root, bits = last_shift - DESCRIPTOR_SHIFT, root_shift = last_shift + bits * (u32)(levels - 1);
  u32 root_mask = (entries_at(root_level) - 1) << DESCRIPTOR_SHIFT, absent = 0, noted = 0;
  u64 field = oa_mask;
  for (u32 i = 0; i < n; i++) {
    u64 va = from[i], desc = load64(base + ((u32)(va >> (root_shift - DESCRIPTOR_SHIFT)) & root_mask));
    if (!is_stored(desc)) {
      if (!pack(to + i, desc, va, field, is_uniform(desc), last_shift, root_shift)) absent++;
      continue;
    }
    if (levels >= 4) {
      desc = load64(entry_below(desc, va, last_shift, last_shift + bits * 2));
      if (!is_stored(desc)) {
        if (!pack(to + i, desc, va, field, is_uniform(desc), last_shift, last_shift + bits * 2)) absent++;
        continue;
      }
    }
    if (levels >= 3) {
      desc = load64(entry_below(desc, va, last_shift, last_shift + bits));
      if (!is_stored(desc)) {
        if (!pack(to + i, desc, va, field, is_uniform(desc), last_shift, last_shift + bits)) absent++;
        continue;
      }
    }
    u32 entry = entry_below(desc, va, last_shift, last_shift);
    if (noting) {
      group_entries[noted] = entry;
      group_places[noted++] = i;
    } else {
      if (!pack(to + i, load64(entry), va, field, false, last_shift, last_shift)) absent++;
    }
  }
  return noting ? (n - noted - absent) << 16 | noted : n - absent;
}

static u32 walk_each(const u64 *from, u64 *to, u32 n) {
  switch (shape) {
    case SHAPE_OF(12, 4): return unrolled_walk(from, to, n, 12, 4, false);
    case SHAPE_OF(12, 3): return unrolled_walk(from, to, n, 12, 3, false);
    default: fail("this geometry is not walked here"); return 0;
  }
}

static u32 descend_group(const u64 *from, u64 *to, u32 n) {
  switch (shape) {
    case SHAPE_OF(12, 4): return unrolled_walk(from, to, n, 12, 4, true);
    case SHAPE_OF(12, 3): return unrolled_walk(from, to, n, 12, 3, true);
    default: fail("this geometry is not walked here"); return 0;
  }
}

static void touch(u32 pages) {
  u32 any = 0;
  for (u32 i = 0; i < pages; i += 8) {
    const u32 *e = group_entries + i;
    any |= load32(e[0]) | load32(e[1]) | load32(e[2]) | load32(e[3]);
    any |= load32(e[4]) | load32(e[5]) | load32(e[6]) | load32(e[7]);
  }
  touched = any;
}

static u32 translate_pages(const u64 *from, u64 *to, u32 pages) {
  u64 field = oa_mask, page_mask = (u64)granule_size - 1, size = (u64)granule_shift << 56;
  u32 found = 0;
  for (u32 i = 0; i < pages; i++) {
    u32 place = group_places[i];
    u64 desc = load64(group_entries[i]);
    bool valid = desc & VALID;
    to[place] = valid ? (desc & field) | (from[place] & page_mask) | size : 0;
    found += valid;
  }
  return found;
}

static u32 walk_group(const u64 *from, u64 *to, u32 n) {
  u32 met = descend_group(from, to, n), pages = met & 0xffff;
  touch(pages);
  return (met >> 16) + translate_pages(from, to, pages);
}

static u32 walk_batch(const u64 *from, u64 *to, u32 n) {
  u32 found = 0;
  for (u32 done = 0; done < n; done += GROUP) {
    u32 left = n - done;
    found += walk_group(from + done, to + done, left < GROUP ? left : GROUP);
  }
  return found;
}
