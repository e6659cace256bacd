// Which format a text is in, by its first lines.
import { ATTACHED, BpftraceSyntax } from './bpftrace.js';
import type { TraceFormat } from './event.js';
import { isQuotedPrintable, LineReader } from './lines.js';
import { readingsWith } from './unwrap.js';

/** Lines looked at before a text counts as none of the formats. */
const LINES = 400;
const LONGEST = 400;

const FTRACE = /^\s*\S.{0,80}?-\d+\s+(?:\([^)]{0,20}\)\s+)?\[\d{1,5}\]\s+(\S{3,8}\s+)?\d+(?:\.\d+)?:(\s+)/;
const PERF = /^\s*\S.{0,80}?\s\d+(?:\/\d+)?\s+\[\d{1,5}\]\s+\d+\.\d+:\s+(?:\d+\s+)?[\w-]+:[\w.:-]+/;
const SIGNS: readonly (readonly [RegExp, TraceFormat])[] = [
  [/^# tracer: /, 'tracefs'],
  [/^#\s+TASK-PID\s/, 'tracefs'],
  [/^cpus=\d+\s*$/, 'trace-cmd'],
  [/^# (?:captured on|perf version|cmdline :.*perf)/, 'perf-script'],
];

/**
 * The format of a trace that begins with `head`, or null where that is no trace at all.
 * Some kilobytes are enough; mangled text (CRLF, colours, quoting, wraps) is seen through.
 */
export function sniffTrace(head: string): TraceFormat | null {
  const lines = plainLines(Buffer.from(head.slice(0, 1 << 16)));
  const bpftrace = new BpftraceSyntax(new Map());
  for (const line of lines) {
    for (const [sign, format] of SIGNS) if (sign.test(line)) return format;
    const ftrace = FTRACE.exec(line);
    // trace-cmd pads names to a column; tracefs never does.
    if (ftrace) return isPadded(line, ftrace[0].length) ? 'trace-cmd' : 'tracefs';
    if (PERF.test(line)) return 'perf-script';
    const bytes = Buffer.from(line);
    const isCall = line.includes('=') && bpftrace.parse(bytes, 0, bytes.length, 1) !== null;
    if (isCall) return 'bpftrace';
  }
  // Nothing but lines that a mail program broke before the event's name.
  for (const [index, line] of lines.entries()) {
    for (const joined of readingsWith([line], lines[index + 1] ?? '')) {
      const ftrace = FTRACE.exec(joined);
      if (ftrace) return isPadded(joined, ftrace[0].length) ? 'trace-cmd' : 'tracefs';
      if (PERF.test(joined)) return 'perf-script';
    }
  }
  return lines.some((line) => ATTACHED.test(line)) ? 'bpftrace' : null;
}

function isPadded(line: string, nameAt: number): boolean {
  return /^[\w.-]+: {2,}\(/.test(line.slice(nameAt));
}

function plainLines(head: Buffer): string[] {
  const lines: string[] = [];
  const reader = new LineReader('', isQuotedPrintable(head), (bytes, from, to) => {
    if (lines.length < LINES) lines.push(bytes.toString('utf8', from, Math.min(to, from + LONGEST)));
  });
  try {
    reader.push(head);
    reader.end();
  } catch {
    // A line longer than any of a trace.
  }
  return lines;
}
