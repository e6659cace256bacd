// The Mattson pass over accesses, in an instance of its own: its table of units grows where page tables would be.
import { constants } from '../../core/constants.js';
import { InstancePool } from '../../core/instance-pool.js';
import { ACCESS_CLASSES, type AccessClass, CLASS } from '../access.js';
import { MissCurve } from './miss-curve.js';

interface StackExports {
  readonly memory: WebAssembly.Memory;
  resetStack(): number;
  resetStackCounts(): void;
  passStack(n: number, unitShift: number, classes: number): number;
  stackBuffer(): number;
  stackHistogram(): number;
  stackFirstTouches(): number;
  stackUnits(): number;
}

interface StackOptions {
  /** Bytes of a unit, a power of two from 4096. Default 4096: for words that name units already, see `LeafUnits`. */
  unitBytes?: number;
  /** Classes that share the buffer; accesses of others are left out. Default all. */
  classes?: readonly AccessClass[];
}

/** Not those of maps. */
const POOL = new InstancePool();

/** Exact stack distances of one stream of accesses. */
export class StackDistances {
  #lent: WebAssembly.Instance | null = POOL.take();
  readonly #raw: StackExports;
  readonly #buffer: number;
  readonly #depth: number;
  readonly #unitShift: number;
  readonly #classes: number;

  /** @throws RangeError where a unit is no power of two from 4096 */
  constructor({ unitBytes = 4096, classes = ACCESS_CLASSES }: StackOptions = {}) {
    const shift = Math.log2(unitBytes);
    if (!Number.isInteger(shift) || shift < 12 || shift > 52) {
      throw new RangeError(`a unit of a power of two from 4096 bytes, not ${unitBytes}`);
    }
    const { exports } = this.#lent as WebAssembly.Instance;
    this.#raw = exports as unknown as StackExports;
    const { buffer, depth } = constants(exports, 'STACK', ['buffer', 'depth']);
    this.#buffer = buffer;
    this.#depth = depth;
    this.#unitShift = shift;
    this.#classes = classes.reduce((bits, name) => bits | (1 << CLASS[name]), 0);
    requireMemory(this.#raw.resetStack());
  }

  /** @throws RangeError where the units do not fit 4 GiB (some hundred million) */
  pass(words: BigUint64Array): void {
    for (let from = 0; from < words.length; from += this.#buffer) {
      const piece = words.subarray(from, from + this.#buffer);
      new BigUint64Array(this.#raw.memory.buffer, this.#raw.stackBuffer(), piece.length).set(piece);
      requireMemory(this.#raw.passStack(piece.length, this.#unitShift, this.#classes));
    }
  }

  /** Leaves the memory to others that are made later. Nothing else may be called any more. */
  end(): void {
    if (this.#lent) POOL.giveBack(this.#lent);
    this.#lent = null;
  }

  /** Starts counting anew with the stack as it is: what came before was a warm-up. */
  resetCounts(): void {
    this.#raw.resetStackCounts();
  }

  /** Different units touched so far, warm-up included. */
  get units(): number {
    return this.#raw.stackUnits();
  }

  /** Misses of the classes given, in a buffer that all counted classes share. */
  curve(classes: readonly AccessClass[] = ACCESS_CLASSES): MissCurve {
    const { memory } = this.#raw;
    const row = this.#depth + 1;
    // As halves: thousands of bigints would take longer than the rest.
    const halves = (at: number, words: number) => new Uint32Array(memory.buffer, at, 2 * words);
    const number = (words: Uint32Array, at: number) =>
      (words[2 * at + 1] as number) * 2 ** 32 + (words[2 * at] as number);
    const counts = halves(this.#raw.stackHistogram(), row * ACCESS_CLASSES.length);
    const first = halves(this.#raw.stackFirstTouches(), ACCESS_CLASSES.length);
    const distances = new Float64Array(row);
    let firstTouches = 0;
    for (const name of new Set(classes)) {
      const at = CLASS[name] * row;
      for (let d = 0; d < row; d++) distances[d] = (distances[d] as number) + number(counts, at + d);
      firstTouches += number(first, CLASS[name]);
    }
    return new MissCurve({ firstTouches, distances });
  }
}

function requireMemory(done: number): void {
  if (!done) throw new RangeError('the units of this stream need more than 4 GiB');
}
