// A list of calls for the core, kept in the core's own record format so that running it is one copy a batch.
import { type Address, highWord, lowWord } from '../io/address.js';

/** Bits that a permission change sets and clears, split into the words that cross the boundary. */
export interface Masks {
  readonly set: bigint;
  readonly clear: bigint;
  readonly words: readonly [setLow: number, setHigh: number, clearLow: number, clearHigh: number];
}

export function masks(set: bigint, clear: bigint): Masks {
  const low = (bits: bigint) => Number(bits & 0xffffffffn);
  const high = (bits: bigint) => Number(bits >> 32n);
  return { set, clear, words: [low(set), high(set), low(clear), high(clear)] };
}

const NO_MASKS = masks(0n, 0n);

/** u32 words of one record: opcode, flags, start, size, set, clear (two words each). */
export const RECORD_WORDS = 10;

export class OperationList {
  words = new Uint32Array(RECORD_WORDS * 256);
  /** What each operation returned when the list was last run. */
  results = new Int32Array(256);
  length = 0;

  /** Appends a call. `size` in bytes; opcode and flags are the core's OPERATION_ constants. */
  push(opcode: number, flags: number, start: Address, size: number, bits: Masks = NO_MASKS): void {
    const at = this.length * RECORD_WORDS;
    if (at === this.words.length) this.#grow();
    const words = this.words;
    words[at] = opcode;
    words[at + 1] = flags;
    words[at + 2] = lowWord(start);
    words[at + 3] = highWord(start);
    words[at + 4] = lowWord(size);
    words[at + 5] = highWord(size);
    words[at + 6] = bits.words[0];
    words[at + 7] = bits.words[1];
    words[at + 8] = bits.words[2];
    words[at + 9] = bits.words[3];
    this.results[this.length++] = 0;
  }

  /** What operation `index` returned when the list was last run: 0, a negative errno, or the core's OPERATION_SKIPPED. */
  result(index: number): number {
    return this.results[index] as number;
  }

  opcode(index: number): number {
    return this.words[index * RECORD_WORDS] as number;
  }

  /** The first error of the last run, or 0. */
  firstError(): number {
    for (let i = 0; i < this.length; i++) {
      const result = this.result(i);
      if (result < 0) return result;
    }
    return 0;
  }

  clear(): void {
    this.length = 0;
  }

  #grow(): void {
    const words = new Uint32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    const results = new Int32Array(this.results.length * 2);
    results.set(this.results);
    this.results = results;
  }
}
