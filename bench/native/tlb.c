// Plain C twin of the TLB simulation in assembly/tlb, for comparing its speed. README.md says what it leaves out.
//
// Input, on stdin: u64 words of this machine's byte order (struct input, then the runs, then the accesses). Then one
// command a line:
//
//   run FROM COUNT     simulates accesses [FROM, FROM + COUNT); answers nanoseconds and the counters so far
//   check FROM COUNT   answers a checksum of what those accesses translate to
//
// The machine is one with 4K granule and 48 bits of VA. All that AssemblyScript keeps in its memory at 32-bit
// addresses lies in one array here, at 32-bit offsets: tables, sets, rings, buckets. Names are those of assembly/tlb.
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static void fail(const char *what) {
  fprintf(stderr, "tlb: %s\n", what);
  exit(2);
}

// --- Memory

enum { MEMORY_BYTES = 1 << 26, PAGE_SHIFT = 12, PAGE_SIZE = 1 << PAGE_SHIFT };

static _Alignas(PAGE_SIZE) u8 memory[MEMORY_BYTES];
static u32 memory_next;

static inline u64 load64(u32 at) { return *(const u64 *)(memory + at); }
static inline u32 load32(u32 at) { return *(const u32 *)(memory + at); }
static inline void store64(u32 at, u64 value) { *(u64 *)(memory + at) = value; }
static inline void store32(u32 at, u32 value) { *(u32 *)(memory + at) = value; }

/** Whole pages, zero. */
static u32 take(u32 bytes) {
  u32 start = memory_next;
  u32 whole = (bytes + PAGE_SIZE - 1) & ~(u32)(PAGE_SIZE - 1);
  if (whole > MEMORY_BYTES - start) fail("the map and its TLBs need more than 64 MiB");
  memory_next += whole;
  return start;
}

// --- Tables: geometry.ts, descriptor.ts, tables.ts

enum { INDEX_BITS = 9, ROOT_LEVEL = 0, LAST_LEVEL = 3, CONTIGUOUS_SHIFT = 4 };

static const u64 VALID = 1, TYPE_MASK = 3, TYPE_TABLE = 3, CONTIGUOUS = 1ull << 52, OA_MASK = 0x0003fffffffff000;

static u32 root;
static u64 page_offset, page_end;

static inline u32 level_shift(int level) { return INDEX_BITS * (u32)(LAST_LEVEL + 1 - level) + 3; }

static inline u32 entry_of(u32 table, int level, u64 va) {
  return table + (((u32)(va >> level_shift(level)) & ((1 << INDEX_BITS) - 1)) << 3);
}

static inline bool is_table(u64 desc) { return (desc & TYPE_MASK) == TYPE_TABLE; }
static inline u32 table_of(u64 desc) { return (u32)desc & ~(u32)(PAGE_SIZE - 1); }

static void map_leaf(int level, u64 va, u64 desc) {
  u32 table = root;
  for (int above = ROOT_LEVEL; above < level; above++) {
    u32 entry = entry_of(table, above, va);
    if (load64(entry) == 0) store64(entry, take(PAGE_SIZE) | TYPE_TABLE);
    table = table_of(load64(entry));
  }
  store64(entry_of(table, level, va), desc);
}

// --- A TLB: array-layout.ts, tlb-array.ts, present.ts

struct tlb {
  u32 row, set_bytes, sets, sets_end, set_mask, ways, no_slot, buckets;
  u64 clock, bucket_shift, present;
  u32 counts[128];
  u8 pieces[64];
};

static const u64 TAG_TABLE = 1 << 6, TAG_SHIFT_MASK = 63, TAG_KIND_MASK = 127;
static const u32 NOT_COUNTED = 1u << 31;
static const u64 SPREAD = 0x9e3779b97f4a7c15, WAY_MASK = 0xffff, TICK = 1 << 16, NEVER = ~0ull, NO_TAG = 0xf80;
/** Rows after the tags, in rows. */
enum { ORDERS = 1, OFFSETS = 2, ATTRIBUTES = 3 };
/** Links of a ring. */
enum { OLDER = 0, NEWER = 4 };
/** Small sets: ways that a row has room for, bytes of a row, log2 of the bytes of a set. */
enum { SMALL_WAYS = 8, ROW_BYTES = 64, SET_SHIFT = 8 };

