// What the reader of traces asks of a format.
import type { LineEvent, TraceFormat } from './event.js';

export interface TraceSyntax {
  readonly format: TraceFormat;
  /** What an event looks like, for messages. */
  readonly expected: string;
  /** The event that the line [from, to) is, or null where it is none, or not whole. */
  parse(bytes: Buffer, from: number, to: number, line: number): LineEvent | null;
  /** The function that a line of a stack names, or null where it is no such line. */
  frame(bytes: Buffer, from: number, to: number): string | null;
  /** Whether a line begins an event, be it cut short. */
  begins(text: string): boolean;
  /** Whether a line is something that the tool says around its events. */
  isRemark(text: string): boolean;
}
