// Coherence: do the entries of the TLBs agree with the tables, and with each other? For tests and for reports; slow.
import { levelSize, pageEnd, pageOffset } from '../geometry';
import { ASSUMED, attributesOfLeaf, levelOf, offsetOf, reachOf, resolveLeaf } from './leaf';
import { exists, structure, TLB_WALK_CACHE } from './structures';
import { attributesIn, baseOfTag, firstSlot, isLeafTag, lastOfTag, nextSlot, offsetIn } from './tlb-array';

/** Entries that reach into [from, to) of the linear map and translate any of it otherwise than the tables do now. */
export function staleEntries(from: u64, to: u64): u32 {
  const first = max(from, pageOffset);
  const last = min(to - 1, pageEnd - 1);
  let stale: u32 = 0;
  for (let place: u32 = 0; place < TLB_WALK_CACHE; place++) {
    if (!exists(place)) continue;
    const array = structure(place);
    for (let slot = firstSlot(array); slot !== 0; slot = nextSlot(array, slot)) {
      if (isLinear(array, slot) && isStale(array, slot, first, last)) stale++;
    }
  }
  return stale;
}

function isStale(array: usize, slot: usize, first: u64, last: u64): bool {
  const tag = load<u64>(slot);
  const base = baseOfTag(tag);
  const end = min(last, lastOfTag(tag));
  for (let va = max(first, base); va <= end; ) {
    const leaf = resolveLeaf(va, 0);
    if (reachOf(leaf) === 0 || offsetOf(leaf) !== offsetIn(array, slot)) return true;
    if (attributesOfLeaf(leaf) !== attributesIn(array, slot)) return true;
    // Not the reach: the leaves of a contiguous group may differ, where the kernel changed a part of it.
    const lastOfLeaf = va | (levelSize(levelOf(leaf)) - 1);
    if (lastOfLeaf >= end) return false;
    va = lastOfLeaf + 1;
  }
  return false;
}

/**
 * Pairs of entries of different size for one address in one TLB: traces of a leaf whose size changed while it was
 * cached, which only a CPU with BBML2 allows.
 */
export function overlappingEntries(): u32 {
  let pairs: u32 = 0;
  for (let place: u32 = 0; place < TLB_WALK_CACHE; place++) pairs += pairsBetween(place, place, false);
  return pairs;
}

/** Pairs of entries for one address, in any TLBs, that disagree on output address or attributes. */
export function conflictingEntries(): u32 {
  let pairs: u32 = 0;
  for (let place: u32 = 0; place < TLB_WALK_CACHE; place++) {
    for (let other = place; other < TLB_WALK_CACHE; other++) pairs += pairsBetween(place, other, true);
  }
  return pairs;
}

function pairsBetween(one: u32, other: u32, conflicting: bool): u32 {
  if (!exists(one) || !exists(other)) return 0;
  const a = structure(one);
  const b = structure(other);
  let pairs: u32 = 0;
  for (let slot = firstSlot(a); slot !== 0; slot = nextSlot(a, slot)) {
    if (!isLinear(a, slot)) continue;
    for (let next = one === other ? nextSlot(a, slot) : firstSlot(b); next !== 0; next = nextSlot(b, next)) {
      if (!isLinear(b, next) || !overlap(load<u64>(slot), load<u64>(next))) continue;
      if (!conflicting || disagree(a, slot, b, next)) pairs++;
    }
  }
  return pairs;
}

function isLinear(array: usize, slot: usize): bool {
  return isLeafTag(load<u64>(slot)) && attributesIn(array, slot) !== ASSUMED;
}

function overlap(a: u64, b: u64): bool {
  return baseOfTag(a) <= lastOfTag(b) && baseOfTag(b) <= lastOfTag(a);
}

function disagree(a: usize, slot: usize, b: usize, next: usize): bool {
  return offsetIn(a, slot) !== offsetIn(b, next) || attributesIn(a, slot) !== attributesIn(b, next);
}
