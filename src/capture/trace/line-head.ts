// What stands before an event's name on a line of tracefs, trace-cmd and perf: task, CPU, flags and time.
//
// tracefs and trace-cmd:  task-pid (tgid) [cpu] flags seconds: …        perf:  task pid/tid [cpu] seconds: …
import { ByteTable } from './byte-table.js';

const TAB = 9;
const SPACE = 32;
const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

const MAX_FLAGS = 8;
/** A plain number from here on is taken for nanoseconds; a smaller one counts something of its own. */
const NANOSECONDS_FROM = 1e9;
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

export const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 57;

export class LineHead {
  task = '';
  cpu = 0;
  seconds: number | null = null;
  /** Where what follows the time begins. */
  end = 0;
  readonly #tasks = new ByteTable<string>();
  #seconds: number | null = null;

  /** @param separator between a task's name and its pid */
  constructor(private readonly separator: 'dash' | 'blank') {}

  /** Reads the line [from, to) as far as its time; false where it does not begin so. */
  read(bytes: Buffer, from: number, to: number): boolean {
    // A task's name may hold brackets itself, so the first that fits is the CPU's.
    for (let at = from; at < to; at++) {
      if (bytes[at] === OPEN_BRACKET && this.#readAround(bytes, from, at, to)) return true;
    }
    return false;
  }

  #readAround(bytes: Buffer, from: number, bracket: number, to: number): boolean {
    let at = bracket + 1;
    let cpu = 0;
    while (at < to && isDigit(bytes[at])) cpu = cpu * 10 + (bytes[at++] as number) - ZERO;
    if (at === bracket + 1 || at > bracket + 6 || bytes[at] !== CLOSE_BRACKET || !isBlank(bytes[at + 1])) {
      return false;
    }
    at = afterBlanks(bytes, at + 1, to);
    if (!isDigit(bytes[at])) {
      at = afterFlags(bytes, at, to);
      if (at < 0) return false;
    }
    const end = this.#readTime(bytes, at, to);
    if (end < 0) return false;
    const task = this.#taskBefore(bytes, from, bracket);
    if (task === null) return false;
    this.task = task === '<idle>-0' ? `<idle>-0 [${cpu}]` : task;
    this.cpu = cpu;
    this.seconds = this.#seconds;
    this.end = afterBlanks(bytes, end, to);
    return true;
  }

  #taskBefore(bytes: Buffer, from: number, bracket: number): string | null {
    let at = beforeBlanks(bytes, from, bracket);
    if (at === bracket) return null;
    // The thread group, as record-tgid prints it.
    if (bytes[at - 1] === CLOSE_PARENTHESIS) {
      while (at > from && bytes[at] !== OPEN_PARENTHESIS) at--;
      at = beforeBlanks(bytes, from, at);
    }
    const end = at;
    while (at > from && isDigit(bytes[at - 1])) at--;
    if (at === end) return null;
    const pid = at;
    if (this.separator === 'dash') {
      if (bytes[--at] !== DASH) return null;
    } else {
      // perf prints pid/tid where it was told to.
      if (bytes[at - 1] === SLASH) {
        at--;
        while (at > from && isDigit(bytes[at - 1])) at--;
      }
      if (!isBlank(bytes[at - 1])) return null;
      at = beforeBlanks(bytes, from, at);
    }
    const start = afterBlanks(bytes, from, at);
    if (start >= at) return null;
    return this.#tasks.get(bytes, start, end) ?? this.#nameTask(bytes, start, at, pid, end);
  }

  #nameTask(bytes: Buffer, start: number, nameEnd: number, pid: number, end: number): string {
    const number = bytes.toString('latin1', pid, end);
    const name = /^0+$/.test(number) ? '<idle>' : bytes.toString('utf8', start, nameEnd);
    return this.#tasks.add(bytes, start, end, `${name}-${number}`);
  }

  /** Reads `seconds.fraction:` or a plain number; where the colon ends, or −1. */
  #readTime(bytes: Buffer, from: number, to: number): number {
    let at = from;
    let value = 0;
    while (at < to && isDigit(bytes[at])) value = value * 10 + (bytes[at++] as number) - ZERO;
    if (at === from) return -1;
    let digits = 0;
    if (bytes[at] === DOT) {
      const dot = at++;
      while (at < to && isDigit(bytes[at])) value = value * 10 + (bytes[at++] as number) - ZERO;
      digits = at - dot - 1;
      if (digits === 0 || digits > 9) return -1;
      this.#seconds = value / (POWERS[digits] as number);
    } else {
      this.#seconds = value >= NANOSECONDS_FROM ? value / 1e9 : null;
    }
    return at < to && bytes[at] === COLON ? at + 1 : -1;
  }
}

/** Where `byte` first stands in [from, to), or −1. */
export function indexIn(bytes: Buffer, byte: number, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === byte) return at;
  return -1;
}

export function afterBlanks(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at])) at++;
  return at;
}

function beforeBlanks(bytes: Buffer, from: number, end: number): number {
  let at = end;
  while (at > from && isBlank(bytes[at - 1])) at--;
  return at;
}

/** Where the word after the latency flags begins (`d..1.`: four characters to 5.x, then five); −1 where there are none. */
function afterFlags(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && !isBlank(bytes[at])) {
    if (bytes[at] === COLON || bytes[at] === EQUALS) return -1;
    at++;
  }
  if (at - from < 3 || at - from > MAX_FLAGS || at === to) return -1;
  return afterBlanks(bytes, at, to);
}
