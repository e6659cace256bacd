// Replacement: which way of a set goes next.
//
//   order, one set      | slot used before u32 | slot used after u32 |
//   order, several      | time of the last use, or of the fill (48) | way (16) |      time 0: empty
//
// LRU and FIFO are the same order, moved by uses or by fills alone. One set is large, so its slots form a ring,
// newest → older → … → oldest → newest, empty slots being the oldest: nothing is searched. Several sets are small:
// the smallest order of a set is the victim, found without a branch that depends on the data.
// A tree-PLRU fills empty ways first, from the lowest; then it follows its tree: one byte a node in heap order from
// 1, which says which half goes next, 1 the right one.
import {
  CLOCK,
  NEWEST,
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

export const POLICY_LRU: u32 = 0;
export const POLICY_FIFO: u32 = 1;
/** Ways are a power of two. */
export const POLICY_PLRU: u32 = 2;

const OLDER: usize = 0;
const NEWER: usize = 4;
const WAY_MASK: u64 = 0xffff;
const TICK: u64 = 1 << 16;
const NEVER: u64 = ~(<u64>0);

/** All ways of all sets empty. */
export function initReplacement(array: usize): void {
  const row = load<usize>(array, ROW);
  const used = (<usize>load<u32>(array, WAYS)) << 3;
  const isRing = load<u32>(array, SET_MASK) === 0;
  const end = load<usize>(array, SETS_END);
  for (let set = load<usize>(array, SETS); set < end; set += load<usize>(array, SET_BYTES)) {
    for (let at: usize = 0; at < row; at += 8) {
      const order = set + ORDERS * row + at;
      if (isRing) {
        store<usize>(order, set + (at + 8 < used ? at + 8 : 0), OLDER);
        store<usize>(order, set + (at === 0 ? used : at) - 8, NEWER);
      } else {
        store<u64>(order, at < used ? <u64>at >> 3 : NEVER);
      }
    }
  }
  const ordersByRing = isRing && load<u32>(array, POLICY) !== POLICY_PLRU;
  store<usize>(array, ordersByRing ? load<usize>(array, SETS) : 0, NEWEST);
  store<u64>(array, 0, CLOCK);
  memory.fill(load<usize>(array, TREES), 0, <usize>load<u32>(array, WAYS) * (load<u32>(array, SET_MASK) + 1));
}

/** The slot whose hit changes nothing; 0 where that is not known. */
export function newestSlot(array: usize): usize {
  return load<usize>(array, NEWEST);
}

/** A hit. */
export function touch(array: usize, slot: usize): void {
  const policy = load<u32>(array, POLICY);
  if (policy === POLICY_FIFO) return;
  if (policy === POLICY_PLRU) {
    pointAway(array, slot);
    return;
  }
  if (load<u32>(array, SET_MASK) !== 0) {
    stamp(array, slot);
    return;
  }
  const newest = load<usize>(array, NEWEST);
  if (newest === slot) return;
  store<usize>(array, slot, NEWEST);
  moveBefore(newest, slot, ORDERS * load<usize>(array, ROW));
}

/** The slot of `set` that is filled next; it counts as filled. */
export function takeVictim(array: usize, set: usize): usize {
  if (load<u32>(array, POLICY) === POLICY_PLRU) return takeVictimOfTree(array, set);
  const row = load<usize>(array, ROW);
  if (load<u32>(array, SET_MASK) === 0) {
    const oldest = load<usize>(load<usize>(array, NEWEST) + ORDERS * row, NEWER);
    store<usize>(array, oldest, NEWEST);
    return oldest;
  }
  const orders = set + ORDERS * row;
  let least = NEVER;
  for (let at = orders, end = orders + row; at < end; at += 16) {
    least = min(least, min(load<u64>(at), load<u64>(at, 8)));
  }
  const victim = set + ((<usize>(least & WAY_MASK)) << 3);
  stamp(array, victim);
  return victim;
}

/** A slot has been emptied. */
export function makeOldest(array: usize, slot: usize): void {
  const orders = ORDERS * load<usize>(array, ROW);
  if (load<u32>(array, SET_MASK) !== 0) {
    store<u64>(slot + orders, load<u64>(slot + orders) & WAY_MASK);
    return;
  }
  if (load<u32>(array, POLICY) === POLICY_PLRU) return;
  const newest = load<usize>(array, NEWEST);
  if (newest === slot) store<usize>(array, load<usize>(slot + orders, OLDER), NEWEST);
  else moveBefore(newest, slot, orders);
}

function stamp(array: usize, slot: usize): void {
  const order = slot + ORDERS * load<usize>(array, ROW);
  const clock = load<u64>(array, CLOCK) + TICK;
  store<u64>(array, clock, CLOCK);
  store<u64>(order, clock | (load<u64>(order) & WAY_MASK));
}

/** Moves a slot of a ring to where its newest slot meets the oldest. */
function moveBefore(newest: usize, slot: usize, orders: usize): void {
  const oldest = load<usize>(newest + orders, NEWER);
  if (oldest === slot) return;
  const older = load<usize>(slot + orders, OLDER);
  const newer = load<usize>(slot + orders, NEWER);
  store<usize>(older + orders, newer, NEWER);
  store<usize>(newer + orders, older, OLDER);
  store<usize>(slot + orders, newest, OLDER);
  store<usize>(slot + orders, oldest, NEWER);
  store<usize>(newest + orders, slot, NEWER);
  store<usize>(oldest + orders, slot, OLDER);
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
