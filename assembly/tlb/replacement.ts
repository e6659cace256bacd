// Replacement: which way of a set goes next.
//
//   order, one set      | slot used before u32 | slot used after u32 |
//   order, several      | time of the last use, or of the fill (48) | way (16) |      time 0: empty
//
// LRU and FIFO are the same order, moved by uses or by fills alone. One set is large, so its slots form a ring,
// start → newest → … → oldest → start, empty slots being the oldest: nothing is searched. The slot that stands for none
// is the start. Several sets are small: the smallest order of a set is the victim, found without a branch that
// depends on the data.
// A tree-PLRU fills empty ways first, from the lowest; then it follows its tree: one byte a node in heap order from
// 1, which says which half goes next, 1 the right one.
import {
  CLOCK,
  IS_RING,
  NO_SLOT,
  ORDERS,
  POLICY,
  ROW,
  SET_BYTES,
  SET_MASK,
  SETS,
  SETS_END,
  TREES,
  WAYS,
} from './array-layout';
import { nameInIndex } from './tag-index';

export const POLICY_LRU: u32 = 0;
export const POLICY_FIFO: u32 = 1;
/** Ways are a power of two. */
export const POLICY_PLRU: u32 = 2;

export const OLDER: usize = 0;
export const NEWER: usize = 4;
const WAY_MASK: u64 = 0xffff;
const TICK: u64 = 1 << 16;
const NEVER: u64 = ~(<u64>0);

/** All ways of all sets empty. */
export function initReplacement(array: usize): void {
  const row = load<usize>(array, ROW);
  const used = (<usize>load<u32>(array, WAYS)) << 3;
  const ring = load<u32>(array, SET_MASK) === 0 && load<u32>(array, POLICY) !== POLICY_PLRU;
  store<u32>(array, u32(ring), IS_RING);
  const end = load<usize>(array, SETS_END);
  for (let set = load<usize>(array, SETS); set < end; set += load<usize>(array, SET_BYTES)) {
    for (let at: usize = 0; at < row; at += 8) {
      store<u64>(set + at + ORDERS * row, at < used ? <u64>at >> 3 : NEVER);
    }
  }
  store<u64>(array, 0, CLOCK);
  memory.fill(load<usize>(array, TREES), 0, <usize>load<u32>(array, WAYS) * (load<u32>(array, SET_MASK) + 1));
  if (!ring) return;
  const start = load<usize>(array, NO_SLOT);
  link(start, start, ORDERS * row);
  for (let at: usize = 0; at < used; at += 8) {
    link(load<usize>(start + ORDERS * row, NEWER), load<usize>(array, SETS) + at, ORDERS * row);
    link(load<usize>(array, SETS) + at, start, ORDERS * row);
  }
}

export function isRing(array: usize): bool {
  return load<u32>(array, IS_RING) !== 0;
}

export function isLru(array: usize): bool {
  return load<u32>(array, POLICY) === POLICY_LRU;
}

/** A hit. */
export function touch(array: usize, slot: usize): void {
  const policy = load<u32>(array, POLICY);
  if (policy === POLICY_FIFO) return;
  if (policy === POLICY_PLRU) pointAway(array, slot);
  else if (isRing(array)) {
    // Hits in a row of one entry change nothing.
    if (slot === newestSlot(array)) return;
    makeNewest(array, slot);
    nameInIndex(array, load<u64>(slot), slot);
  } else stamp(array, slot);
}

/** The slot of `set` that is filled next; it counts as filled. Not for a ring: see `oldestSlot()`. */
export function takeVictim(array: usize, set: usize): usize {
  if (load<u32>(array, POLICY) === POLICY_PLRU) return takeVictimOfTree(array, set);
  const orders = set + ORDERS * load<usize>(array, ROW);
  let least = NEVER;
  for (let at = orders, end = orders + load<usize>(array, ROW); at < end; at += 16) {
    least = min(least, min(load<u64>(at), load<u64>(at, 8)));
  }
  const victim = set + ((<usize>(least & WAY_MASK)) << 3);
  stamp(array, victim);
  return victim;
}

