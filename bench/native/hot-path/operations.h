// Twin of operation.ts and operations.ts.
#pragma once
#include "change.h"

enum { CHANGE = 0, FLUSH = 2, FLUSH_ALL = 3, SPLIT = 4, FAIL_ALLOCATIONS = 6, KFENCE_POOL = 7 };
enum { CHAINED = 1 << 0, NO_FLUSH = 1 << 1, SKIPPED = 1, CAPACITY = 1024 };

struct operation {
  u32 opcode, flags;
  u64 start, size, set, clear;
};

static struct operation operation_buffer[CAPACITY];
static i32 operation_results[CAPACITY];
static bool chain_failed;

#include "page_changes.h"

static i32 run_operation(u32 opcode, u32 flags, u64 start, u64 size, u64 set, u64 clear) {
  switch (opcode) {
    case CHANGE:
      return flags & NO_FLUSH ? update_range_prot(start, size, set, clear) : change_memory(start, size, set, clear);
    case FLUSH:
      flush_kernel_range(start, start + size);
      return 0;
    case FLUSH_ALL:
      flush_all();
      return 0;
    case SPLIT:
      return split_leaf_mapping(start, start + size);
    case FAIL_ALLOCATIONS:
      allocations_left = (i64)size;
      return 0;
    case KFENCE_POOL:
      kfence_start = start;
      kfence_end = start + size;
      return 0;
    default:
      return -EINVAL_;
  }
}

static i32 run_one(const struct operation *at) {
  if (!(at->flags & CHAINED)) chain_failed = false;
  if (chain_failed) return SKIPPED;
  i32 ret = run_operation(at->opcode, at->flags, at->start, at->size, at->set, at->clear);
  if (ret != 0) chain_failed = true;
  return ret;
}

static void run_operations(u32 n, bool continued) {
  if (!continued) chain_failed = false;
  for (u32 i = 0; i < n;) {
    const struct operation *at = operation_buffer + i;
    u32 changed = is_lone_change(at) ? run_page_changes(at, n - i) : 0;
    if (changed > 0) {
      chain_failed = false;
      memset(operation_results + i, 0, changed * sizeof *operation_results);
      i += changed;
    } else {
      operation_results[i++] = run_one(at);
    }
  }
}

/** Core.run(): the list goes through the buffer, and its results come back. */
static void run_list(const struct operation *list, i32 *results, u32 n) {
  for (u32 done = 0; done < n; done += CAPACITY) {
    u32 some = n - done < CAPACITY ? n - done : CAPACITY;
    memcpy(operation_buffer, list + done, some * sizeof *list);
    run_operations(some, done > 0);
    memcpy(results + done, operation_results, some * sizeof *results);
  }
}
