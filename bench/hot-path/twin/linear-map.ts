// The twin's machine: one flat array that tables are taken from, and what was counted. A table's PA is its offset in
// the array, as it is in the core.
import type { Bits } from './bits.js';
import { ENTRIES, ENTRY_WORDS } from './geometry.js';

const TABLE_WORDS = ENTRIES * ENTRY_WORDS;
const TABLE_BYTES = TABLE_WORDS * Uint32Array.BYTES_PER_ELEMENT;

export class TwinMap {
  readonly words: Uint32Array;
  /** PA of swapper_pg_dir. */
  readonly root = 0;
  /** Descriptors read, where the core counts reads. */
  reads = 0;
  /** Descriptors stored. */
  stores = 0;
  /** Tables allocated, the root not counted. */
  tables = 0;
  /** Leaves replaced and groups un-hinted. */
  splits = 0;
  /** Where walks leave what they fetched ahead. */
  touched = 0;
  #next = TABLE_BYTES;
  /** Memory beyond was never written and is still zero. */
  #dirty = TABLE_BYTES;

  /** `tables` is how many tables there is room for, the root included. */
  constructor(
    readonly bits: Bits,
    tables: number,
  ) {
    this.words = new Uint32Array(tables * TABLE_WORDS);
  }

  /** Forgets all tables and counts, and leaves an empty root. */
  reset(): void {
    this.#dirty = Math.max(this.#dirty, this.#next);
    this.#next = TABLE_BYTES;
    this.words.fill(0, 0, TABLE_WORDS);
    this.reads = 0;
    this.stores = 0;
    this.tables = 0;
    this.splits = 0;
  }

  /**
   * PA of a new table. With `zero` false its contents are undefined and the caller writes every entry.
   * @throws RangeError where the array is used up.
   */
  allocate(zero: boolean): number {
    const table = this.#next;
    const first = table >>> 2;
    if (first === this.words.length) {
      throw new RangeError(`the twin has room for ${first / TABLE_WORDS} tables`);
    }
    if (zero && table < this.#dirty) this.words.fill(0, first, first + TABLE_WORDS);
    this.#next = table + TABLE_BYTES;
    this.tables++;
    return table;
  }
}