static inline u64 leaf_tag(u64 va, u64 shift) { return ((va >> shift) << shift) | shift; }
static inline u64 table_tag(u64 va, u64 shift) { return leaf_tag(va, shift) | TAG_TABLE; }

static inline void count_in(struct tlb *t, u64 tag) {
  if (++t->counts[tag & TAG_KIND_MASK] == 1) t->present |= 1ull << (tag & TAG_SHIFT_MASK);
}

static inline void count_out(struct tlb *t, u64 tag) {
  if (--t->counts[tag & TAG_KIND_MASK] == 0) t->present &= ~(1ull << (tag & TAG_SHIFT_MASK));
}

static inline void set_content(struct tlb *t, u32 slot, u64 offset, u64 attributes) {
  store64(slot + OFFSETS * t->row, offset);
  store64(slot + ATTRIBUTES * t->row, attributes);
}

/** Makes two slots of a ring neighbours. */
static inline void link_slots(u32 newer, u32 older, u32 orders) {
  store32(newer + orders + OLDER, older);
  store32(older + orders + NEWER, newer);
}

/** One set under LRU, or several of up to eight ways. */
static void create_tlb(struct tlb *t, u32 entries, u32 ways, u64 sizes) {
  u32 sets = entries / ways;
  u32 bits = 38 - (u32)__builtin_clz(sets == 1 ? ways : 1);
  if (sets > 1 && ways > SMALL_WAYS) fail("expected sets of at most eight ways");
  t->row = (sets > 1 ? SMALL_WAYS : (ways + 1) & ~1u) << 3;
  t->set_bytes = t->row * 4;
  t->sets = take(t->set_bytes * (sets + 1) + (4u << bits));
  t->sets_end = t->sets + t->set_bytes * sets;
  t->set_mask = sets - 1;
  t->ways = ways;
  t->no_slot = t->sets_end;
  t->buckets = t->no_slot + t->set_bytes;
  t->bucket_shift = 64 - bits;
  for (u32 reach = 0; reach < 64; reach++) {
    u64 fitting = sizes & ((2ull << reach) - 1);
    t->pieces[reach] = fitting == 0 ? 0 : (u8)(63 - __builtin_clzll(fitting));
  }
  for (u32 kind = 0; kind < 128; kind++) t->counts[kind] = kind > 0 && kind < 64 ? 0 : NOT_COUNTED;
  for (u32 bucket = 0; bucket < 1u << bits; bucket++) store32(t->buckets + (bucket << 2), t->no_slot);
  store64(t->no_slot, NO_TAG);
  u32 orders = ORDERS * t->row;
  if (sets == 1) {
    link_slots(t->no_slot, t->no_slot, orders);
    for (u32 slot = t->sets; slot < t->sets + (ways << 3); slot += 8) {
      link_slots(load32(t->no_slot + orders + NEWER), slot, orders);
      link_slots(slot, t->no_slot, orders);
    }
    return;
  }
  for (u32 set = t->sets; set < t->sets_end; set += t->set_bytes) {
    for (u32 way = 0; way < SMALL_WAYS; way++) store64(set + orders + (way << 3), way < ways ? way : NEVER);
  }
}

// --- Small sets: small-sets.ts

static inline u32 small_set(const struct tlb *t, u64 number) {
  return t->sets + (((u32)number & t->set_mask) << SET_SHIFT);
}

static inline u32 find_in_row(u32 set, u64 tag) {
  u32 found = 0;
  for (u32 slot = set; slot < set + ROW_BYTES; slot += 8) found = load64(slot) == tag ? slot : found;
  return found;
}

static inline u32 find_small(const struct tlb *t, u64 tag) {
  return find_in_row(small_set(t, tag >> (tag & TAG_SHIFT_MASK)), tag);
}

static inline void stamp_small(struct tlb *t, u32 slot) {
  t->clock += TICK;
  store64(slot + ORDERS * ROW_BYTES, t->clock | (slot & (ROW_BYTES - 1)) >> 3);
}

