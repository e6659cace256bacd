// What was counted between two moments, by whoever it was done for. Reading all counters as an object is slow where
// millions of moments are told apart; here they are doubles until somebody asks.
import type { Core } from './core.js';
import { type Counters, counterReader } from './counters.js';

/** Slots of the core's counter block, more than there are counters. */
const SLOTS = 32;
const WORD = 2 ** 32;

/** Counts in the core's slots. Exact below 2^53, as counters are. */
export type CounterSlots = Float64Array;

export function noCounts(): CounterSlots {
  return new Float64Array(SLOTS);
}

export function addCounts(to: CounterSlots, more: CounterSlots): void {
  for (let slot = 0; slot < SLOTS; slot++) to[slot] = (to[slot] as number) + (more[slot] as number);
}

export class CounterLedger {
  readonly #last = noCounts();
  readonly #difference = noCounts();

  /** Begins with what has been counted so far. */
  constructor(private readonly core: Core) {
    this.sinceLast();
  }

  /** What has been counted since the call before this one; good until the next. */
  sinceLast(): CounterSlots {
    const { raw } = this.core;
    // Made anew each time: the memory may have grown.
    const words = new Uint32Array(raw.memory.buffer, raw.countersAddress(), 2 * SLOTS);
    for (let slot = 0; slot < SLOTS; slot++) {
      const now = (words[2 * slot] as number) + (words[2 * slot + 1] as number) * WORD;
      this.#difference[slot] = now - (this.#last[slot] as number);
      this.#last[slot] = now;
    }
    return this.#difference;
  }

  /** Slots by name. */
  counters(slots: CounterSlots): Counters {
    const exports = this.core.raw as unknown as WebAssembly.Exports;
    return counterReader(exports, () => BigUint64Array.from(slots, BigInt))();
  }
}
