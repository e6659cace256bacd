// tracefs text: `trace`, `trace_pipe` and snapshots of a kernel's own tracer, with or without their header.
//
//             insm-127     [001] d..1.    27.928750: set_ro: (set_memory_ro+0x0/0x40) addr=0xffff80007af0b000 n=1
import { ByteTable } from './byte-table.js';
import type { LineEvent } from './event.js';
import { afterBlanks, LineHead } from './line-head.js';
import { probeAfter } from './probe-line.js';
import type { ProbeSites } from './probe-sites.js';
import type { TraceSyntax } from './syntax.js';

const EQUALS = 61;
const GREATER = 62;
const BEGINS = /^\s*\S.*?-\d+\s+(?:\([^)]*\)\s+)?\[\d{1,5}\](?:\s|$)/;

export class TracefsSyntax implements TraceSyntax {
  readonly format: 'tracefs' | 'trace-cmd' = 'tracefs';
  readonly expected: string = 'task-pid [cpu] flags time: event: (function) …';
  readonly #head = new LineHead('dash');
  readonly #frames = new ByteTable<string>();

  constructor(private readonly sites: ProbeSites) {}

  parse(bytes: Buffer, from: number, to: number, line: number): LineEvent | null {
    if (!this.#head.read(bytes, from, to)) return null;
    return probeAfter(this.#head, this.#head.end, this.sites, bytes, from, to, line);
  }

  /** ` => function`, with `+0x10/0x20` or ` (address)` after it. */
  frame(bytes: Buffer, from: number, to: number): string | null {
    const at = afterBlanks(bytes, from, to);
    if (bytes[at] !== EQUALS || bytes[at + 1] !== GREATER || at + 2 >= to) return null;
    return frameAt(this.#frames, bytes, afterBlanks(bytes, at + 2, to), to);
  }

  begins(text: string): boolean {
    return BEGINS.test(text);
  }

  /** What bpftrace says before lines that a program of its own prints as tracefs does, and the end of it. */
  isRemark(text: string): boolean {
    return /^(?:Attach(?:ing|ed) \d+ probes?|\^C$)/.test(text);
  }
}

/** The function whose name begins at `from`, without its offset. */
export function frameAt(frames: ByteTable<string>, bytes: Buffer, from: number, to: number): string {
  let end = from;
  // Up to a plus, a blank or a slash.
  while (end < to) {
    const byte = bytes[end] as number;
    if (byte === 43 || byte === 32 || byte === 9 || byte === 47) break;
    end++;
  }
  return frames.get(bytes, from, end) ?? frames.add(bytes, from, end, bytes.toString('utf8', from, end));
}
