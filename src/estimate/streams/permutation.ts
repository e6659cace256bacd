import { Random } from './random.js';

/** Each changes one half. Four make a network that no order of its outputs gives away (Luby and Rackoff, 1988). */
const ROUNDS = 4;
const MULTIPLIER = 0x2c1b3c6d;

/**
 * A random order of 0 … count - 1 that takes no memory: a Feistel network on the smallest power of two that holds
 * `count`, applied again while its result is outside. Source: Black and Rogaway, Ciphers with Arbitrary
 * Finite Domains, 2002 (generalised Feistel, cycle walking).
 */
export class Permutation {
  /** Values of the low half; its mask, and the high half's. */
  readonly #low: number;
  readonly #lowMask: number;
  readonly #highMask: number;
  readonly #keys: readonly number[];

  /** @param count 1 … 2^52 */
  constructor(
    readonly count: number,
    seed: number,
  ) {
    const bits = Math.max(2, Math.ceil(Math.log2(count)));
    this.#low = 2 ** Math.ceil(bits / 2);
    this.#lowMask = this.#low - 1;
    this.#highMask = 2 ** Math.floor(bits / 2) - 1;
    const random = new Random(seed);
    this.#keys = Array.from({ length: ROUNDS }, () => random.word());
  }

  /** Where `index` goes; no two go to the same place. */
  at(index: number): number {
    let place = index;
    do place = this.#network(place);
    while (place >= this.count);
    return place;
  }

  #network(place: number): number {
    let high = Math.floor(place / this.#low);
    let low = place - high * this.#low;
    for (let round = 0; round < ROUNDS; round += 2) {
      high ^= mixed(low, this.#keys[round] ?? 0) & this.#highMask;
      low ^= mixed(high, this.#keys[round + 1] ?? 0) & this.#lowMask;
    }
    return high * this.#low + low;
  }
}

function mixed(half: number, key: number): number {
  let bits = Math.imul(half ^ key, MULTIPLIER);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, MULTIPLIER);
  return bits ^ (bits >>> 13);
}
