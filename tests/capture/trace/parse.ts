// A trace whole, as objects: for texts that are small.
import type { TraceEvent, TraceSummary } from '../../../src/capture/trace/event.js';
import { type TraceOptions, TraceReader } from '../../../src/capture/trace/reader.js';

export interface Trace {
  events: TraceEvent[];
  summary: TraceSummary;
}

/**
 * Reads a trace that is all there.
 * @throws InputError naming the first line that is neither a comment nor an event.
 */
export function parseTrace(text: string | Uint8Array, file: string, options: TraceOptions = {}): Trace {
  const events: TraceEvent[] = [];
  const reader = new TraceReader(file, { event: (event) => events.push(kept(event)) }, options);
  reader.push(typeof text === 'string' ? Buffer.from(text) : text);
  return { summary: reader.end(), events };
}

/** The event without the bytes it lies in. */
function kept(event: TraceEvent): TraceEvent {
  const { line, seconds, task, cpu, name, suffix, isReturn, caller, text, stack } = event;
  const own = { line, seconds, task, cpu, name, function: event.function, suffix, isReturn, caller, text };
  return stack === undefined ? own : { ...own, stack };
}
