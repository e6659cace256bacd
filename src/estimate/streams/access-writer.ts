import type { Address } from '../../io/address.js';
import { CLASS } from '../access.js';

/** Words a chunk is given out at; the last step may go over by what it touches and what comes with that. */
const CHUNK = 2 ** 14;
const SLACK = 2 ** 13;
const PAGE_MASK = 0xfffff000;

/** Accesses on their way into a chunk. Words are written as two halves: bigint arithmetic is ten times slower. */
export class AccessWriter {
  #halves = new Uint32Array(2 * (CHUNK + SLACK));
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= CHUNK;
  }

  /** One access of the 4 KiB page of `va`, of a class in CLASS. A step of a stream makes at most 512. */
  touch(va: Address, accessClass = CLASS.linearMap, write = false): void {
    const at = this.#count++ << 1;
    this.#halves[at] = (va & PAGE_MASK) | (accessClass << 1) | (write ? 1 : 0);
    this.#halves[at + 1] = Math.floor(va / 2 ** 32);
  }

  /** What was written, at most `most` words of it; the writer is empty afterwards. */
  take(most: number): BigUint64Array {
    const words = new BigUint64Array(this.#halves.buffer, 0, Math.min(this.#count, most));
    this.#halves = new Uint32Array(this.#halves.length);
    this.#count = 0;
    return words;
  }
}
