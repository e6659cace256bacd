// The accesses of one run: generated, or from a trace, counted by class as they go by.
import { setImmediate as breathe } from 'node:timers/promises';
import { ACCESS_CLASSES, type AccessChunk, type AccessClass } from '../estimate/access.js';
import { readAccessTrace } from '../estimate/access-trace.js';
import { natureOf, openStream, type StreamNature } from '../estimate/streams/index.js';
import type { Machine } from '../machine/machine.js';
import { usageError } from './failure.js';

export interface StreamOptions {
  /** NAME or NAME:k=v,… */
  stream?: string;
  /** Path. */
  accessTrace?: string;
  /** How many are generated, or read at least. */
  accesses?: number;
  seed: number;
}

/** Of generated streams, unless asked otherwise. */
export const DEFAULT_ACCESSES = 1_000_000;

const CAPTURED: StreamNature = { dependent: false, law: 'captured' };

class CountedStream implements AsyncIterable<AccessChunk> {
  readonly #counts = new Float64Array(ACCESS_CLASSES.length);

  constructor(
    /** The file of a trace, else the stream with its parameters. */
    readonly name: string,
    /** null for what was captured. */
    readonly seed: number | null,
    private readonly chunks: Iterable<AccessChunk> | AsyncIterable<AccessChunk>,
    readonly nature: StreamNature,
    /** Chunks are given out whole until there are as many accesses. */
    private readonly enough: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<AccessChunk, void, undefined> {
    let given = 0;
    for await (const chunk of this.chunks) {
      this.#count(chunk.words);
      yield chunk;
      given += chunk.words.length;
      if (given >= this.enough) return;
      // Generated chunks never wait for anything; signals and progress would.
      await breathe();
    }
  }

  /** Accesses so far. */
  byClass(): Record<AccessClass, number> {
    const entries = ACCESS_CLASSES.map((name, i) => [name, this.#counts[i] ?? 0]);
    return Object.fromEntries(entries) as Record<AccessClass, number>;
  }

  #count({ buffer, byteOffset, length }: BigUint64Array): void {
    // Numbers of 32 bits are ten times as fast as those of 64; class and write bit are in the low half.
    const halves = new Uint32Array(buffer, byteOffset, 2 * length);
    for (let i = 0; i < halves.length; i += 2) {
      const accessClass = ((halves[i] ?? 0) >> 1) & 3;
      this.#counts[accessClass] = (this.#counts[accessClass] ?? 0) + 1;
    }
  }
}

/**
 * The stream that the options mean.
 * @throws CommanderError for a stream that does not exist or does not fit the machine. A trace that cannot be read
 *   throws InputError when it is iterated.
 */
export function countedStream(options: StreamOptions, machine: Machine): CountedStream {
  const { stream, accessTrace, accesses, seed } = options;
  if (accessTrace !== undefined) {
    return new CountedStream(accessTrace, null, readAccessTrace(accessTrace), CAPTURED, accesses ?? Infinity);
  }
  if (stream === undefined) throw usageError('expected --stream or --access-trace, found neither');
  try {
    const chunks = openStream(stream, machine, { accesses: accesses ?? DEFAULT_ACCESSES, seed });
    return new CountedStream(stream, seed, chunks, natureOf(stream, machine, seed), Infinity);
  } catch (error) {
    if (error instanceof RangeError) throw usageError(error.message);
    throw error;
  }
}
