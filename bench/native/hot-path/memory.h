// Memory as the core sees it: 32-bit addresses into one array, so that tables at equal addresses hold equal descriptors.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

static void fail(const char *what) {
  fprintf(stderr, "hot-path: %s\n", what);
  exit(2);
}

/** All that 32 bits address; pages that are never written cost nothing. */
static u8 *memory;
static const u64 MEMORY_BYTES = 1ull << 32;

static inline u64 load64(u32 at) { return *(const u64 *)(memory + at); }
static inline u32 load32(u32 at) { return *(const u32 *)(memory + at); }
static inline void store64(u32 at, u64 value) { *(u64 *)(memory + at) = value; }
