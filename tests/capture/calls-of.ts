import { type CallsOfTrace, TraceReading } from '../../src/capture/trace-reading.js';

/** The calls of a trace that is all there. @throws InputError with the line */
export function callsOf(text: string | Uint8Array, file: string): CallsOfTrace {
  const reading = new TraceReading(file);
  reading.push(typeof text === 'string' ? Buffer.from(text) : text);
  return reading.end();
}
