// node:stream and node:stream/promises, as far as sources that are iterated over go.
import type { WriteStream } from './fs.js';

/** What minipass asks of a value, to tell whether it is a stream of Node's: none is. */
export default class Stream {}

export class Readable extends Stream {
  static from<T>(source: AsyncIterable<T>): AsyncIterable<T> {
    return source;
  }
}

interface Stage extends AsyncIterable<Uint8Array> {
  from(source: AsyncIterable<Uint8Array>): void;
}

type Part = AsyncIterable<Uint8Array> | Stage | WriteStream;

/**
 * Joins a source, stages and a place to write to. Without such a place nothing moves until somebody iterates over the
 * last stage, which then throws what goes wrong.
 */
export async function pipeline(...given: (Part | Part[])[]): Promise<void> {
  const [first, ...rest] = given.flat();
  let source = first as AsyncIterable<Uint8Array>;
  for (const part of rest) {
    if ('take' in part) return part.take(source);
    (part as Stage).from(source);
    source = part;
  }
}
