/** The same events as other tools would have printed them, and texts as mail and terminals leave them. */
import type { TraceEvent } from '../../../src/capture/trace/event.js';

const hexAddress = (text: string): string => {
  let hash = 7;
  for (const char of text) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return `ffff8000${hash.toString(16).padStart(8, '0')}`;
};

function split({ task }: TraceEvent): { comm: string; pid: string } {
  const [, comm = '', pid = ''] = /^(.*)-(\d+)(?: \[\d+\])?$/.exec(task) ?? [];
  return { comm, pid };
}

const cpuOf = ({ cpu }: TraceEvent): string => String(cpu).padStart(3, '0');
const secondsOf = ({ seconds }: TraceEvent, digits = 6): string => (seconds ?? 0).toFixed(digits);
const isFlush = ({ name }: TraceEvent): boolean => name.startsWith('flush_');

/** The name that perf gives a probe. */
function perfName(event: TraceEvent): string {
  if (isFlush(event)) return event.name;
  return event.isReturn ? `${event.function}__return` : event.function;
}

/** `perf script`: functions only by the names of probes, addresses for places. */
export function asPerfScript(
  events: readonly TraceEvent[],
  { chains = false, nanoseconds = false } = {},
): string {
  const lines = events.map((event) => {
    const { comm, pid } = split(event);
    const named = pid === '0' ? 'swapper' : comm;
    const time = `${secondsOf(event, nanoseconds ? 9 : 6)}:`.padStart(13);
    const head = `${named.padStart(16)} ${pid.padStart(7)} [${cpuOf(event)}] ${time}`;
    if (event.function === '') return `${head}  ftrace:print: tracing_mark_write: ${event.text}\n`;
    const at = hexAddress(event.function);
    const place = event.isReturn ? `(${hexAddress(event.caller)} <- ${at})` : `(${at})`;
    const chain = chains
      ? `${[event.function, 'el0_svc'].map((frame) => `\t${hexAddress(frame)} ${frame}+0x14 ([kernel.kallsyms])`).join('\n')}\n\n`
      : '';
    return `${head} probe:${perfName(event)}: ${place} ${event.text}\n${chain}`;
  });
  return lines.join('');
}

/** `trace-cmd report`. */
export function asTraceCmd(events: readonly TraceEvent[], { flags = false, addresses = false } = {}): string {
  const lines = events.map((event) => {
    const { comm, pid } = split(event);
    const state = flags ? 'd..1.' : '';
    const head = `${comm.padStart(16)}-${pid.padEnd(5)} [${cpuOf(event)}] ${state} ${secondsOf(event).padStart(12)}:`;
    const name = (text: string) => `${text}:`.padEnd(21);
    if (event.function === '') return `${head} ${name('print')} tracing_mark_write: ${event.text}`;
    const probed = `${event.function}${event.suffix}`;
    if (addresses) {
      const at = hexAddress(probed);
      const place = event.isReturn ? `(${hexAddress(event.caller)} <- ${at})` : `(${at})`;
      return `${head} ${name(perfName(event))} ${place} ${event.text}`;
    }
    const place = event.isReturn ? `(${event.caller}+0x54 <- ${probed})` : `(${probed}+0x0)`;
    return `${head} ${name(event.name)} ${place} ${event.text}`;
  });
  return `${['cpus=2', ...lines].join('\n')}\n`;
}

/** bpftrace, as docs/traces.md recommends it; markers are none of its business. */
export function asBpftrace(events: readonly TraceEvent[]): string {
  const lines = events.flatMap((event) => {
    const { comm, pid } = split(event);
    if (event.function === '') return [];
    const moment = `pid=${pid} cpu=${event.cpu} nsecs=${Math.round((event.seconds ?? 0) * 1e9)} comm=${comm}`;
    if (isFlush(event)) return [`${event.name} ${event.text} ${moment}`];
    return [`${event.isReturn ? 'kretprobe' : 'kprobe'}:${event.function} ${event.text} ${moment}`];
  });
  return `${['Attaching 12 probes...', ...lines, '', '^C'].join('\n')}\n`;
}

export const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
export const quoted = (text: string): string => text.replace(/^(?=[\s\S])/gm, '> ');
export const tabbed = (text: string): string => text.replace(/^ {8}/gm, '\t').replace(/\] {2,}/g, ']\t');
export const nanoseconds = (text: string): string => text.replace(/( \d+\.\d{6}):/g, '$1000:');

/** As grep and editors colour: the number, the time and the event. */
export const coloured = (text: string): string =>
  text.replace(/^(?!#)(.*?)(\[\d+\])(.*?)( \w+:)/gm, '$1\x1b[32m$2\x1b[m\x1b[K$3\x1b[01;31m$4\x1b[0m');

/** As a mail program breaks: at the last blank before the column, which is lost. */
export function wrapped(text: string, column: number): string {
  const pieces = (line: string): string[] => {
    if (line.length <= column || line.startsWith('#')) return [line];
    const blank = line.lastIndexOf(' ', column);
    // A line that begins with blanks only has nothing to break there.
    const at = blank > 0 && line.slice(0, blank).trim() !== '' ? blank : column;
    return [line.slice(0, at), ...pieces(line.slice(at === blank ? at + 1 : at))];
  };
  return text.split('\n').flatMap(pieces).join('\n');
}

/** As a terminal breaks that is copied from: anywhere. */
export function cut(text: string, column: number): string {
  const piece = new RegExp(`.{1,${column}}`, 'g');
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith('#') ? [line] : (line.match(piece) ?? [''])))
    .join('\n');
}

export function quotedPrintable(text: string): string {
  const encoded = text.replace(/=/g, '=3D').replace(/ $/gm, '=20');
  return encoded
    .split('\n')
    .map((line) => (line.match(/(?:=[0-9A-F]{2}|[^=]){1,70}/g) ?? ['']).join('=\n'))
    .join('\n');
}