static inline u32 fill_small(struct tlb *t, u64 tag, u64 offset, u64 attributes) {
  u32 set = small_set(t, tag >> (tag & TAG_SHIFT_MASK));
  u64 least = NEVER;
  for (u32 way = 0; way < SMALL_WAYS; way++) {
    u64 order = load64(set + ORDERS * ROW_BYTES + (way << 3));
    least = order < least ? order : least;
  }
  u32 slot = set + ((u32)(least & WAY_MASK) << 3);
  count_out(t, load64(slot));
  count_in(t, tag);
  store64(slot, tag);
  store64(slot + OFFSETS * ROW_BYTES, offset);
  store64(slot + ATTRIBUTES * ROW_BYTES, attributes);
  stamp_small(t, slot);
  return slot;
}

// --- Leaves: leaf.ts, assumed-leaf.ts

struct leaf {
  u64 region, offset, attributes;
  u8 reach;
  int8_t level;
  u16 lookups;
  u32 table;
};

enum { REGIONS = 1 << 13, REGION_SHIFT = 21, REACH_BITS = 6 };
enum { EXAMINE_AFTER = 8, NEVER_AGAIN = 0xffff };

/** The class in an access. */
enum { CLASSES = 4, CLASS_MASK = 6, INSTRUCTION = 6 };

static const u64 GENERATION = 1ull << 43, ASSUMED = ~0ull, REACH_MASK = 63, UNRESOLVED = 255;

static _Alignas(64) u64 reaches_of_regions[REGIONS];
static _Alignas(32) struct leaf answers[REGIONS];
static struct leaf page, elsewhere;
static bool merges_contiguous;

static inline bool has_assumed_block(u64 va) {
  return va - 0xffff800080000000 < 2ull << 30 || va >= 0xfffffc0000000000;
}

static void answer(struct leaf *leaf, u64 va, u64 desc, int level) {
  leaf->level = (int8_t)level;
  if (!(desc & VALID)) {
    leaf->reach = 0;
    return;
  }
  u32 shift = level_shift(level);
  leaf->offset = (desc & OA_MASK) - ((va >> shift) << shift);
  leaf->attributes = desc & ~OA_MASK & ~(TYPE_MASK | CONTIGUOUS);
  bool group = merges_contiguous && desc & CONTIGUOUS && level > 1;
  leaf->reach = (u8)(group ? shift + CONTIGUOUS_SHIFT : shift);
}

static void descend(u64 va, struct leaf *leaf) {
  leaf->reach = 0;
  leaf->lookups = 0;
  leaf->table = 0;
  leaf->level = ROOT_LEVEL - 1;
  if (va < page_offset) return;
  u32 table = root;
  for (int level = ROOT_LEVEL; level < LAST_LEVEL; level++) {
    u64 desc = load64(entry_of(table, level, va));
    if (!is_table(desc)) {
      answer(leaf, va, desc, level);
      return;
    }
    table = table_of(desc);
  }
  leaf->table = table;
}

static bool follows_formula(u32 table) {
  u64 first = load64(table);
  if (!(first & VALID)) return false;
  for (u32 i = 1; i < 1 << INDEX_BITS; i++) {
    if (load64(table + (i << 3)) != first + (u64)i * PAGE_SIZE) return false;
  }
  return true;
}

static struct leaf *resolve_page(u64 va, struct leaf *leaf) {
  u64 desc = load64(entry_of(leaf->table, LAST_LEVEL, va));
  u32 lookups = leaf->lookups + 1u;
  if (lookups == EXAMINE_AFTER && follows_formula(leaf->table)) {
    answer(leaf, va, desc, LAST_LEVEL);
    leaf->table = 0;
    return leaf;
  }
  if (lookups < NEVER_AGAIN) leaf->lookups = (u16)lookups;
  answer(&page, va, desc, LAST_LEVEL);
  return &page;
}

