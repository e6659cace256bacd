// A trace copied into a capture: as a stream, as tracefs text whatever it was.
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { streamChunks } from '../../io/chunks.js';
import { reason, temporaryBeside } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import type { LineEvent, TraceSummary } from './event.js';
import { type TraceOptions, TraceReader, type TraceSink } from './reader.js';
import { lossText, tracefsHeader, tracefsText } from './tracefs-text.js';

const BUFFER = 1 << 20;
const NEWLINE = 10;

/**
 * Copies a trace of any format, gzipped or not, and says what it holds. tracefs text stays as it is but for CRLF,
 * colour codes, quoting and wraps; every other format is rewritten as tracefs text.
 * @param to written whole or not at all; gzipped where the name ends in `.gz`
 * @throws InputError for a trace that cannot be read, with its line, or a place that cannot be written
 */
export async function copyTrace(from: string, to: string, options: TraceOptions = {}): Promise<TraceSummary> {
  const temporary = temporaryBeside(to);
  const copy = new TraceCopy(from, options);
  const steps = to.endsWith('.gz') ? [createGzip()] : [];
  try {
    await pipeline([
      Readable.from(copy.pieces(), { objectMode: true, highWaterMark: 2 }),
      ...steps,
      createWriteStream(temporary, { flags: 'wx' }),
    ]);
    await rename(temporary, to);
  } catch (error) {
    // Where the place is no folder, this fails too, and says less.
    await rm(temporary, { force: true }).catch(() => undefined);
    // Only what the file system says is the place's fault.
    if (error instanceof InputError || !(error instanceof Error && 'syscall' in error)) throw error;
    throw new InputError(to, null, `expected a place to write a file, found ${reason(error)}`);
  }
  return copy.summary as TraceSummary;
}

class TraceCopy implements TraceSink {
  summary: TraceSummary | null = null;
  #pieces: Buffer[] = [];
  #buffer = Buffer.allocUnsafe(BUFFER);
  #length = 0;
  #headed = false;
  readonly #reader: TraceReader;

  constructor(
    private readonly from: string,
    options: TraceOptions,
  ) {
    this.#reader = new TraceReader(from, this, options);
  }

  async *pieces(): AsyncGenerator<Buffer> {
    for await (const chunk of streamChunks(this.from)) {
      this.#reader.push(chunk);
      yield* this.#written();
    }
    this.summary = this.#reader.end();
    this.#flush();
    yield* this.#written();
  }

  event(event: LineEvent): void {
    if (this.#isTracefs()) {
      this.#writeLine(event.bytes, event.from, event.to);
      for (const line of event.stackLines ?? []) this.#writeText(`${line}\n`);
    } else if (event.site.kind !== 'other') {
      this.#writeText(tracefsText(event));
    }
  }

  other(bytes: Buffer, from: number, to: number, lost: number | null): void {
    if (this.#isTracefs()) this.#writeLine(bytes, from, to);
    else if (lost !== null) this.#writeText(lossText(lost));
  }

  /** The first that is written is the header, where the trace comes from elsewhere. */
  #isTracefs(): boolean {
    const { format } = this.#reader;
    if (format !== 'tracefs' && !this.#headed) {
      this.#headed = true;
      this.#writeText(tracefsHeader(format));
    }
    return format === 'tracefs';
  }

  #writeLine(bytes: Buffer, from: number, to: number): void {
    const length = to - from + 1;
    if (this.#length + length > BUFFER) this.#flush();
    bytes.copy(this.#buffer, this.#length, from, to);
    this.#buffer[this.#length + length - 1] = NEWLINE;
    this.#length += length;
  }

  #writeText(text: string): void {
    if (this.#length + 3 * text.length > BUFFER) this.#flush();
    this.#length += this.#buffer.write(text, this.#length);
  }

  #flush(): void {
    if (this.#length === 0) return;
    this.#pieces.push(this.#buffer.subarray(0, this.#length));
    this.#buffer = Buffer.allocUnsafe(BUFFER);
    this.#length = 0;
  }

  #written(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
