// The one reader of traces: bytes in as they come, events out one by one, whatever the format and the mangling.
import { InputError } from '../../io/input-error.js';
import { BpftraceSyntax } from './bpftrace.js';
import type { LineEvent, TraceFormat, TraceSummary } from './event.js';
import { isBlank } from './line-head.js';
import { isQuotedPrintable, LineReader } from './lines.js';
import { lossIn, overwrittenIn } from './loss.js';
import { PerfScriptSyntax } from './perf-script.js';
import { ProbeSites } from './probe-sites.js';
import { functionOfName } from './signatures.js';
import { sniffTrace } from './sniff.js';
import type { TraceSyntax } from './syntax.js';
import { TraceTally } from './tally.js';
import { TraceCmdSyntax } from './trace-cmd.js';
import { TracefsSyntax } from './tracefs.js';
import { isHeaderPiece, markerWith, mayBeCut, readingsWith, wordsWith } from './unwrap.js';

export interface TraceOptions {
  /** Function by name of the probe, where neither the trace nor the name tells. */
  probes?: ReadonlyMap<string, string>;
}

/** Takes what a trace is made of, in its order. What is given is the reader's again after the call. */
export interface TraceSink {
  event(event: LineEvent): void;
  /** Any other line: a comment, a remark, a loss with the events it tells of. Lines of a stack are the event's. */
  other?(bytes: Buffer, from: number, to: number, lost: number | null): void;
}

/** A line that begins an event and is not whole: what it may have been so far. */
interface Broken {
  line: number;
  readings: string[];
}

