// tracefs text into events. Knows the format of a line and nothing of what the events mean.
import { InputError } from '../io/input-error.js';

/** One line of a trace: a probe that fired, or a marker that was written. */
export interface TraceEvent {
  /** Counted from 1. */
  line: number;
  /** `comm-pid`, as printed; with the CPU for pid 0, which is an idle task on each CPU. */
  task: string;
  /** The event's own name, whoever armed the probe chose it. `tracing_mark_write` for a marker. */
  name: string;
  /** Function that was probed, without compiler suffixes; empty for a marker. */
  function: string;
  /** Suffix that a compiler gave the function: `.part.0`; empty for most. */
  suffix: string;
  /** For a return probe, the function returned to, without suffixes; else empty. */
  caller: string;
  /** For a marker its text, else the probe's `name=value` words. */
  text: string;
}

export interface Trace {
  events: TraceEvent[];
  /** Lines on which the tracer said that it had lost events. */
  lost: number[];
}

//            task-pid  (tgid)?     [cpu]    flags?      time     event:  rest
const LINE =
  /^\s*(\S.*?-\d+)\s+(?:\([^)]*\)\s+)?\[(\d+)\]\s+(?:\S{4,6}\s+)?\d+(?:\.\d+)?:\s+([\w.-]+):\s?(.*)$/;
const PROBE =
  /^\(([\w.$]+)(?:\+0x[0-9a-f]+)?(?:\/0x[0-9a-f]+)?(?: <- ([\w.$]+))?(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?\)\s?(.*)$/;
const LOST = /\[LOST \d+ EVENTS\]|LOST \d+ EVENTS/;
const SUFFIX = /\.(?:part|isra|constprop|cold|llvm)\.\d+/g;
const MARKER = 'tracing_mark_write';

/**
 * Reads a trace.
 * @throws InputError naming the first line that is neither a comment nor an event.
 */
export function parseTrace(text: string, file: string): Trace {
  const trace: Trace = { events: [], lost: [] };
  let line = 0;
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const raw = text.slice(from, text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    from = end + 1;
    line++;
    if (raw.startsWith('#') || raw.trim() === '') continue;
    if (LOST.test(raw)) trace.lost.push(line);
    else trace.events.push(parseLine(raw, file, line));
  }
  return trace;
}

function parseLine(raw: string, file: string, line: number): TraceEvent {
  const match = LINE.exec(raw);
  if (!match) {
    throw new InputError(
      file,
      line,
      `expected a trace event (task-pid [cpu] flags time: event: …), found "${shorten(raw)}"`,
    );
  }
  const [, printed = '', cpu = '', name = '', rest = ''] = match;
  const task = printed.endsWith('-0') ? `${printed} [${cpu}]` : printed;
  if (name === MARKER) return { line, task, name, function: '', suffix: '', caller: '', text: rest };
  const probe = PROBE.exec(rest);
  if (!probe) {
    throw new InputError(
      file,
      line,
      `expected a probed function in parentheses after "${name}:", found "${shorten(rest)}"`,
    );
  }
  const [, first = '', returned, text = ''] = probe;
  const probed = returned ?? first;
  const plain = probed.replace(SUFFIX, '');
  return {
    line,
    task,
    name,
    function: plain,
    suffix: probed.slice(plain.length),
    caller: returned === undefined ? '' : first.replace(SUFFIX, ''),
    text,
  };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
