// Misses of two LRU levels where accesses do not depend on those before: uniform and Zipf streams, and laps that come
// by each unit at random.
//
// Che's approximation: a level of one set keeps a unit where the unit was asked for within a characteristic time, the
// same for all, of which the units kept are as many as the entries. The second level is asked for a unit of
// popularity p only after the first has forgotten it, at rate m = p e^(-p T1); between two such requests there are T1
// accesses at least and 1/m on average. The time beyond T1 is taken as exponential.
// Sources: Che, Tung and Wang, Hierarchical Web Caching Systems, 2002; Fricker, Robert and Roberts, A Versatile and
// Accurate Approximation for LRU Cache Performance, 2012.
import type { LevelUnits, Popularity } from './popularity.js';
import { probablyAsked, probablyForgotten, type Requests } from './requests.js';
import { type PlacedUnits, setMisses } from './set-misses.js';

/** Units whose rates differ by less are computed together. */
const SAME_RATE = 2 ** -8;
/** Conflicts in sets have more walks ask for tables, which makes for more conflicts. */
const MOST_ROUNDS = 8;
const SETTLED = 2e-4;
/** Steps of time after the start. */
const START_STEP = 1.25;

export interface LevelShape {
  entries: number;
  ways: number;
}

/** Units alike. */
interface RequestGroup extends Requests {
  units: number;
  /** Of the leaves. */
  level: number;
}

/**
 * Misses of both levels for each of `accesses`, where both were empty before the first.
 * @param lap pages of a lap, where units are gone through at random but each of their pages once; else Infinity
 */
export function independentMisses(
  popularity: Popularity,
  l1: LevelShape,
  l2: LevelShape,
  { lap, accesses }: { lap: number; accesses: number },
): { l1: number; l2: number } {
  const first = popularity.l1.weight.map((rate): Requests => ({ rate, apart: 0, lap }));
  const groups = grouped(first, popularity.l1.count, null);
  const time = characteristicTime((t) => kept(groups, t), l1.entries, total(groups));
  const firstMisses =
    l1.entries === l1.ways
      ? missedFromStart(groups, time, accesses)
      : setMisses(placed(popularity.l1, first), [], l1, accesses);
  const second = secondRequests(popularity, first, time, accesses);
  return { l1: firstMisses, l2: secondMisses(second, popularity, l2, accesses) };
}

function secondMisses(
  requests: readonly Requests[],
  { l2, tables }: Popularity,
  shape: LevelShape,
  accesses: number,
): number {
  const groups = grouped(requests, l2.count, l2.level);
  const walked = levelsWalked(tables, groups);
  const all = total(groups) + walked.reduce((sum, { count }) => sum + count, 0);
  const held = (t: number) =>
    kept(groups, t) + tablesKept(walked, t, tableRates(walked, t, missed(groups, t)));
  const time = characteristicTime(held, shape.entries, all);
  let ratio = missedFromStart(groups, time, accesses);
  if (shape.entries === shape.ways) return ratio;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const rates = tableRates(walked, time, ratio);
    const others = walked.map(({ inSets, under }, at) => ({
      inSets,
      asked: (t: number) => 1 - notWalked(rates[at] as number, under, t, 0),
    }));
    const before = ratio;
    ratio = setMisses(placed(l2, requests), others, shape, accesses);
    // Without tables nothing depends on the round.
    if (walked.length === 0 || Math.abs(ratio - before) < SETTLED) break;
  }
  return ratio;
}

/** Tables of one level. */
interface WalkedLevel {
  count: number;
  inSets: Float64Array;
  /** Leaves, and tables of the level below, for each of them. */
  under: number;
  leaves: readonly RequestGroup[];
  /** Of all units that are leaves. */
  share: number;
}

function levelsWalked(tables: Popularity['tables'], groups: readonly RequestGroup[]): WalkedLevel[] {
  let below = 0;
  return tables
    .filter(({ count }) => count > 0)
    .map(({ level, count, inSets }) => {
      const leaves = groups.filter((one) => tables.find((table) => table.level < one.level)?.level === level);
      const under = (total(leaves) + below) / count;
      below = count;
      return { count, inSets, under, leaves, share: total(leaves) / Math.max(1, total(groups)) };
    });
}