/** So much is seen before the format is decided. */
const HEAD = 1 << 16;
const HASH = 35;
/** As much of a line as patterns are tried on. */
const LOOKED_AT = 512;
const MAX_STACK = 128;
/** Tabs are blanks, and white space of other kinds is what mail programs make of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\x00-\x08\x0e-\x1f\x7f]/;

export class TraceReader {
  #head: Buffer[] = [];
  #headLength = 0;
  #lines: LineReader | null = null;
  #syntax: TraceSyntax;
  /** The last event, until the next line shows that it was whole. */
  #pending: LineEvent | null = null;
  #broken: Broken | null = null;
  #afterComment = false;
  readonly #probes: ReadonlyMap<string, string>;
  readonly #tally = new TraceTally();

  constructor(
    private readonly file: string,
    private readonly sink: TraceSink,
    { probes = new Map() }: TraceOptions = {},
  ) {
    this.#probes = probes;
    this.#syntax = new TracefsSyntax(new ProbeSites(probes));
  }

  /** @throws InputError naming the first line that is neither an event nor anything else that tracers print. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#lines) {
      this.#readText(this.#lines, bytes);
      return;
    }
    this.#head.push(Buffer.from(bytes));
    this.#headLength += bytes.length;
    if (this.#headLength >= HEAD) this.#begin();
  }

  end(): TraceSummary {
    const lines = this.#lines ?? this.#begin();
    lines.end();
    if (lines.cut) this.#checkCut(lines.lines);
    this.#settle();
    return this.#tally.summary(this.#syntax.format, lines.lines);
  }

  get format(): TraceFormat {
    return this.#syntax.format;
  }

  /** A number that was cut is a number all the same, and a mask or an address that no kernel used. */
  #checkCut(line: number): void {
    const event = this.#pending;
    if (event === null || event.stack !== undefined || !mayBeCut(event)) return;
    const word = /\S*$/.exec(event.text)?.[0] ?? '';
    throw new InputError(
      this.file,
      line,
      `expected a newline after the last line, which may be cut, found the end of the file after "${shown(word)}"`,
    );
  }

  #begin(): LineReader {
    const all = Buffer.concat(this.#head);
    this.#head = [];
    const head = all.subarray(0, HEAD);
    this.#syntax = syntaxOf(sniffTrace(head.toString('utf8')) ?? 'tracefs', this.#probes);
    const bom = all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? 3 : 0;
    this.#lines = new LineReader(this.file, isQuotedPrintable(head), (bytes, from, to, line) =>
      this.#take(bytes, from, to, line),
    );
    this.#readText(this.#lines, all.subarray(bom));
    return this.#lines;
  }

  /** No tracer writes NUL: it stands for text that a file system lost, or for another encoding. */
  #readText(lines: LineReader, bytes: Buffer): void {
    const nul = bytes.indexOf(0);
    lines.push(nul < 0 ? bytes : bytes.subarray(0, nul));
    this.#pending?.keep();
    if (nul >= 0) throw new InputError(this.file, lines.lines + 1, 'expected text, found a NUL byte');
  }

  #take(bytes: Buffer, from: number, to: number, line: number): void {
    const event = this.#syntax.parse(bytes, from, to, line);
    if (event !== null) {
      this.#settle();
      this.#pending = event;
      this.#afterComment = false;
    } else if (bytes[from] === HASH && from < to) {
      this.#settle();
      this.#takeComment(bytes, from, to, line);
    } else if (isBlankLine(bytes, from, to)) {
      this.#settle();
      this.sink.other?.(bytes, from, to, null);
    } else {
      this.#takeOther(bytes, from, to, line);
    }
  }

  #takeComment(bytes: Buffer, from: number, to: number, line: number): void {
    this.#afterComment = true;
    const overwritten = overwrittenIn(bytes.toString('latin1', from, Math.min(to, from + LOOKED_AT)));
    if (overwritten !== null) this.#tally.overwritten(line, overwritten);
    this.sink.other?.(bytes, from, to, null);
  }

  /** A line of a stack, a loss, a remark, the beginning of a broken line, or the rest of one. */
  #takeOther(bytes: Buffer, from: number, to: number, line: number): void {
    const frame = this.#syntax.frame(bytes, from, to);
    if (frame !== null && !this.#broken) {
      if (this.#pending) this.#addFrame(this.#pending, frame, bytes, from, to);
      else this.sink.other?.(bytes, from, to, null);
      return;
    }
    const text = bytes.toString('utf8', from, Math.min(to, from + LOOKED_AT));
    const lost = lossIn(text);
    if (lost !== null) {
      this.#settle();
      this.#tally.lost(line, lost);
      this.sink.other?.(bytes, from, to, lost);
    } else if (this.#syntax.isRemark(text)) {
      this.#settle();
      this.sink.other?.(bytes, from, to, null);
    } else if (this.#syntax.begins(text)) {
      this.#settle();
      if (this.#isOfOtherTracer(text)) this.sink.other?.(bytes, from, to, null);
      else this.#broken = { line, readings: [bytes.toString('utf8', from, to)] };
    } else if (CONTROL.test(text) || !this.#join(bytes.toString('utf8', from, to))) {
      if (this.#broken) this.#settle();
      if (!this.#afterComment || !isHeaderPiece(text)) throw this.#noEvent(line, text);
    }
  }

  #addFrame(event: LineEvent, frame: string, bytes: Buffer, from: number, to: number): void {
    event.stack ??= [];
    if (event.stack.length >= MAX_STACK) return;
    event.stack.push(frame);
    if (!this.sink.other) return;
    event.stackLines ??= [];
    event.stackLines.push(bytes.toString('utf8', from, to));
  }

  /** The function tracer and system calls print no colon after the name; they are nothing to replay. */
  #isOfOtherTracer(text: string): boolean {
    const [, name] = /:\s+([\w.]+)(?: <-[\w.]+|\(.*\)| -> \S+)\s*$/.exec(text) ?? [];
    if (name !== undefined) this.#tally.passOver(name);
    return name !== undefined;
  }

  /** Whether a line that begins nothing is the rest of the one before it. */
  #join(text: string): boolean {
    if (this.#broken) return this.#joinBroken(this.#broken, text);
    return this.#pending !== null && this.#joinWhole(this.#pending, text);
  }

  #joinBroken({ line, readings }: Broken, text: string): boolean {
    const joined = readingsWith(readings, text);
    const whole = joined
      .map((reading) => this.#parse(reading, line))
      .find((event) => event && (event.site.kind !== 'probe' || wordsWith(event.text, '') !== null));
    if (whole) {
      this.#broken = null;
      this.#pending = whole;
      return true;
    }
    if (joined.length > 0) this.#broken = { line, readings: joined };
    return joined.length > 0;
  }

  #joinWhole(event: LineEvent, text: string): boolean {
    const words = this.#textWith(event, text);
    if (words === null) return false;
    const front = event.bytes.toString('utf8', event.from, event.textFrom);
    // The line may have ended right after the colon or the parenthesis.
    const glue = /\s$/.test(front) || words === '' ? '' : ' ';
    const joined = this.#parse(front + glue + words, event.line);
    if (joined) this.#pending = joined;
    return joined !== null;
  }

  #textWith(event: LineEvent, next: string): string | null {
    const words = event.bytes.toString('utf8', event.textFrom, event.to);
    switch (event.site.kind) {
      case 'marker':
        return markerWith(words, next);
      case 'probe':
        return wordsWith(words, next);
      default:
        return words;
    }
  }

  #parse(text: string, line: number): LineEvent | null {
    const bytes = Buffer.from(text);
    return this.#syntax.parse(bytes, 0, bytes.length, line);
  }

  /** The next line begins something else, so what there is must be whole. */
  #settle(): void {
    if (this.#broken) this.#settleBroken(this.#broken);
    const event = this.#pending;
    if (event === null) return;
    this.#pending = null;
    this.#tally.event(event);
    this.sink.event(event);
  }

  /** Some events have nothing to say but their name; everything else that is not whole by now never will be. */
  #settleBroken({ line, readings }: Broken): void {
    const [text = ''] = readings;
    const [, name] = /:\s+([\w.-]+):\s*$/.exec(text.slice(0, LOOKED_AT)) ?? [];
    if (name === undefined || functionOfName(name, [], this.#probes) !== null) {
      throw this.#noEvent(line, text);
    }
    this.#broken = null;
    this.#tally.passOver(name);
    const bytes = Buffer.from(text);
    this.sink.other?.(bytes, 0, bytes.length, null);
  }

  #noEvent(line: number, text: string): InputError {
    return new InputError(
      this.file,
      line,
      `expected a trace event (${this.#syntax.expected}), found "${shown(text)}"`,
    );
  }
}

function syntaxOf(format: TraceFormat, probes: ReadonlyMap<string, string>): TraceSyntax {
  switch (format) {
    case 'tracefs':
      return new TracefsSyntax(new ProbeSites(probes));
    case 'trace-cmd':
      return new TraceCmdSyntax(new ProbeSites(probes));
    case 'perf-script':
      return new PerfScriptSyntax(new ProbeSites(probes));
    case 'bpftrace':
      return new BpftraceSyntax(probes);
  }
}

function shown(text: string): string {
  const found = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return found.replace(/\p{Cc}/gu, '·');
}

function isBlankLine(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isBlank(bytes[at])) return false;
  return true;
}
