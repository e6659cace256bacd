// A trace whole, as objects: for texts that are small, as in tests and in what people paste.
import type { TraceEvent, TraceSummary } from './event.js';
import { type TraceOptions, TraceReader } from './reader.js';

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
  const reader = new TraceReader(
    file,
    {
      event({
        line,
        seconds,
        task,
        cpu,
        name,
        function: probed,
        suffix,
        isReturn,
        caller,
        text: words,
        stack,
      }) {
        const event = {
          line,
          seconds,
          task,
          cpu,
          name,
          function: probed,
          suffix,
          isReturn,
          caller,
          text: words,
        };
        events.push(stack === undefined ? event : { ...event, stack });
      },
    },
    options,
  );
  reader.push(typeof text === 'string' ? Buffer.from(text) : text);
  return { summary: reader.end(), events };
}