static struct leaf *resolve_leaf(u64 va, u32 kind) {
  if (kind != 0 && va - page_offset >= page_end - page_offset) {
    elsewhere.attributes = ASSUMED;
    elsewhere.reach = has_assumed_block(va) ? REGION_SHIFT : PAGE_SHIFT;
    elsewhere.level = has_assumed_block(va) ? 2 : LAST_LEVEL;
    return &elsewhere;
  }
  u64 region = va >> REGION_SHIFT;
  struct leaf *leaf = &answers[region & (REGIONS - 1)];
  if (leaf->region != (region | GENERATION)) {
    descend(va, leaf);
    leaf->region = region | GENERATION;
  }
  return leaf->table == 0 ? leaf : resolve_page(va, leaf);
}

static u64 note_reach(u64 va, u64 region) {
  const struct leaf *leaf = resolve_leaf(va, 0);
  if (leaf != &page) reaches_of_regions[region & (REGIONS - 1)] = ((region | GENERATION) << REACH_BITS) | leaf->reach;
  return leaf->reach;
}

static void resolve_reaches(const u64 *words, u32 n, u8 *reaches) {
  for (u32 i = 0; i < n; i++) {
    if (reaches[i] == UNRESOLVED) reaches[i] = (u8)note_reach(words[i], words[i] >> REGION_SHIFT);
  }
}

/** Returns the accesses of each class, 16 bits each. */
static inline u64 known_reaches(const u64 *words, u32 n, u8 *reaches) {
  u64 start = page_offset;
  u64 bytes = page_end - start;
  u64 classes = 0, bits = 0, least = UNRESOLVED;
  for (u32 i = 0; i < n; i++) {
    u64 word = words[i];
    classes += 1ull << ((word & CLASS_MASK) << 3);
    u64 reach = 0;
    if (word - start < bytes) {
      u64 region = word >> REGION_SHIFT;
      u64 differs = reaches_of_regions[region & (REGIONS - 1)] ^ (region | GENERATION) << REACH_BITS;
      reach = differs < UNRESOLVED ? differs : UNRESOLVED;
    } else if (word & CLASS_MASK) {
      reach = has_assumed_block(word) ? REGION_SHIFT : PAGE_SHIFT;
    }
    reaches[i] = (u8)reach;
    bits |= reach;
    least = reach < least ? reach : least;
  }
  if (bits > REACH_MASK) resolve_reaches(words, n, reaches);
  if (least == 0) fail("expected accesses of what is mapped");
  return classes;
}

// --- The first pass: first-pass.ts

enum { SLICE = 1024, MOST_ENTRIES = 512, START = 64, POSITIONS = START + MOST_ENTRIES + SLICE + 64 };
enum { POSITION_BUCKET_BITS = 12, OTHER_SHIFT = 15, OTHER = 1 << OTHER_SHIFT };

static _Alignas(64) u16 position_buckets[1 << POSITION_BUCKET_BITS];
static _Alignas(64) u64 tags[POSITIONS];
static _Alignas(64) u16 before_access[POSITIONS];
static _Alignas(64) u8 is_live[POSITIONS];
/** Of the miss that brought an entry: its note. Notes lie before all slots. */
static _Alignas(64) u32 origins[POSITIONS];
static _Alignas(64) u8 kept[MOST_ENTRIES];

static inline u16 *position_bucket(u64 tag) {
  return &position_buckets[(tag * SPREAD) >> (64 - POSITION_BUCKET_BITS)];
}

/** Bit n: position base + n is live. Each product has eight bytes of 0 or 1 as the bits of its uppermost. */
static inline u64 live_from(u32 base) {
  u64 live = 0;
  for (u32 i = 0; i < 8; i++) {
    u64 bytes;
    memcpy(&bytes, is_live + base + 8 * i, 8);
    live |= (bytes * 0x0102040810204080) >> 56 << (8 * i);
  }
  return live;
}

static u32 take_entries(const struct tlb *t) {
  memset(position_buckets, 0, sizeof position_buckets);
  memset(is_live, 1, sizeof is_live);
  u32 orders = ORDERS * t->row;
  u32 position = START;
  for (u32 slot = load32(t->no_slot + orders + NEWER); slot != t->no_slot; slot = load32(slot + orders + NEWER)) {
    u64 tag = load64(slot);
    tags[position] = tag;
    origins[position] = slot;
    *position_bucket(tag) = (u16)position;
    position++;
  }
  return position;
}

