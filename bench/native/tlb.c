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

// --- A TLB: array-layout.ts, tag-index.ts, replacement.ts, tlb-array.ts

struct tlb {
  u32 row, set_bytes, sets, sets_end, set_mask, ways, is_ring, newest, buckets, no_slot;
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
/** A bucket. */
enum { SLOT = 0, TAGS = 4 };

static inline u64 leaf_tag(u64 va, u64 shift) { return ((va >> shift) << shift) | shift; }
static inline u64 table_tag(u64 va, u64 shift) { return leaf_tag(va, shift) | TAG_TABLE; }
static inline bool is_fully_associative(const struct tlb *t) { return t->set_mask == 0; }
static inline u64 piece_shift(const struct tlb *t, u64 reach) { return t->pieces[reach]; }

static inline u32 bucket_of(const struct tlb *t, u64 tag) {
  return t->buckets + ((u32)((tag * SPREAD) >> t->bucket_shift) << 3);
}

static inline u32 named(const struct tlb *t, u64 tag) { return load32(bucket_of(t, tag) + SLOT); }

static inline bool may_be_hidden(const struct tlb *t, u64 tag) {
  u32 bucket = bucket_of(t, tag);
  return load32(bucket + TAGS) != (u32)(load32(bucket + SLOT) != t->no_slot);
}

static u32 search_all(const struct tlb *t, u64 tag) {
  for (u32 slot = t->sets, end = slot + t->row; slot < end; slot += 8) {
    if (load64(slot) == tag) return slot;
  }
  return 0;
}

static inline u32 indexed(const struct tlb *t, u64 tag) {
  u32 slot = named(t, tag);
  if (load64(slot) == tag) return slot;
  return may_be_hidden(t, tag) ? search_all(t, tag) : 0;
}

static inline void add_to_index(struct tlb *t, u64 tag, u32 slot) {
  u32 bucket = bucket_of(t, tag);
  store32(bucket + SLOT, slot);
  store32(bucket + TAGS, load32(bucket + TAGS) + 1);
}

static inline void remove_from_index(struct tlb *t, u64 tag, u32 slot) {
  u32 bucket = bucket_of(t, tag);
  u32 last = load32(bucket + SLOT);
  store32(bucket + SLOT, last == slot ? t->no_slot : last);
  store32(bucket + TAGS, load32(bucket + TAGS) - 1);
}

static inline void stamp(struct tlb *t, u32 slot) {
  u32 order = slot + ORDERS * t->row;
  t->clock += TICK;
  store64(order, t->clock | (load64(order) & WAY_MASK));
}

static inline void move_to_front(struct tlb *t, u32 slot) {
  u32 orders = ORDERS * t->row;
  u32 newest = t->newest;
  t->newest = slot;
  u32 older = load32(slot + orders + OLDER);
  u32 newer = load32(slot + orders + NEWER);
  store32(older + orders + NEWER, newer);
  store32(newer + orders + OLDER, older);
  u32 oldest = load32(newest + orders + NEWER);
  store32(slot + orders + OLDER, newest);
  store32(slot + orders + NEWER, oldest);
  store32(newest + orders + NEWER, slot);
  store32(oldest + orders + OLDER, slot);
}

static inline void touch(struct tlb *t, u32 slot) {
  if (!t->is_ring) stamp(t, slot);
  else if (slot != t->newest) move_to_front(t, slot);
}

static inline u32 take_oldest(struct tlb *t) {
  t->newest = load32(t->newest + ORDERS * t->row + NEWER);
  return t->newest;
}

static inline u32 take_victim(struct tlb *t, u32 set) {
  u64 least = NEVER;
  for (u32 at = set + ORDERS * t->row, end = at + t->row; at < end; at += 8) {
    u64 order = load64(at);
    least = order < least ? order : least;
  }
  u32 victim = set + ((u32)(least & WAY_MASK) << 3);
  stamp(t, victim);
  return victim;
}

static inline u32 set_of(const struct tlb *t, u64 tag) {
  return t->sets + ((u32)(tag >> (tag & TAG_SHIFT_MASK)) & t->set_mask) * t->set_bytes;
}

static inline u32 find_tag(const struct tlb *t, u64 tag) {
  if (is_fully_associative(t)) return indexed(t, tag);
  u32 set = set_of(t, tag);
  u32 found = 0;
  for (u32 slot = set, end = set + t->row; slot < end; slot += 8) found = load64(slot) == tag ? slot : found;
  return found;
}

static u32 find_probing(const struct tlb *t, u64 va) {
  for (u64 sizes = t->present; sizes != 0; sizes &= sizes - 1) {
    u32 slot = find_tag(t, leaf_tag(va, (u64)__builtin_ctzll(sizes)));
    if (slot != 0) return slot;
  }
  return 0;
}

static inline u64 probes_until(const struct tlb *t, u64 shift) {
  if (is_fully_associative(t)) return 1;
  u64 probes = (u64)__builtin_popcountll(t->present & ((2ull << shift) - 1));
  return probes > 1 ? probes : 1;
}

static inline void note_present(struct tlb *t, u64 tag) {
  if (!(tag & TAG_TABLE)) t->present |= 1ull << (tag & TAG_SHIFT_MASK);
}

static inline void count_in(struct tlb *t, u64 tag) {
  if (++t->counts[tag & TAG_KIND_MASK] == 1) t->present |= 1ull << (tag & TAG_SHIFT_MASK);
}

static inline void count_out(struct tlb *t, u64 tag) {
  if (--t->counts[tag & TAG_KIND_MASK] == 0) t->present &= ~(1ull << (tag & TAG_SHIFT_MASK));
}

static inline void fill(struct tlb *t, u64 tag, u64 offset, u64 attributes) {
  u32 slot = t->is_ring ? take_oldest(t) : take_victim(t, set_of(t, tag));
  u32 row = t->row;
  u64 old = load64(slot);
  store64(slot, tag);
  store64(slot + OFFSETS * row, offset);
  store64(slot + ATTRIBUTES * row, attributes);
  if (is_fully_associative(t)) {
    if (old != 0) remove_from_index(t, old, slot);
    add_to_index(t, tag, slot);
    note_present(t, tag);
  } else {
    count_out(t, old);
    count_in(t, tag);
  }
}

static void create_tlb(struct tlb *t, u32 entries, u32 ways, u64 sizes) {
  u32 sets = entries / ways;
  u32 bits = 37 - (u32)__builtin_clz(sets == 1 ? ways : 1);
  t->row = ((ways + 1) & ~1u) << 3;
  t->set_bytes = t->row * 4;
  t->sets = take(t->set_bytes * sets + 8 + (8u << bits));
  t->sets_end = t->sets + t->set_bytes * sets;
  t->set_mask = sets - 1;
  t->ways = ways;
  t->no_slot = t->sets_end;
  t->buckets = t->no_slot + 8;
  t->bucket_shift = 64 - bits;
  t->is_ring = sets == 1;
  t->newest = sets == 1 ? t->sets : 0;
  for (u32 reach = 0; reach < 64; reach++) {
    u64 fitting = sizes & ((2ull << reach) - 1);
    t->pieces[reach] = fitting == 0 ? 0 : (u8)(63 - __builtin_clzll(fitting));
  }
  for (u32 kind = 0; kind < 128; kind++) t->counts[kind] = kind > 0 && kind < 64 ? 0 : NOT_COUNTED;
  for (u32 bucket = 0; bucket < 1u << bits; bucket++) store32(t->buckets + (bucket << 3) + SLOT, t->no_slot);
  store64(t->no_slot, NO_TAG);
  for (u32 set = t->sets; set < t->sets_end; set += t->set_bytes) {
    u32 used = ways << 3;
    for (u32 at = 0; at < t->row; at += 8) {
      u32 order = set + ORDERS * t->row + at;
      if (sets > 1) {
        store64(order, at < used ? at >> 3 : NEVER);
      } else {
        store32(order + OLDER, set + (at + 8 < used ? at + 8 : 0));
        store32(order + NEWER, set + (at == 0 ? used : at) - 8);
      }
    }
  }
}

// --- Leaves: leaf.ts, assumed-leaf.ts

struct leaf {
  u64 region, offset, attributes;
  u8 reach;
  int8_t level;
  u16 lookups;
  u32 table;
};

enum { REGIONS = 1 << 13, REGION_SHIFT = 21, REACH_BITS = 6, UNRESOLVED = 255 };
enum { EXAMINE_AFTER = 8, NEVER_AGAIN = 0xffff };

/** The class in an access. */
enum { CLASSES = 4, CLASS_MASK = 6, INSTRUCTION = 6 };

static const u64 GENERATION = 1ull << 43, ASSUMED = ~0ull, REACH_MASK = 63;

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
  if (kind != 0) {
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

static inline void known_reaches(const u64 *words, u32 n, u8 *reaches) {
  u64 start = page_offset;
  u64 bytes = page_end - start;
  u32 unresolved = 0;
  for (u32 i = 0; i < n; i++) {
    u64 word = words[i];
    u64 reach = 0;
    if ((word & CLASS_MASK) == 0) {
      u64 region = word >> REGION_SHIFT;
      u64 known = reaches_of_regions[region & (REGIONS - 1)];
      bool resolved = known >> REACH_BITS == (region | GENERATION);
      reach = resolved ? known & REACH_MASK : UNRESOLVED;
      unresolved += !resolved;
      if (word - start >= bytes) reach = 0;
    } else if (word - start >= bytes) {
      reach = has_assumed_block(word) ? REGION_SHIFT : PAGE_SHIFT;
    }
    reaches[i] = (u8)reach;
  }
  if (unresolved > 0) resolve_reaches(words, n, reaches);
}

// --- The engine: tlb-counters.ts, walker.ts, engine.ts

enum { SLICE = 512 };

struct counters {
  u64 accesses, l1_misses, l2_misses, walks, lines_l2, lookup_cycles, walk_cycles, faults;
};

static struct tlb l1_data, l1_instruction, second;
static struct counters counters_of_class[CLASSES];
static u64 l2_hit_cycles, probe_cycles, walk_cache_cycles, line_cycles;
/** Bit level + 1: table descriptors of that level are kept in the second level. */
static u32 walk_cache_levels;

static inline bool keeps(int level) { return (walk_cache_levels >> (level + 1)) & 1; }

static inline u64 walk_cost(u64 va, int level, struct counters *counters) {
  int start = ROOT_LEVEL;
  for (int above = level - 1; above >= ROOT_LEVEL; above--) {
    if (!keeps(above)) continue;
    u32 slot = find_tag(&second, table_tag(va, level_shift(above)));
    if (slot == 0) continue;
    touch(&second, slot);
    start = above + 1;
    break;
  }
  u64 cycles = walk_cache_cycles;
  for (int read = start; read <= level; read++) {
    counters->lines_l2++;
    cycles += line_cycles;
    if (read < level && keeps(read)) fill(&second, table_tag(va, level_shift(read)), 0, 0);
  }
  return cycles;
}

static inline void fill_piece(struct tlb *t, u64 va, u64 reach, u64 offset, u64 attributes) {
  u64 shift = piece_shift(t, reach);
  if (shift != 0) fill(t, leaf_tag(va, shift), offset, attributes);
}

static inline u32 look_up(const struct tlb *t, u64 va, u64 reach) {
  u64 piece = piece_shift(t, reach);
  if (piece != 0) return find_tag(t, leaf_tag(va, piece));
  return reach == 0 ? find_probing(t, va) : 0;
}

static void miss_both(struct tlb *first, u64 va, u32 kind, struct counters *counters) {
  counters->lookup_cycles += l2_hit_cycles + probe_cycles * (probes_until(&second, 63) - 1);
  counters->l2_misses++;
  const struct leaf *leaf = resolve_leaf(va, kind);
  counters->walk_cycles += walk_cost(va, leaf->level, counters);
  counters->walks++;
  if (leaf->reach == 0) counters->faults++;
  fill_piece(&second, va, leaf->reach, leaf->offset, leaf->attributes);
  fill_piece(first, va, leaf->reach, leaf->offset, leaf->attributes);
}

static void simulate(u64 word, u64 reach) {
  u64 va = word & ~0xfffull;
  u32 kind = (u32)(word & CLASS_MASK) >> 1;
  struct tlb *first = kind == INSTRUCTION >> 1 ? &l1_instruction : &l1_data;
  u64 tag = leaf_tag(va, piece_shift(first, reach));
  if (reach == 0 || !is_fully_associative(first) || load64(named(first, tag)) == tag || may_be_hidden(first, tag)) {
    u32 slot = look_up(first, va, reach);
    if (slot != 0) {
      touch(first, slot);
      return;
    }
  }
  struct counters *counters = &counters_of_class[kind];
  counters->l1_misses++;
  u32 slot = look_up(&second, va, reach);
  if (slot == 0) {
    miss_both(first, va, kind, counters);
    return;
  }
  touch(&second, slot);
  u64 size = load64(slot) & TAG_SHIFT_MASK;
  counters->lookup_cycles += l2_hit_cycles + probe_cycles * (probes_until(&second, size) - 1);
  u32 row = second.row;
  fill_piece(first, va, size, load64(slot + OFFSETS * row), load64(slot + ATTRIBUTES * row));
}

static inline u32 pass_hits(const u64 *words, const u8 *reaches, u32 i, u32 n) {
  for (; i < n; i++) {
    u64 word = words[i];
    struct tlb *first = (word & CLASS_MASK) == INSTRUCTION ? &l1_instruction : &l1_data;
    u64 tag = leaf_tag(word & ~0xfffull, piece_shift(first, reaches[i]));
    u32 slot = named(first, tag);
    if (load64(slot) != tag) break;
    if (slot != first->newest) {
      if (!first->is_ring) break;
      move_to_front(first, slot);
    }
  }
  return i;
}

static void run_slice(const u64 *words, u32 n) {
  static u8 reaches[SLICE];
  u64 accesses = 0;
  for (u32 i = 0; i < n; i++) accesses += 1ull << ((words[i] & CLASS_MASK) << 3);
  for (u32 kind = 0; kind < CLASSES; kind++) {
    counters_of_class[kind].accesses += (accesses >> (kind << 4)) & 0xffff;
  }
  known_reaches(words, n, reaches);
  for (u32 i = 0;; i++) {
    i = pass_hits(words, reaches, i, n);
    if (i == n) return;
    simulate(words[i], reaches[i]);
  }
}

static void run_accesses(const u64 *words, u64 n) {
  for (u64 done = 0; done < n; done += SLICE) run_slice(words + done, n - done < SLICE ? (u32)(n - done) : SLICE);
}

// --- Input and commands

struct tlb_input {
  u64 entries, ways, sizes;
};

struct input {
  struct tlb_input l1_data, l1_instruction, second;
  u64 l2_hit_cycles, probe_cycles, walk_cache_levels, walk_cache_cycles, line_cycles, merges_contiguous;
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
  walk_cache_levels = (u32)input->walk_cache_levels;
  walk_cache_cycles = input->walk_cache_cycles;
  line_cycles = input->line_cycles;
  merges_contiguous = input->merges_contiguous != 0;
  page_offset = input->page_offset;
  page_end = input->page_end;
  root = take(PAGE_SIZE);
  for (u64 i = 0; i < input->runs; i++) {
    struct run run;
    read_words(&run, sizeof run / 8);
    map_run(&run);
  }
  create_from(&l1_data, &input->l1_data);
  create_from(&l1_instruction, &input->l1_instruction);
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
