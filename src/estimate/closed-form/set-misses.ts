// Misses of LRU in sets, where each unit's requests are independent of the others': a request misses where at least
// `ways` other units of the set were asked for since the one before.
// Source: Flajolet, Gardy and Thimonier, Birthday Paradox, Coupon Collectors, Caching Algorithms and Self-organizing
// Search, 1992, for one set; here the same for each.
import { probablyAsked, probablyForgotten, type Requests } from './requests.js';

/** Units in sets. `count` above 1: so many alike, which lie in any sets. */
export interface PlacedUnits {
  requests: readonly Requests[];
  count: readonly number[];
  set: readonly number[];
}

/** Others in each set, all of a group asked for within a time with the same probability. */
interface OtherUnits {
  inSets: ArrayLike<number>;
  asked(time: number): number;
}

/** Steps of time by which it doubles. */
const STEPS = 3;
/** A unit asked for less probably than this is one of many, whose number follows Poisson. */
const LIGHT = 0.02;
const CERTAIN = 1 - 1e-6;
const NOTHING_LEFT = 1e-6;

/** Misses for each of `accesses`, of all units, where the level was empty before the first. */
export function setMisses(
  units: PlacedUnits,
  others: readonly OtherUnits[],
  { entries, ways }: { entries: number; ways: number },
  accesses: number,
): number {
  const sum = new MissSum(units, others, entries / ways, ways);
  for (let from = 0, to = 1; ; from = to, to *= 2 ** (1 / STEPS)) {
    // Of requests so far apart, those that come sooner than that after the start are first ones.
    sum.addSpan(from, to, Math.min(1, (from + to) / 2 / accesses));
    // What is asked for again still later misses: by then every set is full, or the stream has ended.
    if (sum.leastFull > CERTAIN || to >= accesses || sum.left < NOTHING_LEFT) return sum.misses + sum.left;
  }
}

/** Misses of requests by the time since the one before, from the shortest times on. */
class MissSum {
  misses = 0;
  /** Of the last span: requests after still longer times. */
  left = 0;
  /** Of the last span: how probably the set is full that is least so. */
  leastFull = 0;
  /** Units in the order of their rates, and those before `#first` that lie in one set, by set. */
  readonly #order: Int32Array;
  readonly #heavy: number[][];
  readonly #light: LightUnits;
  #first = 0;
  #forgotten = 0;
  /** Numbers of units that are asked for: all of a set, and all but its heavy ones. */
  readonly #all: Float64Array;
  readonly #rest: Float64Array;
  readonly #without: Float64Array;
  /** How probably each heavy unit of a set is asked for. */
  #asked = new Float64Array(8);

  constructor(
    readonly units: PlacedUnits,
    readonly others: readonly OtherUnits[],
    readonly sets: number,
    readonly ways: number,
  ) {
    this.#order = Int32Array.from(units.requests.keys()).sort((a, b) => rateOf(units, b) - rateOf(units, a));
    this.#light = new LightUnits(units, sets);
    this.#heavy = Array.from({ length: sets }, () => []);
    this.#all = new Float64Array(ways);
    this.#rest = new Float64Array(ways);
    this.#without = new Float64Array(ways);
  }

  /** Requests that come [from, to) after the ones before. `fresh`: the share of them that are first ones. */
  addSpan(from: number, to: number, fresh: number): void {
    const middle = (from + to) / 2;
    this.#makeHeavy(middle);
    this.#forgotten = 0;
    this.leastFull = 1;
    for (let set = 0; set < this.sets; set++) {
      const full = this.#fullAt(set, middle);
      this.leastFull = Math.min(this.leastFull, full);
      this.misses += this.#light.squares(set) * (to - from) * either(full, fresh);
      this.#addHeavy(this.#heavy[set] as number[], from, to, fresh);
    }
    this.left = this.#forgotten + this.#light.left(to);
  }