/** The slot of a ring that was used or filled last. */
export function newestSlot(array: usize): usize {
  return load<usize>(load<usize>(array, NO_SLOT) + ORDERS * load<usize>(array, ROW), OLDER);
}

/** The slot of a ring that is filled next. */
export function oldestSlot(array: usize): usize {
  return load<usize>(load<usize>(array, NO_SLOT) + ORDERS * load<usize>(array, ROW), NEWER);
}

/** The next older slot of a ring; after the oldest the one that stands for none. */
export function olderSlot(array: usize, slot: usize): usize {
  return load<usize>(slot + ORDERS * load<usize>(array, ROW), OLDER);
}

/** The next newer slot of a ring; after the newest the one that stands for none. */
export function newerSlot(array: usize, slot: usize): usize {
  return load<usize>(slot + ORDERS * load<usize>(array, ROW), NEWER);
}

/** A slot has been emptied. */
export function makeOldest(array: usize, slot: usize): void {
  const orders = ORDERS * load<usize>(array, ROW);
  if (isRing(array)) {
    link(load<usize>(slot + orders, NEWER), load<usize>(slot + orders, OLDER), orders);
    const start = load<usize>(array, NO_SLOT);
    link(load<usize>(start + orders, NEWER), slot, orders);
    link(slot, start, orders);
  } else if (load<u32>(array, POLICY) !== POLICY_PLRU) {
    store<u64>(slot + orders, load<u64>(slot + orders) & WAY_MASK);
  }
}

/** Moves a slot of a ring, whichever it is, to between the start and the newest. */
export function makeNewest(array: usize, slot: usize): void {
  const orders = ORDERS * load<usize>(array, ROW);
  const start = load<usize>(array, NO_SLOT);
  link(load<usize>(slot + orders, NEWER), load<usize>(slot + orders, OLDER), orders);
  link(slot, load<usize>(start + orders, OLDER), orders);
  link(start, slot, orders);
}

/** Makes two slots of a ring neighbours. */
export function link(newer: usize, older: usize, orders: usize): void {
  store<usize>(newer + orders, older, OLDER);
  store<usize>(older + orders, newer, NEWER);
}

/** A hit of a slot of several sets under LRU. */
export function stamp(array: usize, slot: usize): void {
  const order = slot + ORDERS * load<usize>(array, ROW);
  const clock = load<u64>(array, CLOCK) + TICK;
  store<u64>(array, clock, CLOCK);
  store<u64>(order, clock | (load<u64>(order) & WAY_MASK));
}

function takeVictimOfTree(array: usize, set: usize): usize {
  const victim = victimOfTree(array, set);
  pointAway(array, victim);
  return victim;
}

function victimOfTree(array: usize, set: usize): usize {
  const ways = load<u32>(array, WAYS);
  for (let slot = set, end = set + ((<usize>ways) << 3); slot < end; slot += 8) {
    if (load<u64>(slot) === 0) return slot;
  }
  const tree = treeOf(array, set);
  let node: u32 = 1;
  while (node < ways) node = 2 * node + load<u8>(tree + node);
  return set + ((<usize>(node - ways)) << 3);
}

/** Turns the tree's nodes above a slot to the other half. */
function pointAway(array: usize, slot: usize): void {
  const within = (slot - load<usize>(array, SETS)) % load<usize>(array, SET_BYTES);
  const tree = treeOf(array, slot - within);
  for (let node = <u32>(within >> 3) + load<u32>(array, WAYS); node > 1; node >>= 1) {
    store<u8>(tree + (node >> 1), <u8>(node & 1 ? 0 : 1));
  }
}

function treeOf(array: usize, set: usize): usize {
  const number = (set - load<usize>(array, SETS)) / load<usize>(array, SET_BYTES);
  return load<usize>(array, TREES) + number * load<u32>(array, WAYS);
}
