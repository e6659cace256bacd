// Plain C twin of the hot path in assembly/: walk, split, change, build. README.md says what it leaves out.
//
// One command a line on stdin, one line of decimal u64 on stdout in answer.
//
//   machine GRANULE_SHIFT VA_BITS ROOT FLAGS   an empty machine with its root table at ROOT; FLAGS are SYSTEM_ flags
//   map PA VA SIZE PROT FLAGS TIMES            mapRange(), TIMES times over; nanoseconds
//   keep, restore                              remembers tables and counters; goes back to them
//   operations N                               takes N records of 40 bytes, laid out as in operation.ts
//   run                                        runs them from the first to the last; nanoseconds
//   addresses N                                takes N addresses of 8 bytes
//   walk each|batch FROM N                     walks N of them from FROM on; nanoseconds
//   translations each|batch FROM N             checksum of the packed words of the same walks
//   log 0|1                                    starts an empty event log, or ends logging
//   check                                      checksums of all tables, of the results of `run` and of the log, and the
//                                              counters
#define _GNU_SOURCE
#include <inttypes.h>
#include <sys/mman.h>
#include <time.h>
#include "operations.h"
#include "translate.h"

static struct operation *operations;
static i32 *results;
static u32 operation_count;
static u64 *addresses;
static u32 address_count;
static u8 *kept;
static u32 kept_bytes;
static u64 kept_counters[COUNTER_SLOTS];

/** CPU time: waiting while other work has the CPU is not in it. */
static u64 now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static void take_input(void *to, size_t size, u64 n) {
  if (fread(to, size, n, stdin) != n) fail("the input ends too early");
}

static void *room(void *old, u64 bytes) {
  void *fresh = realloc(old, bytes);
  if (!fresh) fail("no memory");
  return fresh;
}

static const u32 HASH = 0x811c9dc5;

/** FNV-1a over 32-bit words, which JavaScript can do as well. */
static u32 checksum(u32 hash, const void *from, u64 bytes) {
  const u32 *words = from;
  for (u64 i = 0; i < bytes / 4; i++) hash = (hash ^ words[i]) * 0x01000193;
  return hash;
}

static u64 keep(void) {
  kept_bytes = arena_next - root;
  kept = room(kept, kept_bytes);
  memcpy(kept, memory + root, kept_bytes);
  memcpy(kept_counters, counters, sizeof counters);
  return 0;
}

static u64 restore(void) {
  if (arena_next > arena_dirty) arena_dirty = arena_next;
  memcpy(memory + root, kept, kept_bytes);
  arena_next = root + kept_bytes;
  memcpy(counters, kept_counters, sizeof counters);
  return 0;
}

static u64 new_machine(u32 shift, u32 bits, u32 at, u32 flags) {
  set_geometry(shift, bits);
  set_descriptor_format();
  system_flags = flags;
  kfence_start = kfence_end = 0;
  allocations_left = -1;
  lazy_depth = 0;
  pending = false;
  reset_log(false);
  reset_tables(at);
  memset(counters, 0, sizeof counters);
  return 0;
}

static u64 timed_map(u64 pa, u64 va, u64 size, u32 prot, u32 flags, u64 times) {
  u64 start = now();
  for (u64 i = 0; i < times; i++)
    if (map_range(pa, va, size, prot, flags) != 0) fail("this range cannot be mapped");
  return now() - start;
}

static u64 take_operations(u32 n) {
  operations = room(operations, (u64)n * sizeof *operations);
  results = room(results, (u64)n * sizeof *results);
  operation_count = n;
  take_input(operations, sizeof *operations, n);
  return 0;
}

static u64 timed_run(void) {
  u64 start = now();
  run_list(operations, results, operation_count);
  return now() - start;
}

static u64 take_addresses(u32 n) {
  addresses = room(addresses, (u64)n * 8);
  address_count = n;
  take_input(addresses, 8, n);
  return 0;
}

static void require_addresses(u32 from, u32 n) {
  if (n > address_count || from > address_count - n) fail("there are fewer addresses");
}

/** Addresses go through a buffer, as they do in WASM. */
static u64 walk_call(bool batch, u32 from, u32 n) {
  memcpy(walk_buffer, addresses + from, (u64)n * 8);
  u64 *to = walk_buffer + WALKS;
  return batch ? walk_batch(walk_buffer, to, n) : walk_each(walk_buffer, to, n);
}

static u64 timed_walks(bool batch, u32 from, u32 n) {
  require_addresses(from, n);
  u64 found = 0, start = now();
  for (u32 done = 0; done < n; done += WALKS) found += walk_call(batch, from + done, n - done < WALKS ? n - done : WALKS);
  u64 ns = now() - start;
  if (found > n) fail("more translations than addresses");
  return ns;
}

static u64 translations(bool batch, u32 from, u32 n) {
  require_addresses(from, n);
  u32 hash = HASH;
  for (u32 done = 0; done < n; done += WALKS) {
    u32 some = n - done < WALKS ? n - done : WALKS;
    walk_call(batch, from + done, some);
    hash = checksum(hash, walk_buffer + WALKS, (u64)some * 8);
  }
  return hash;
}

static u64 check(void) {
  u32 returned = checksum(HASH, results, (u64)operation_count * sizeof *results);
  u32 kept_events = log_events < LOG_CAPACITY ? log_events : LOG_CAPACITY;
  u32 logged = checksum(checksum(HASH, &log_events, 4), log_of_events, (u64)kept_events * 8);
  printf("%u %u %u", checksum(HASH, memory + root, arena_next - root), returned, logged);
  for (u32 i = 0; i + 1 < COUNTER_SLOTS; i++) printf(" %" PRIu64, counters[i]);
  printf(" ");
  return counters[COUNTER_SLOTS - 1];
}

static u64 answer(const char *line) {
  u64 pa, va, size, times;
  u32 a, b, c, d;
  char how[8];
  if (sscanf(line, "machine %u %u %u %u", &a, &b, &c, &d) == 4) return new_machine(a, b, c, d);
  if (sscanf(line, "map %" SCNu64 " %" SCNu64 " %" SCNu64 " %u %u %" SCNu64, &pa, &va, &size, &a, &b, &times) == 6)
    return timed_map(pa, va, size, a, b, times);
  if (!strcmp(line, "keep\n")) return keep();
  if (!strcmp(line, "restore\n")) return restore();
  if (sscanf(line, "operations %u", &a) == 1) return take_operations(a);
  if (!strcmp(line, "run\n")) return timed_run();
  if (sscanf(line, "addresses %u", &a) == 1) return take_addresses(a);
  if (sscanf(line, "walk %7s %u %u", how, &a, &b) == 3) return timed_walks(how[0] == 'b', a, b);
  if (sscanf(line, "translations %7s %u %u", how, &a, &b) == 3) return translations(how[0] == 'b', a, b);
  if (sscanf(line, "log %u", &a) == 1) {
    reset_log(a != 0);
    return 0;
  }
  if (!strcmp(line, "check\n")) return check();
  fail("an unknown command");
  return 0;
}

int main(void) {
  memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) fail("cannot reserve 4 GiB of address space");
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    printf("%" PRIu64 "\n", answer(line));
    fflush(stdout);
  }
  return 0;
}
