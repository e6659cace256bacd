// Miss ratios of a fully associative LRU buffer that can be written down: what the pass is checked against.
// Stationary: first touches are not in them.

/** Independent accesses to any of `units` with the same probability: the buffer holds `capacity` of them. */
export function uniformMissRatio(units: number, capacity: number): number {
  return Math.max(0, 1 - capacity / units);
}

/** All of `units` in one order, again and again: LRU always evicts what comes next. */
export function cyclicMissRatio(units: number, capacity: number): number {
  return units > capacity ? 1 : 0;
}

/**
 * Independent accesses, the r-th of `units` with probability proportional to r^-exponent. Che's approximation: a unit
 * is in the buffer where it was touched within a characteristic time t, the same for all, of which
 * sum (1 - e^(-p t)) = capacity. Source: Che, Tung and Wang, Hierarchical Web Caching Systems, 2002; why it is that
 * good: Fricker, Robert and Roberts, A Versatile and Accurate Approximation for LRU Cache Performance, 2012.
 */
export function zipfMissRatio(units: number, exponent: number, capacity: number): number {
  if (capacity >= units) return 0;
  if (capacity <= 0) return 1;
  const groups = rankGroups(units, exponent);
  const time = characteristicTime(groups, capacity);
  return groups.reduce((sum, { ranks, probability: p }) => sum + ranks * p * Math.exp(-p * time), 0);
}

/** Ranks whose probabilities are close enough to be one: each of them has `probability`. */
interface RankGroup {
  ranks: number;
  probability: number;
}

/** Each of these ranks is a group of its own; later groups span 1/1024 of their first rank. */
const SINGLE_RANKS = 2 ** 11;
const GROUP_SHARE = 2 ** -10;

function rankGroups(units: number, exponent: number): RankGroup[] {
  const groups: RankGroup[] = [];
  let total = 0;
  for (let first = 1; first <= units; ) {
    const ranks = first < SINGLE_RANKS ? 1 : Math.min(Math.floor(first * GROUP_SHARE), units - first + 1);
    const weight = (first + (ranks - 1) / 2) ** -exponent;
    groups.push({ ranks, probability: weight });
    total += ranks * weight;
    first += ranks;
  }
  for (const group of groups) group.probability /= total;
  return groups;
}

/** In accesses. The units held grow with time, so halving an interval finds it. */
function characteristicTime(groups: readonly RankGroup[], capacity: number): number {
  const held = (time: number) =>
    groups.reduce((sum, { ranks, probability }) => sum - ranks * Math.expm1(-probability * time), 0);
  let high = capacity;
  while (held(high) < capacity) high *= 2;
  let low = high / 2;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (held(middle) < capacity) low = middle;
    else high = middle;
  }
  return high;
}
