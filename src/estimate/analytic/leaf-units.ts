// Accesses as the TLB entries that would serve them, by the leaves of a core's own tables.
import { constants } from '../../core/constants.js';
import type { Core } from '../../core/core.js';
import type { EntrySizes, FlatCoreModel } from '../../machine/cores/core-model.js';

interface LeafUnitExports {
  readonly memory: WebAssembly.Memory;
  tlbReach(mergesContiguous: number, aggregation: number): void;
  stackBuffer(): number;
  leafUnits(n: number, sizes: number): number;
}

/** All sizes from 4 KiB up, as the sum of powers of two that the core takes for a set. */
const ANY_SIZE = -4096;

/** Names the unit of each access: the piece of its leaf that one entry of a TLB holds. */
export class LeafUnits {
  readonly #raw: LeafUnitExports;
  readonly #buffer: number;
  readonly #sizes: number;
  /** What was given out last. A new array for every chunk of a long stream would cost as much as naming the units. */
  #units = new BigUint64Array(0);

  /**
   * Sets what an entry may merge in `core`, as a simulation of `model` in the same core does too.
   * @param core with the tables of a machine; they must not change during a pass
   * @param sizes of the TLB in question, as its model has them
   */
  constructor(
    core: Core,
    model: Pick<FlatCoreModel, 'mergesContiguous' | 'aggregation'>,
    sizes: EntrySizes = 'any',
  ) {
    this.#raw = core.raw as unknown as LeafUnitExports;
    this.#buffer = stackBufferWords(core);
    this.#sizes = sizes === 'any' ? ANY_SIZE : sizes.reduce((sum, bytes) => sum + bytes, 0);
    this.#raw.tlbReach(model.mergesContiguous ? 1 : 0, model.aggregation);
  }

  /**
   * The words as units, in order, without those that have no leaf. For a pass with units of 4096 bytes. What is given
   * out is written over by the next call.
   */
  *of(words: BigUint64Array): Generator<BigUint64Array> {
    if (this.#units.length < words.length) this.#units = new BigUint64Array(words.length);
    for (let from = 0; from < words.length; from += this.#buffer) {
      const piece = words.subarray(from, from + this.#buffer);
      const { memory } = this.#raw;
      const buffer = new BigUint64Array(memory.buffer, this.#raw.stackBuffer(), piece.length);
      buffer.set(piece);
      const units = this.#raw.leafUnits(piece.length, this.#sizes);
      this.#units.set(buffer.subarray(0, units), from);
      yield this.#units.subarray(from, from + units);
    }
  }
}

function stackBufferWords(core: Core): number {
  return constants(core.raw as unknown as WebAssembly.Exports, 'STACK', ['buffer']).buffer;
}
