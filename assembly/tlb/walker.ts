// Walker: what one walk costs. The deepest table descriptor that a walk cache holds says where to start; every
// level from there to the leaf is one line fetched.
import { levelShift, rootLevel } from '../geometry';
import { levelOf, reachOf, resolveLeaf } from './leaf';
import { fetchLine } from './lines';
import { touch } from './replacement';
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
let lookupCycles: u64 = 0;

export function setWalkCache(cache: u32, cachedLevels: u32, cycles: u64): void {
  cacheKind = cache;
  levels = cachedLevels;
  lookupCycles = cache === TLB_WALK_CACHE_NONE ? 0 : cycles;
}

/** Of the last walk. */
export let walkCycles: u64 = 0;

/** Walks for an access that misses both levels, and counts it. Returns the leaf. */
export function walk(va: u64, kind: u32, second: usize, counters: usize): usize {
  const leaf = resolveLeaf(va, kind);
  walkCycles = costTo(levelOf(leaf), va, second, counters);
  add(counters, TLB_WALKS, 1);
  add(counters, TLB_WALK_CYCLES, walkCycles);
  if (reachOf(leaf) === 0) add(counters, TLB_FAULTS, 1);
  return leaf;
}

/**
 * The cycles of a walk for `va` that ends at `level`, at a leaf or at an invalid entry. Table descriptors that it
 * passes are kept at once, not when the walk completes.
 */
function costTo(level: i32, va: u64, second: usize, counters: usize): u64 {
  const cache = cacheKind === TLB_WALK_CACHE_IN_L2 ? second : structure(TLB_WALK_CACHE);
  let start = rootLevel;
  if (cacheKind !== TLB_WALK_CACHE_NONE) {
    for (let above = level - 1; above >= rootLevel; above--) {
      if (!keeps(above)) continue;
      const shift = <u64>levelShift(above);
      const slot = findTag(cache, tableTag(va, shift));
      if (slot === 0) continue;
      touch(cache, slot);
      start = above + 1;
      break;
    }
  }
  let cycles = lookupCycles;
  for (let read = start; read <= level; read++) {
    cycles += fetchLine(va, read, counters);
    if (read < level && cacheKind !== TLB_WALK_CACHE_NONE && keeps(read)) {
      fill(cache, tableTag(va, <u64>levelShift(read)), 0, 0);
    }
  }
  return cycles;
}

function keeps(level: i32): bool {
  return ((levels >> (level + 1)) & 1) !== 0;
}
