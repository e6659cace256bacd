// The rest of a line of tracefs, trace-cmd and perf: `name: (function+0x0/0x10) words`, after the head.
import { LineEvent, type ProbeSite } from './event.js';
import { afterBlanks, indexIn, isBlank, type LineHead } from './line-head.js';
import { MARKER, type ProbeSites, STACK_SITE } from './probe-sites.js';

const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const COLON = 58;
const LESS = 60;

const PERF_LOSS = 'PERF_RECORD_LOST';

/** Characters of an event's name and of its group's. */
const NAME = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-') {
  NAME[char.charCodeAt(0)] = 1;
}

/** The event whose head has just been read from the line [from, to); null where the rest is no event. */
export function probeAfter(
  head: LineHead,
  nameFrom: number,
  sites: ProbeSites,
  bytes: Buffer,
  from: number,
  to: number,
  line: number,
): LineEvent | null {
  const colon = endOfName(bytes, nameFrom, to);
  if (colon < 0) {
    return isStackTrace(bytes, nameFrom, to) ? eventAt(head, STACK_SITE, bytes, from, to, to, line) : null;
  }
  const rest = afterBlanks(bytes, colon + 1, to);
  if (bytes[rest] !== OPEN_PARENTHESIS || rest === to) {
    const site = sites.bare(bytes, nameFrom, colon);
    // With nothing after its colon the line may have been broken there.
    if (site === null || (rest === to && site.kind !== 'marker')) return null;
    if (site.kind === 'other' && isPerfLoss(bytes, rest, to)) return null;
    const text = site.kind === 'marker' ? textOfMarker(bytes, nameFrom, rest, to) : rest;
    return eventAt(head, site, bytes, from, to, text, line);
  }
  const close = indexIn(bytes, CLOSE_PARENTHESIS, rest, to);
  if (close < 0) return null;
  const site = sites.probe(bytes, nameFrom, close + 1, to);
  if (site === null) return null;
  return eventAt(head, site, bytes, from, to, afterBlanks(bytes, close + 1, to), line);
}

function eventAt(
  head: LineHead,
  site: ProbeSite,
  bytes: Buffer,
  from: number,
  to: number,
  textFrom: number,
  line: number,
): LineEvent {
  return new LineEvent(line, head.seconds, head.task, head.cpu, site, bytes, from, to, textFrom);
}

/** The colon that ends the name, a group and its colon before it; −1 where there is no name. */
function endOfName(bytes: Buffer, from: number, to: number): number {
  let at = from;
  for (;;) {
    const begin = at;
    while (at < to && NAME[bytes[at] as number] === 1) at++;
    if (at === begin || at === to || bytes[at] !== COLON) return -1;
    if (at + 1 === to || isBlank(bytes[at + 1])) return at;
    at++;
  }
}

/** `<stack trace>`; trace-cmd writes `<stack trace >`. */
function isStackTrace(bytes: Buffer, from: number, to: number): boolean {
  return (
    bytes[from] === LESS &&
    /^<stack trace ?>\s*$/.test(bytes.toString('latin1', from, Math.min(to, from + 40)))
  );
}

/** perf may print a loss as an event of another name: it is for those who look for losses. */
function isPerfLoss(bytes: Buffer, from: number, to: number): boolean {
  return bytes[from] === PERF_LOSS.charCodeAt(0) && bytes.toString('latin1', from, to).startsWith(PERF_LOSS);
}

/** trace-cmd and perf print a marker as `print: tracing_mark_write: text`, or with the address for the function. */
function textOfMarker(bytes: Buffer, nameFrom: number, rest: number, to: number): number {
  if (bytes[nameFrom] === MARKER.charCodeAt(0) && bytes[nameFrom + 1] === MARKER.charCodeAt(1)) return rest;
  const colon = endOfName(bytes, rest, to);
  return colon < 0 ? rest : afterBlanks(bytes, colon + 1, to);
}