static void find_before(const struct tlb *t, const u64 *words, const u8 *reaches, u32 start, u32 end) {
  for (u32 position = start; position < end; position++, words++, reaches++) {
    u64 tag = leaf_tag(*words, t->pieces[*reaches]);
    u16 *bucket = position_bucket(tag);
    u16 before = *bucket;
    bool other = tags[before] != tag;
    *bucket = (u16)position;
    tags[position] = tag;
    before_access[position] = (u16)(before | other << OTHER_SHIFT);
  }
}

static u16 search_back(u32 position, u32 lowest) {
  for (u32 before = position - 1; before >= lowest; before--) {
    if (tags[before] == tags[position]) return (u16)before;
  }
  return 0;
}

static void give_back(struct tlb *t, u32 base, u64 first, u32 end) {
  u32 slots = t->sets, orders = ORDERS * t->row;
  memset(kept, 0, t->ways);
  for (u64 at = base, live = first; at < end; at += 64, live = live_from((u32)at)) {
    for (; live != 0; live &= live - 1) {
      u32 position = (u32)at + (u32)__builtin_ctzll(live);
      if (position < end && origins[position] >= slots) kept[(origins[position] - slots) >> 3] = 1;
    }
  }
  u64 present = 0;
  u32 newest = t->no_slot;
  u32 unused = slots;
  for (u64 at = base, live = first; at < end; at += 64, live = live_from((u32)at)) {
    for (; live != 0; live &= live - 1) {
      u32 position = (u32)at + (u32)__builtin_ctzll(live);
      if (position >= end) break;
      u64 tag = tags[position];
      u32 slot = origins[position];
      if (slot < slots) {
        while (kept[(unused - slots) >> 3]) unused += 8;
        store32(slot + 4, unused);
        store64(unused, tag);
        slot = unused;
        unused += 8;
      }
      link_slots(slot, newest, orders);
      newest = slot;
      store32(t->buckets + ((u32)((tag * SPREAD) >> t->bucket_shift) << 2), slot);
      present |= 1ull << (tag & TAG_SHIFT_MASK);
    }
  }
  link_slots(t->no_slot, newest, orders);
  t->present = present & ~1ull;
}

static u32 replace(struct tlb *t, u32 start, u32 end, u32 misses) {
  u32 note = misses, base = START;
  u64 live = live_from(base);
  for (u32 position = start;;) {
    for (; position < end; position++) {
      u32 found = before_access[position];
      u32 before = found & (OTHER - 1);
      bool hit = before >= base + (u32)__builtin_ctzll(live);
      if (found & (u32)hit << OTHER_SHIFT) break;
      is_live[before] = 0;
      // Masks, for a compiler may make a branch of ?:.
      u64 hits = -(u64)hit;
      origins[position] = (origins[before] & (u32)hits) | (note & ~(u32)hits);
      store64(note, position - start);
      note += 8 & ~(u32)hits;
      u64 bit = (u64)(before - base < 64) << (before & 63);
      live ^= (bit & hits) | (live & -live & ~hits);
      if (live == 0) {
        base += 64;
        live = live_from(base);
      }
    }
    if (position == end) break;
    before_access[position] = search_back(position, base + (u32)__builtin_ctzll(live));
  }
  give_back(t, base, live, end);
  return note;
}

static u32 pass_first(struct tlb *t, const u64 *words, const u8 *reaches, u32 n, u32 misses) {
  u32 start = take_entries(t);
  find_before(t, words, reaches, start, start + n);
  return replace(t, start, start + n, misses);
}

// --- The second pass: second-pass.ts, walker.ts, tlb-counters.ts

struct counters {
  u64 accesses, l1_misses, l2_misses, walks, lines_l2, lookup_cycles, walk_cycles, faults;
};

struct look_up {
  u64 tag;
  u32 found;
};

