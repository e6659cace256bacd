// What the core says of its tables: runs of descriptors, and the walk of one address. Layouts: assembly/readout.ts and
// assembly/walk.ts.
import type { Address } from '../io/address.js';
import { constant } from './constants.js';
import type { CoreExports } from './module.js';

const WORD = 2 ** 32;

/** One run of readRuns(): leaves, or table descriptors whose spans follow each other. */
export interface Run {
  table: boolean;
  level: number;
  va: Address;
  pa: number;
  count: number;
  attributes: bigint;
}

export type RunVisitor = (
  table: boolean,
  level: number,
  va: Address,
  pa: number,
  count: number,
  attributes: bigint,
) => void;

/** Where the linear map lies. */
interface LinearRange {
  readonly pageOffset: Address;
  readonly pageEnd: Address;
}

export interface Translation {
  level: number;
  /** Bytes of the leaf, and of what one TLB entry may cover (its contiguous group). */
  leafBytes: number;
  reachBytes: number;
  contiguous: boolean;
  valid: boolean;
  pa: number;
  descriptor: bigint;
  /** PXN of the leaf or of any table on the way. */
  privilegedExecuteNever: boolean;
  /** Every descriptor read, from the root. */
  read: bigint[];
}

export class Readout {
  readonly #raw: CoreExports;
  readonly #runBytes: number;
  readonly #runTable: number;
  readonly #walkNone: number;

  constructor(exports: WebAssembly.Exports) {
    this.#raw = exports as unknown as CoreExports;
    this.#runBytes = constant(exports, 'RUN_BYTES');
    this.#runTable = constant(exports, 'RUN_TABLE');
    this.#walkNone = constant(exports, 'WALK_NONE');
  }

  /** All runs of the linear map, in address order. */
  *runs(range: LinearRange): Generator<Run> {
    const found: Run[] = [];
    for (const view of this.#buffers(range)) {
      this.#decode(view, (table, level, va, pa, count, attributes) =>
        found.push({ table, level, va, pa, count, attributes }),
      );
      yield* found;
      found.length = 0;
    }
  }

  /** The same one by one without an object for each, for maps of millions of runs. */
  eachRun(range: LinearRange, visit: RunVisitor): void {
    for (const view of this.#buffers(range)) this.#decode(view, visit);
  }

  /** The core's buffer, as often as it is filled. */
  *#buffers({ pageOffset, pageEnd }: LinearRange): Generator<DataView> {
    const raw = this.#raw;
    for (let from = pageOffset; from !== pageEnd; from = raw.runsResume()) {
      const records = raw.readRuns(from);
      yield new DataView(raw.memory.buffer, raw.runsBuffer(), records * this.#runBytes);
    }
  }

  #decode(view: DataView, visit: RunVisitor): void {
    for (let at = 0; at < view.byteLength; at += this.#runBytes) {
      visit(
        view.getUint32(at + 4, true) === this.#runTable,
        view.getInt32(at, true),
        // As words: a bigint that is only made for a number costs more than all else here.
        view.getInt32(at + 12, true) * WORD + view.getUint32(at + 8, true),
        view.getUint32(at + 20, true) * WORD + view.getUint32(at + 16, true),
        view.getUint32(at + 28, true) * WORD + view.getUint32(at + 24, true),
        view.getBigUint64(at + 32, true),
      );
    }
  }

  /** The leaf that translates `va`, or null where an entry on the way is empty. */
  walk(va: Address, bits: { readonly valid: bigint; readonly contiguous: bigint }): Translation | null {
    const raw = this.#raw;
    if (raw.walk(va) === this.#walkNone) return null;
    const view = new DataView(raw.memory.buffer, raw.walkResult(), 96);
    const descriptor = view.getBigUint64(8, true);
    const reads = view.getUint32(36, true);
    return {
      level: view.getInt32(32, true),
      leafBytes: Number(view.getBigUint64(16, true)),
      reachBytes: Number(view.getBigUint64(24, true)),
      contiguous: (descriptor & bits.contiguous) !== 0n,
      valid: (descriptor & bits.valid) !== 0n,
      pa: Number(view.getBigUint64(0, true)),
      descriptor,
      privilegedExecuteNever: view.getUint32(40, true) === 1,
      read: Array.from({ length: reads }, (_, i) => view.getBigUint64(48 + 8 * i, true)),
    };
  }
}
