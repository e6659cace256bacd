// Bytes of an access trace to access words, in a core of its own: the decoder's place in a trace is its state.
import { constants } from '../core/constants.js';
import { instantiate } from '../core/module.js';
import { ACCESS_CLASSES, type AccessChunk, type AccessClass } from './access.js';

interface DecoderExports {
  readonly memory: WebAssembly.Memory;
  resetTrace(): void;
  traceInput(): number;
  traceOutput(): number;
  decodeTrace(bytes: number): number;
  traceInstructions(): number;
  traceRecords(): number;
  traceError(): number;
  traceOffset(): number;
  traceKept(): number;
}

/** A record that is none. */
export class TraceFormatError extends Error {
  override readonly name = 'TraceFormatError';

  /**
   * @param offset byte of the trace, decompressed, at which the record begins
   * @param expected what should have been there
   */
  constructor(
    readonly offset: number,
    readonly expected: string,
  ) {
    super(`byte ${offset}: expected ${expected}`);
  }
}

/** Decodes one trace, in pieces of any size. */
export class TraceDecoder {
  readonly #raw: DecoderExports;
  readonly #chunk: number;
  readonly #expected: ReadonlyMap<number, string>;

  constructor() {
    const { exports } = instantiate();
    this.#raw = exports as unknown as DecoderExports;
    const trace = constants(exports, 'TRACE', ['chunk', 'varintTooLong', 'pageOutside', 'classOutside']);
    this.#chunk = trace.chunk;
    this.#expected = new Map([
      [trace.varintTooLong, 'a varint of at most 57 bits'],
      [trace.pageOutside, 'a page that is a 52-bit number'],
      [trace.classOutside, 'a kernel page for classes 0 and 1, a user page for class 2, either for class 3'],
    ]);
    this.#raw.resetTrace();
  }

  /**
   * Decodes the next bytes, whose last record may be cut. The words of a chunk are written over by the next one.
   * @throws TraceFormatError at the first wrong record, when all chunks before it have been given out
   */
  *decode(bytes: Uint8Array): Generator<AccessChunk> {
    const { memory } = this.#raw;
    for (let from = 0; from < bytes.length; from += this.#chunk) {
      const piece = bytes.subarray(from, from + this.#chunk);
      new Uint8Array(memory.buffer, this.#raw.traceInput(), piece.length).set(piece);
      const count = this.#raw.decodeTrace(piece.length);
      const words = new BigUint64Array(memory.buffer, this.#raw.traceOutput(), count);
      if (count > 0) yield { words, instructions: this.#raw.traceInstructions() };
      const expected = this.#expected.get(this.#raw.traceError());
      if (expected !== undefined) throw new TraceFormatError(this.#raw.traceOffset(), expected);
    }
  }

  /** @throws TraceFormatError where the trace ends in the middle of a record, or holds none */
  end(): void {
    const offset = this.#raw.traceOffset();
    if (this.#raw.traceKept() > 0) throw new TraceFormatError(offset, 'a whole record, found the end');
    if (offset === 0) throw new TraceFormatError(0, 'an access trace, found nothing');
  }

  /** Records decoded so far, by class. */
  records(): Record<AccessClass, number> {
    const { memory } = this.#raw;
    const counts = new BigUint64Array(memory.buffer, this.#raw.traceRecords(), ACCESS_CLASSES.length);
    const entries = ACCESS_CLASSES.map((name, i) => [name, Number(counts[i])]);
    return Object.fromEntries(entries) as Record<AccessClass, number>;
  }
}
