// A trace on its way from bytes to calls: events are turned into calls as they come, and never all held.
import { CallReader } from './call-reader.js';
import type { TracedCalls } from './calls.js';
import type { TraceSummary } from './trace/event.js';
import { type TraceOptions, TraceReader } from './trace/reader.js';

/** The calls of a trace, with what the trace is as a whole. */
export interface CallsOfTrace {
  trace: TracedCalls;
  summary: TraceSummary;
}

export class TraceReading {
  readonly #calls: CallReader;
  readonly #reader: TraceReader;

  /** @param file for messages */
  constructor(file: string, options: TraceOptions = {}) {
    this.#calls = new CallReader(file);
    this.#reader = new TraceReader(file, this.#calls, options);
  }

  /** Takes the next bytes, of any number. @throws InputError with the line */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  end(): CallsOfTrace {
    const summary = this.#reader.end();
    return { trace: this.#calls.end(), summary };
  }
}
