// Walker: what one walk reads. The deepest table descriptor that a walk cache holds says where to start; every level
// from there to the leaf is one line fetched.
import { indexBits, levelShift, rootLevel } from '../geometry';
import { levelOf, reachOf, resolveLeaf } from './leaf';
import { fetchLine } from './lines';
import { touch } from './replacement';
import { findSmall, stampSmall } from './small-sets';
import { structure, TLB_WALK_CACHE } from './structures';
import { fill, findTag, tableTag } from './tlb-array';
import { add, TLB_FAULTS, TLB_WALK_CYCLES, TLB_WALKS } from './tlb-counters';

export const TLB_WALK_CACHE_NONE: u32 = 0;
/** An array of its own. */
export const TLB_WALK_CACHE_SEPARATE: u32 = 1;
/** The second-level TLB, where table descriptors compete with leaves. */
export const TLB_WALK_CACHE_IN_L2: u32 = 2;

let cacheKind: u32 = TLB_WALK_CACHE_NONE;
/** Bit level + 1: table descriptors of that level are kept. */
let levels: u32 = 0;
/** Cycles of a walk before it reads anything. */
export let walkLookupCycles: u64 = 0;

export function setWalkCache(cache: u32, cachedLevels: u32, cycles: u64): void {
  cacheKind = cache;
  levels = cachedLevels;
  walkLookupCycles = cache === TLB_WALK_CACHE_NONE ? 0 : cycles;
}

/** Of the last walk. */
export let walkCycles: u64 = 0;

/** Walks for an access that misses both levels, and counts it. Returns the leaf. */
export function walk(va: u64, kind: u32, second: usize, counters: usize): usize {
  const leaf = resolveLeaf(va, kind);
  const level = levelOf(leaf);
  walkCycles = walkLookupCycles;
  for (let read = firstRead(va, level, second); read <= level; read++) {
    walkCycles += fetchLine(va, read, counters);
  }
  add(counters, TLB_WALKS, 1);
  add(counters, TLB_WALK_CYCLES, walkCycles);
  if (reachOf(leaf) === 0) add(counters, TLB_FAULTS, 1);
  return leaf;
}

/**
 * The level of the first descriptor that is read in a walk for `va` that ends at `level`, at a leaf or at an invalid
 * entry. Table descriptors that the walk passes are kept at once, not when it completes.
 */
export function firstRead(va: u64, level: i32, second: usize): i32 {
  if (cacheKind === TLB_WALK_CACHE_NONE) return rootLevel;
  const cache = cacheKind === TLB_WALK_CACHE_IN_L2 ? second : structure(TLB_WALK_CACHE);
  let start = rootLevel;
  for (let above = level - 1; above >= rootLevel; above--) {
    if (!keeps(above)) continue;
    const slot = findTag(cache, tableTag(va, <u64>levelShift(above)));
    if (slot === 0) continue;
    touch(cache, slot);
    start = above + 1;
    break;
  }
  for (let read = start; read < level; read++) {
    if (keeps(read)) fill(cache, tableTag(va, <u64>levelShift(read)), 0, 0);
  }
  return start;
}

function keeps(level: i32): bool {
  return ((levels >> (level + 1)) & 1) !== 0;
}

/** All table descriptors are kept in the second level: where that is of small sets, firstReadInSmall() can be asked. */
export function keepsAllInSecond(): bool {
  const all = (1 << 4) - (1 << (rootLevel + 1));
  return cacheKind === TLB_WALK_CACHE_IN_L2 && (levels & all) === all;
}

/** The same as firstRead(), but the caller fills in the table descriptors that the walk passes. */
export function firstReadInSmall(va: u64, level: i32, second: usize): i32 {
  const bits = <u64>indexBits;
  let shift = <u64>levelShift(level);
  let start = level;
  while (start > rootLevel) {
    const slot = findSmall(second, tableTag(va, shift + bits));
    if (slot !== 0) {
      stampSmall(second, slot);
      break;
    }
    start--;
    shift += bits;
  }
  return start;
}
