// Bytes into lines as they were before they were mailed: newlines of either kind, quoting, colour codes and
// quoted-printable taken away.
import { InputError } from '../../io/input-error.js';

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const ESCAPE = 27;
const SPACE = 32;
const EQUALS = 61;
const GREATER = 62;

/** A line of a trace has some hundred bytes. */
const MAX_LINE = 1 << 16;
const EMPTY = Buffer.alloc(0);

/** Takes one line, [from, to) of `bytes`, without its newline. The bytes may be used again after the chunk was pushed. */
type LineSink = (bytes: Buffer, from: number, to: number, line: number) => void;

export class LineReader {
  /** Lines so far. */
  lines = 0;
  /** Once the end was reached: the last line has no newline, so that nothing shows it is whole. */
  cut = false;
  /** The beginning of a line whose end has not come yet. */
  #carried: Buffer[] = [];
  #carriedLength = 0;
  /** Lines that quoted-printable has broken, as far as they go. */
  #soft: Buffer = EMPTY;
  #softLine = 0;

  /** @param quotedPrintable the text is mail in that encoding: `=3D` is an equals sign, one at an end is no end */
  constructor(
    private readonly file: string,
    private readonly quotedPrintable: boolean,
    private readonly sink: LineSink,
  ) {}

  push(chunk: Buffer): void {
    // Colour codes are rare, and looking for one in a whole chunk costs next to nothing.
    const coloured = chunk.indexOf(ESCAPE) >= 0;
    let from = 0;
    if (this.#carriedLength > 0) {
      const end = chunk.indexOf(NEWLINE);
      if (end < 0) {
        this.#carry(chunk);
        return;
      }
      const whole = Buffer.concat([...this.#carried, chunk.subarray(0, end)]);
      this.#carried = [];
      this.#carriedLength = 0;
      this.#take(whole, 0, whole.length, true);
      from = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      if (end < 0) break;
      this.#take(chunk, from, end, coloured);
      from = end + 1;
    }
    if (from < chunk.length) this.#carry(chunk.subarray(from));
  }

  end(): void {
    this.cut = this.#carriedLength > 0 || this.#soft.length > 0;
    if (this.#carriedLength > 0) {
      const whole = Buffer.concat(this.#carried);
      this.#carriedLength = 0;
      this.#take(whole, 0, whole.length, true);
    }
    if (this.#soft.length > 0) this.#deliver(this.#soft, 0, this.#soft.length, true, this.#softLine);
    this.#soft = EMPTY;
  }

  #carry(rest: Buffer): void {
    this.#carriedLength += rest.length;
    if (this.#carriedLength > MAX_LINE) throw this.#tooLong();
    this.#carried.push(Buffer.from(rest));
  }

  #take(bytes: Buffer, from: number, to: number, coloured: boolean): void {
    this.lines++;
    if (to - from > MAX_LINE) throw this.#tooLong();
    let end = to;
    while (end > from && bytes[end - 1] === RETURN) end--;
    if (this.quotedPrintable) this.#takeEncoded(bytes.subarray(from, end));
    else this.#deliver(bytes, from, end, coloured, this.lines);
  }

  #takeEncoded(text: Buffer): void {
    const line = this.#soft.length > 0 ? this.#softLine : this.lines;
    const broken = text[text.length - 1] === EQUALS;
    const decoded = decodeQuotedPrintable(broken ? text.subarray(0, -1) : text);
    const whole = this.#soft.length > 0 ? Buffer.concat([this.#soft, decoded]) : decoded;
    if (whole.length > MAX_LINE) throw this.#tooLong();
    // The chunk's bytes are not ours to keep.
    this.#soft = broken ? Buffer.from(whole) : EMPTY;
    this.#softLine = line;
    if (!broken) this.#deliver(whole, 0, whole.length, true, line);
  }

  #deliver(bytes: Buffer, from: number, to: number, coloured: boolean, line: number): void {
    let start = from;
    // A task's name is indented, so that a mark in the first column quotes the line.
    while (bytes[start] === GREATER && start < to) {
      start++;
      if (start < to && (bytes[start] === SPACE || bytes[start] === TAB)) start++;
    }
    if (coloured) {
      const plain = withoutColours(bytes.subarray(start, to));
      this.sink(plain, 0, plain.length, line);
    } else {
      this.sink(bytes, start, to, line);
    }
  }

  #tooLong(): InputError {
    const line = Math.max(1, this.lines + (this.#carriedLength > MAX_LINE ? 1 : 0));
    return new InputError(this.file, line, `expected lines of at most ${MAX_LINE} bytes, found a longer one`);
  }
}

/** Whether a text is quoted-printable: in no other are equals signs written so. */
export function isQuotedPrintable(head: Buffer): boolean {
  return head.indexOf('=3D') >= 0;
}

function decodeQuotedPrintable(text: Buffer): Buffer {
  if (text.indexOf(EQUALS) < 0) return text;
  const decoded = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const value = text[at] === EQUALS ? hexPair(text[at + 1], text[at + 2]) : -1;
    if (value >= 0) at += 2;
    decoded[length++] = value >= 0 ? value : (text[at] as number);
  }
  return decoded.subarray(0, length);
}

function hexPair(high: number | undefined, low: number | undefined): number {
  const [a, b] = [hexDigit(high), hexDigit(low)];
  return a < 0 || b < 0 ? -1 : a * 16 + b;
}

/** Upper case only, as the encoding writes them. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  return byte >= 65 && byte <= 70 ? byte - 55 : -1;
}

/** Without what a terminal takes for colours: ESC [ … letter. */
function withoutColours(text: Buffer): Buffer {
  if (text.indexOf(ESCAPE) < 0) return text;
  const plain = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (byte !== ESCAPE) {
      plain[length++] = byte;
      continue;
    }
    if (text[at + 1] !== 91) continue;
    at += 2;
    while (at < text.length && !((text[at] as number) >= 64 && (text[at] as number) <= 126)) at++;
  }
  // A colour reset after the return of a CRLF leaves it at the end.
  while (length > 0 && plain[length - 1] === RETURN) length--;
  return plain.subarray(0, length);
}
