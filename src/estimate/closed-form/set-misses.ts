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
  const sets = entries / ways;
  const order = units.requests.map((_, at) => at).sort((a, b) => rateOf(units, b) - rateOf(units, a));
  const light = new LightUnits(units, sets);
  const heavy: number[][] = Array.from({ length: sets }, () => []);
  let first = 0;
  let misses = 0;
  for (let from = 0, to = 1; ; from = to, to *= 2 ** (1 / STEPS)) {
    const middle = (from + to) / 2;
    while (first < order.length && rateOf(units, order[first] as number) * middle > LIGHT) {
      const unit = order[first++] as number;
      if (units.count[unit] !== 1) continue;
      light.remove(unit);
      heavy[units.set[unit] as number]?.push(unit);
    }
    // Of requests so far apart, those that come sooner than that after the start are first ones.
    const fresh = Math.min(1, middle / accesses);
    let [least, forgotten] = [1, 0];
    for (let set = 0; set < sets; set++) {
      const inSet = heavy[set] as number[];
      const asked = inSet.map((unit) => probablyAsked(units.requests[unit] as Requests, middle));
      const rest = poisson(light.rate(set) * middle, ways);
      for (const other of others) addMany(rest, other.inSets[set] as number, other.asked(middle));
      const all = Float64Array.from(rest);
      for (const probability of asked) add(all, probability);
      const full = 1 - sumOf(all);
      misses += light.squares(set) * (to - from) * either(full, fresh);
      inSet.forEach((unit, at) => {
        const requests = units.requests[unit] as Requests;
        const [before, after] = [probablyForgotten(requests, from), probablyForgotten(requests, to)];
        forgotten += requests.rate * after;
        if (before > after)
          misses += requests.rate * (before - after) * either(fullWithout(all, rest, asked, at), fresh);
      });
      least = Math.min(least, full);
    }
    const left = forgotten + light.left(to);
    // What is asked for again still later misses: by then every set is full, or the stream has ended.
    if (least > CERTAIN || to >= accesses || left < NOTHING_LEFT) return misses + left;
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

function poisson(mean: number, ways: number): Float64Array {
  const numbers = new Float64Array(ways);
  let probability = Math.exp(-mean);
  for (let k = 0; k < ways; k++) {
    numbers[k] = probability;
    probability *= mean / (k + 1);
  }
  return numbers;
}

/** One more unit, asked for with a probability. */
function add(numbers: Float64Array, probability: number): void {
  for (let k = numbers.length - 1; k >= 0; k--) {
    const more = k > 0 ? probability * (numbers[k - 1] as number) : 0;
    numbers[k] = (numbers[k] as number) * (1 - probability) + more;
  }
}

function addMany(numbers: Float64Array, units: number, probability: number): void {
  if (probability < LIGHT) {
    const own = poisson(units * probability, numbers.length);
    const before = Float64Array.from(numbers);
    for (let k = 0; k < numbers.length; k++) {
      let sum = 0;
      for (let j = 0; j <= k; j++) sum += (before[j] as number) * (own[k - j] as number);
      numbers[k] = sum;
    }
    return;
  }
  for (let unit = 0; unit < units; unit++) add(numbers, probability);
}

/** Probability that without one unit there are `ways` or more. */
function fullWithout(
  all: Float64Array,
  rest: Float64Array,
  asked: readonly number[],
  without: number,
): number {
  const probability = asked[without] as number;
  if (probability < 0.5) {
    // Undoes add().
    let [below, sum] = [0, 0];
    for (const number of all) {
      below = (number - probability * below) / (1 - probability);
      sum += below;
    }
    return Math.min(1, Math.max(0, 1 - sum));
  }
  const numbers = Float64Array.from(rest);
  asked.forEach((other, at) => {
    if (at !== without) add(numbers, other);
  });
  return 1 - sumOf(numbers);
}

function sumOf(numbers: Float64Array): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return Math.min(1, sum);
}