  #makeHeavy(time: number): void {
    const { units } = this;
    for (; this.#first < this.#order.length; this.#first++) {
      const unit = this.#order[this.#first] as number;
      if (rateOf(units, unit) * time <= LIGHT) return;
      if (units.count[unit] !== 1) continue;
      this.#light.remove(unit);
      this.#heavy[units.set[unit] as number]?.push(unit);
    }
  }

  /** How probably a set is full of what is asked for within a time. Leaves the numbers behind it in the fields. */
  #fullAt(set: number, time: number): number {
    const inSet = this.#heavy[set] as number[];
    if (this.#asked.length < inSet.length) this.#asked = new Float64Array(2 * inSet.length);
    poisson(this.#rest, this.#light.rate(set) * time);
    for (const other of this.others) addMany(this.#rest, other.inSets[set] as number, other.asked(time));
    this.#all.set(this.#rest);
    for (let at = 0; at < inSet.length; at++) {
      const asked = probablyAsked(this.units.requests[inSet[at] as number] as Requests, time);
      this.#asked[at] = asked;
      add(this.#all, asked);
    }
    return 1 - sumOf(this.#all);
  }

  #addHeavy(inSet: readonly number[], from: number, to: number, fresh: number): void {
    for (let at = 0; at < inSet.length; at++) {
      const requests = this.units.requests[inSet[at] as number] as Requests;
      const before = probablyForgotten(requests, from);
      const after = probablyForgotten(requests, to);
      this.#forgotten += requests.rate * after;
      if (before <= after) continue;
      this.misses += requests.rate * (before - after) * either(this.#fullWithout(at, inSet.length), fresh);
    }
  }

  /** How probably the set is full without one of its heavy units. */
  #fullWithout(without: number, heavy: number): number {
    const asked = this.#asked[without] as number;
    if (asked < 0.5) return Math.min(1, Math.max(0, 1 - sumWithout(this.#all, asked)));
    this.#without.set(this.#rest);
    for (let at = 0; at < heavy; at++) if (at !== without) add(this.#without, this.#asked[at] as number);
    return 1 - sumOf(this.#without);
  }
}

function either(one: number, other: number): number {
  return one + other - one * other;
}

function rateOf({ requests }: PlacedUnits, unit: number): number {
  return (requests[unit] as Requests).rate;
}

/** Units that are seldom asked for, taken together by set. */
class LightUnits {
  readonly #rates: Float64Array;
  readonly #squares: Float64Array;
  #alikeRate = 0;
  #alikeSquares = 0;
  readonly #alike: { rate: number; count: number }[] = [];
  #total = 0;

  constructor(
    readonly units: PlacedUnits,
    readonly sets: number,
  ) {
    this.#rates = new Float64Array(sets);
    this.#squares = new Float64Array(sets);
    units.requests.forEach(({ rate }, at) => {
      const count = units.count[at] as number;
      if (count === 1) {
        this.#add(units.set[at] as number, rate, 1);
        return;
      }
      this.#alikeRate += rate * count;
      this.#alikeSquares += rate * rate * count;
      this.#alike.push({ rate, count });
    });
  }

  remove(unit: number): void {
    this.#add(this.units.set[unit] as number, rateOf(this.units, unit), -1);
  }

  rate(set: number): number {
    return Math.max(0, this.#rates[set] as number) + this.#alikeRate / this.sets;
  }

  squares(set: number): number {
    return Math.max(0, this.#squares[set] as number) + this.#alikeSquares / this.sets;
  }

  /** Requests, for each access, of units that were not asked for within `time`. */
  left(time: number): number {
    const alike = this.#alike.reduce(
      (sum, { rate, count }) => sum + count * rate * Math.exp(-rate * time),
      0,
    );
    return Math.max(0, this.#total) + alike;
  }

  #add(set: number, rate: number, sign: 1 | -1): void {
    this.#rates[set] = (this.#rates[set] as number) + sign * rate;
    this.#squares[set] = (this.#squares[set] as number) + sign * rate * rate;
    this.#total += sign * rate;
  }
}

// Numbers of units, as probabilities of 0 … ways - 1 of them; what is missing to 1 is that of more.

function poisson(numbers: Float64Array, mean: number): void {
  let probability = Math.exp(-mean);
  for (let k = 0; k < numbers.length; k++) {
    numbers[k] = probability;
    probability *= mean / (k + 1);
  }
}

/** One more unit, asked for with a probability. */
function add(numbers: Float64Array, probability: number): void {
  for (let k = numbers.length - 1; k >= 0; k--) {
    const more = k > 0 ? probability * (numbers[k - 1] as number) : 0;
    numbers[k] = (numbers[k] as number) * (1 - probability) + more;
  }
}

function addMany(numbers: Float64Array, units: number, probability: number): void {
  if (probability < LIGHT) addPoisson(numbers, units * probability);
  else for (let unit = 0; unit < units; unit++) add(numbers, probability);
}

function addPoisson(numbers: Float64Array, mean: number): void {
  const own = new Float64Array(numbers.length);
  poisson(own, mean);
  // From the last one down: each sum takes what stood before it.
  for (let k = numbers.length - 1; k >= 0; k--) {
    let sum = 0;
    for (let j = 0; j <= k; j++) sum += (numbers[j] as number) * (own[k - j] as number);
    numbers[k] = sum;
  }
}

/** The sum of the numbers without one unit among them: undoes add(). */
function sumWithout(numbers: Float64Array, probability: number): number {
  let below = 0;
  let sum = 0;
  for (let k = 0; k < numbers.length; k++) {
    below = ((numbers[k] as number) - probability * below) / (1 - probability);
    sum += below;
  }
  return sum;
}

function sumOf(numbers: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < numbers.length; k++) sum += numbers[k] as number;
  return Math.min(1, sum);
}