/** Requests of one table of each level, for each access, where `ratio` of the accesses walk. */
function tableRates(levels: readonly WalkedLevel[], time: number, ratio: number): number[] {
  const all = levels.reduce((sum, { leaves }) => sum + missed(leaves, time), 0);
  let fromBelow = 0;
  return levels.map(({ count, under, leaves, share }) => {
    const walks = ratio * (all > 0 ? missed(leaves, time) / all : share);
    const rate = (walks + fromBelow) / count;
    fromBelow = (walks + fromBelow) * (time === Infinity ? 0 : notWalked(rate, under, time, 1));
    return rate;
  });
}

function tablesKept(levels: readonly WalkedLevel[], time: number, rates: readonly number[]): number {
  return levels.reduce(
    (sum, { count, under }, at) => sum + count * (1 - notWalked(rates[at] as number, under, time, 0)),
    0,
  );
}

/**
 * Probability that no walk within `time` went through a table with so many leaves or tables `under` it. Each of them
 * walks once in that time at most, because then it is kept; `known`: one that walks now has not.
 */
function notWalked(rate: number, under: number, time: number, known: 0 | 1): number {
  return Math.max(0, 1 - (rate * time) / under) ** Math.max(0, under - known);
}

/** What the first level lets through, by unit of the second. */
function secondRequests(
  { l1, l2, parent }: Popularity,
  first: readonly Requests[],
  time: number,
  accesses: number,
): Requests[] {
  // Where the first level holds everything, the second is asked for each unit once.
  const longest = Math.min(time, accesses);
  const rates = new Float64Array(l2.weight.length);
  first.forEach((requests, at) => {
    const of = parent[at] as number;
    const alike = (l1.count[at] as number) / (l2.count[of] as number);
    const passed = requests.rate * probablyForgotten(requests, longest);
    rates[of] = (rates[of] as number) + alike * passed;
  });
  return Array.from(rates, (rate, at) => ({
    rate,
    // The requests of many parts are not apart any more.
    apart: l2.pieces[at] === 1 ? longest : 0,
    lap: Infinity,
  }));
}

function placed({ count, set }: LevelUnits, requests: readonly Requests[]): PlacedUnits {
  return { requests, count, set };
}

function grouped(
  requests: readonly Requests[],
  count: readonly number[],
  levels: readonly number[] | null,
): RequestGroup[] {
  const groups = new Map<number, RequestGroup>();
  requests.forEach((one, at) => {
    if (one.rate <= 0) return;
    const units = count[at] as number;
    const level = levels?.[at] ?? 0;
    const key = (Math.round(Math.log(one.rate) / SAME_RATE) * 8 + level + 1) * 2 + (one.apart > 0 ? 1 : 0);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { ...one, units, level });
    } else {
      group.rate = (group.rate * group.units + one.rate * units) / (group.units + units);
      group.units += units;
    }
  });
  return [...groups.values()];
}

/** Units asked for within `time`. */
function kept(groups: readonly RequestGroup[], time: number): number {
  return groups.reduce((sum, group) => sum + group.units * probablyAsked(group, time), 0);
}

/** Requests, for each access, for units that were not asked for within `time`. */
function missed(groups: readonly RequestGroup[], time: number): number {
  if (time === Infinity) return 0;
  return groups.reduce((sum, group) => sum + group.units * group.rate * probablyForgotten(group, time), 0);
}

/** The same on average over the first accesses: those that come within `time` after the start may be first ones. */
function missedFromStart(groups: readonly RequestGroup[], time: number, accesses: number): number {
  const end = Math.min(time, accesses);
  let sum = missed(groups, end);
  let from = 0;
  for (let to = 1; from < end; to *= START_STEP) {
    const until = Math.min(to, end);
    sum += (missed(groups, from) - missed(groups, until)) * ((from + until) / 2 / accesses);
    from = until;
  }
  return sum;
}

function total(groups: readonly RequestGroup[]): number {
  return groups.reduce((sum, { units }) => sum + units, 0);
}

/** The time within which `entries` units are asked for; Infinity where there are never so many. */
function characteristicTime(held: (time: number) => number, entries: number, all: number): number {
  if (all <= entries) return Infinity;
  let high = entries;
  while (held(high) < entries) {
    high *= 2;
    if (high > 2 ** 60) return Infinity;
  }
  let low = high / 2;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (held(middle) < entries) low = middle;
    else high = middle;
  }
  return high;
}