static struct tlb l1_data, second;
static u32 misses_of_slice;
static struct look_up look_ups[SLICE];
static u64 sums[CLASSES];
static struct counters counters_of_class[CLASSES];
static u64 l2_hit_cycles, probe_cycles, walk_cache_cycles, line_cycles;

static const u64 L1_MISS = 1, L2_MISS = 1 << 11, MISSES_MASK = (1 << 11) - 1, LINES_MASK = (1 << 18) - 1;
enum { LINE_SHIFT = 22, PROBE_SHIFT = 40 };

static inline int first_read(u64 va, int level) {
  u64 shift = level_shift(level);
  int start = level;
  while (start > ROOT_LEVEL) {
    u32 slot = find_small(&second, table_tag(va, shift + INDEX_BITS));
    if (slot != 0) {
      stamp_small(&second, slot);
      break;
    }
    start--;
    shift += INDEX_BITS;
  }
  return start;
}

static void look_up(const u64 *words, const u8 *reaches, u32 misses, u32 end) {
  struct look_up *look = look_ups;
  for (u32 at = misses; at < end; at += 8, look++) {
    u32 i = load32(at);
    u64 piece = second.pieces[reaches[i]];
    u64 number = words[i] >> piece;
    look->tag = number << piece | piece;
    look->found = find_in_row(small_set(&second, number), look->tag);
  }
}

static void add_sums(void) {
  for (u32 kind = 0; kind < CLASSES; kind++) {
    u64 sum = sums[kind];
    sums[kind] = 0;
    u64 l1_misses = sum & MISSES_MASK, walks = sum >> 11 & MISSES_MASK;
    u64 lines = sum >> LINE_SHIFT & LINES_MASK, probes = sum >> PROBE_SHIFT;
    struct counters *counters = &counters_of_class[kind];
    counters->l1_misses += l1_misses;
    counters->l2_misses += walks;
    counters->lookup_cycles += l1_misses * l2_hit_cycles + (probes - l1_misses) * probe_cycles;
    counters->walks += walks;
    counters->lines_l2 += lines;
    counters->walk_cycles += walks * walk_cache_cycles + lines * line_cycles;
  }
}

static void pass_second(const u64 *words, const u8 *reaches, u32 misses, u32 end) {
  look_up(words, reaches, misses, end);
  const struct look_up *look = look_ups;
  for (u32 at = misses; at < end; at += 8, look++) {
    u64 word = words[load32(at)];
    u64 kind = word & CLASS_MASK;
    u64 tag = look->tag;
    u32 found = look->found;
    if (load64(found) != tag) found = find_small(&second, tag);
    u64 sum = L1_MISS;
    if (found != 0) {
      sum += (u64)__builtin_popcountll(second.present & ((2ull << (tag & 63)) - 1)) << PROBE_SHIFT;
      stamp_small(&second, found);
    } else {
      u64 probes = (u64)__builtin_popcountll(second.present);
      sum += L2_MISS + ((probes > 1 ? probes : 1) << PROBE_SHIFT);
      u64 va = word & ~0xfffull;
      const struct leaf *leaf = resolve_leaf(va, (u32)kind);
      int level = leaf->level, start = first_read(va, level);
      sum += (u64)(level - start + 1) << LINE_SHIFT;
      for (int read = start;; read++) {
        bool is_leaf = read == level;
        u64 entry = is_leaf ? tag : table_tag(va, level_shift(read));
        found = fill_small(&second, entry, is_leaf ? leaf->offset : 0, is_leaf ? leaf->attributes : 0);
        if (is_leaf) break;
      }
    }
    sums[kind >> 1] += sum;
    u32 slot = load32(at + 4);
    if (slot != 0) {
      set_content(&l1_data, slot, load64(found + OFFSETS * ROW_BYTES), load64(found + ATTRIBUTES * ROW_BYTES));
    }
  }
  add_sums();
}

// --- The engine: engine.ts, apart.ts

static void run_slice(const u64 *words, u32 n) {
  static u8 reaches[SLICE];
  u64 accesses = known_reaches(words, n, reaches);
  if (accesses >> 48) fail("expected no instruction fetches");
  for (u32 kind = 0; kind < CLASSES; kind++) counters_of_class[kind].accesses += (accesses >> (kind << 4)) & 0xffff;
  u32 end = pass_first(&l1_data, words, reaches, n, misses_of_slice);
  pass_second(words, reaches, misses_of_slice, end);
}

