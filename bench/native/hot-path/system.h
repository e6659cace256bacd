// Twin of counters.ts, system.ts and log.ts.
#pragma once
#include "memory.h"

enum {
  CALLS, DESCRIPTOR_READS, DESCRIPTOR_WRITES, TABLES_P4D, TABLES_PUD, TABLES_PMD, TABLES_PTE, SPLIT_PUD_TO_CONT_PMD,
  SPLIT_PUD_TO_PMD, SPLIT_CONT_PMD, SPLIT_PMD_TO_CONT_PTE, SPLIT_PMD_TO_PTE, SPLIT_CONT_PTE, DSB_ISHST, DSB_ISH, ISB,
  TLBI_SINGLE, TLBI_RANGE, TLBI_ALL, BOUNDARIES, COUNTER_SLOTS
};

static u64 counters[COUNTER_SLOTS];

static inline void count(u32 slot, u64 times) { counters[slot] += times; }

enum {
  REQUIRES_BBML2 = 1 << 0, HAS_BBML2 = 1 << 1, CAPS_FINAL = 1 << 2, SMP = 1 << 3, PAGE_ALLOCATOR = 1 << 4,
  TLBI_RANGE_OPS = 1 << 5, REPEAT_TLBI = 1 << 6, RODATA_READ_ONLY = 1 << 10, LAZY_MMU = 1 << 11,
  UNIFORM_TABLES = 1 << 12, PAGES_ONLY = 1 << 13
};

static u32 system_flags;
static u64 kfence_start, kfence_end;

static inline bool system_has(u32 flag) { return (system_flags & flag) != 0; }
static inline bool in_kfence_pool(u64 va) { return va - kfence_start < kfence_end - kfence_start; }

enum { LOG_BOUNDARY, LOG_SPLIT_PUD_TO_CONT_PMD, LOG_SPLIT_PUD_TO_PMD, LOG_SPLIT_PMD_TO_CONT_PTE, LOG_SPLIT_PMD_TO_PTE };
enum { LOG_CAPACITY = 8192 };

static u64 log_of_events[LOG_CAPACITY];
static bool log_enabled;
static u32 log_events;

static void reset_log(bool on) {
  log_enabled = on;
  log_events = 0;
}

static inline void log_event(u32 kind, u64 va) {
  if (!log_enabled) return;
  if (log_events < LOG_CAPACITY) log_of_events[log_events] = va | kind;
  log_events++;
}