static void run_accesses(const u64 *words, u64 n) {
  for (u64 done = 0; done < n; done += SLICE) run_slice(words + done, n - done < SLICE ? (u32)(n - done) : SLICE);
}

// --- Input and commands

struct tlb_input {
  u64 entries, ways, sizes;
};

struct input {
  struct tlb_input l1_data, second;
  u64 l2_hit_cycles, probe_cycles, walk_cache_cycles, line_cycles, merges_contiguous;
  u64 page_offset, page_end;
  u64 runs, accesses;
};

/** `count` leaves that follow each other in VA and PA. */
struct run {
  u64 level, va, pa, count, attributes;
};

static void read_words(void *to, u64 words) {
  if (fread(to, 8, words, stdin) != words) fail("expected more input");
}

static void create_from(struct tlb *t, const struct tlb_input *input) {
  create_tlb(t, (u32)input->entries, (u32)input->ways, input->sizes);
}

static void map_run(const struct run *run) {
  u32 shift = level_shift((int)run->level);
  for (u64 i = 0; i < run->count; i++) {
    map_leaf((int)run->level, run->va + (i << shift), (run->pa + (i << shift)) | run->attributes);
  }
}

static void set_up(const struct input *input) {
  l2_hit_cycles = input->l2_hit_cycles;
  probe_cycles = input->probe_cycles;
  walk_cache_cycles = input->walk_cache_cycles;
  line_cycles = input->line_cycles;
  merges_contiguous = input->merges_contiguous != 0;
  page_offset = input->page_offset;
  page_end = input->page_end;
  // What lies at 0 is no slot, and no tag.
  take(PAGE_SIZE);
  misses_of_slice = take((SLICE + 1) * 8);
  root = take(PAGE_SIZE);
  for (u64 i = 0; i < input->runs; i++) {
    struct run run;
    read_words(&run, sizeof run / 8);
    map_run(&run);
  }
  create_from(&l1_data, &input->l1_data);
  create_from(&second, &input->second);
}

static u64 nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
}

static void run_timed(const u64 *words, u64 n) {
  u64 start = nanoseconds();
  run_accesses(words, n);
  printf("%" PRIu64, nanoseconds() - start);
  for (size_t slot = 0; slot < sizeof(struct counters) / 8; slot++) {
    u64 total = 0;
    for (u32 kind = 0; kind < CLASSES; kind++) total += ((const u64 *)&counters_of_class[kind])[slot];
    printf(" %" PRIu64, total);
  }
  printf("\n");
}

/** FNV-1a over PA, log2 of the reach and level of each access, word by word. */
static void check(const u64 *words, u64 n) {
  u64 hash = 0xcbf29ce484222325;
  for (u64 i = 0; i < n; i++) {
    u64 va = words[i] & ~0xfffull;
    const struct leaf *leaf = resolve_leaf(va, (u32)words[i] >> 1 & 3);
    u64 values[] = {va + leaf->offset, leaf->reach, (u64)leaf->level};
    for (int v = 0; v < 3; v++) hash = (hash ^ values[v]) * 0x100000001b3;
  }
  printf("%" PRIu64 "\n", hash);
}

int main(void) {
  struct input input;
  read_words(&input, sizeof input / 8);
  set_up(&input);
  u64 *words = malloc(input.accesses * 8);
  if (words == NULL) fail("no memory for the accesses");
  read_words(words, input.accesses);

  char line[80], command[8];
  u64 from, count;
  while (fgets(line, sizeof line, stdin) != NULL) {
    bool known = sscanf(line, "%7s %" SCNu64 " %" SCNu64, command, &from, &count) == 3;
    if (!known || from > input.accesses || count > input.accesses - from) {
      fail("expected run or check, FROM and COUNT");
    }
    if (strcmp(command, "check") == 0) check(words + from, count);
    else run_timed(words + from, count);
    fflush(stdout);
  }
  return 0;
}
