// The `name=value` words of a probe, read by name from the bytes of its line.
import { type Address, fromWords } from '../io/address.js';
import { InputError } from '../io/input-error.js';
import type { LineEvent } from './trace/event.js';

const SPACE = 32;
const TAB = 9;
const QUOTE = 34;
const DASH = 45;
const ZERO = 48;
const EQUALS = 61;
const MAX_WORDS = 32;
/** Words that bpftrace programs and people add to a probe's own. */
const NOT_OF_PROBE = new Set(['comm', 'pid', 'tid', 'cpu', 'nsecs', 'time', 'elapsed', 'caller']);

/**
 * Reads the arguments of one event at a time. Those of other names than the function's are taken by their place,
 * where as many words are there as the function has arguments, or none of them is known by name.
 */
export class ProbeArguments {
  #event: LineEvent | null = null;
  #names: readonly string[] = [];
  #words = 0;
  readonly #nameFrom = new Int32Array(MAX_WORDS);
  readonly #valueFrom = new Int32Array(MAX_WORDS);
  readonly #valueTo = new Int32Array(MAX_WORDS);
  /** Halves of the last value read. */
  low = 0;
  high = 0;

  constructor(private readonly file: string) {}

  /** Turns to an event whose function has arguments of these names. */
  of(event: LineEvent, names: readonly string[]): this {
    this.#event = event;
    this.#names = names;
    this.#split(event.bytes, event.textFrom, event.to);
    return this;
  }

  /** An address or another 64-bit value of the signed-double convention. @throws InputError with the trace's line */
  address(index: number): Address {
    this.bits(index);
    try {
      return fromWords(this.low, this.high);
    } catch {
      throw this.#wrong(
        index,
        'an address in the top or bottom 2^52 bytes',
        this.#valueText(this.#word(index)),
      );
    }
  }

  /** An address of the kernel's half. @throws InputError with the trace's line */
  kernelAddress(index: number): Address {
    const address = this.address(index);
    if (address < 0) return address;
    throw this.refusal(index, 'an address of the kernel, in the top 2^52 bytes,');
  }

  /** The error for an argument that is a number, but not one that a kernel passes. */
  refusal(index: number, expected: string): InputError {
    return this.#wrong(index, expected, this.#valueText(this.#word(index)));
  }

  /** A whole number of any width; its 64 bits are in `low` and `high`. @throws InputError with the trace's line */
  bits(index: number): this {
    const word = this.#word(index);
    const { bytes } = this.#event as LineEvent;
    const from = this.#valueFrom[word] as number;
    const to = this.#valueTo[word] as number;
    if (!this.#readHex(bytes, from, to) && !this.#readDecimal(bytes, from, to)) {
      throw this.#wrong(index, 'a number of at most 64 bits', this.#valueText(word));
    }
    return this;
  }

  /** A 32-bit signed number, however the probe printed it. @throws InputError with the trace's line */
  int(index: number): number {
    return this.bits(index).low | 0;
  }

  /** A word that some formats add, or null where it is not there. */
  extra(name: string): string | null {
    const word = this.#find(name);
    return word < 0 ? null : this.#valueText(word);
  }

  #split(bytes: Buffer, from: number, to: number): void {
    this.#words = 0;
    for (let at = from; at < to && this.#words < MAX_WORDS; ) {
      while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      const start = at;
      let equals = -1;
      while (at < to && bytes[at] !== SPACE && bytes[at] !== TAB) {
        if (bytes[at] === EQUALS && equals < 0) {
          equals = at;
          // Strings are quoted and may hold blanks.
          if (bytes[at + 1] === QUOTE) at = endOfString(bytes, at + 2, to);
        }
        at++;
      }
      if (equals <= start) continue;
      this.#nameFrom[this.#words] = start;
      this.#valueFrom[this.#words] = equals + 1;
      this.#valueTo[this.#words] = Math.min(at, to);
      this.#words++;
    }
  }

  #word(index: number): number {
    const name = this.#names[index] as string;
    // Probes print their arguments in the order of the function's.
    if (index < this.#words && this.#isNamed(index, name)) return index;
    const found = this.#find(name);
    if (found >= 0) return found;
    const placed = this.#wordAtPlace(index);
    if (placed >= 0) return placed;
    throw this.#wrong(index, 'an argument of this name', 'none');
  }

  #find(name: string): number {
    for (let word = 0; word < this.#words; word++) if (this.#isNamed(word, name)) return word;
    return -1;
  }

  #isNamed(word: number, name: string): boolean {
    const from = this.#nameFrom[word] as number;
    if ((this.#valueFrom[word] as number) - 1 - from !== name.length) return false;
    const { bytes } = this.#event as LineEvent;
    for (let at = 0; at < name.length; at++) if (bytes[from + at] !== name.charCodeAt(at)) return false;
    return true;
  }

  /** The word that stands where the argument would: names are whatever was chosen for the probe. */
  #wordAtPlace(index: number): number {
    const words = [...Array(this.#words).keys()].filter((word) => !NOT_OF_PROBE.has(this.#nameText(word)));
    const known = words.filter((word) => this.#names.includes(this.#nameText(word)));
    if (known.length > 0 && words.length !== this.#names.length) return -1;
    const missing = this.#names.filter((name) => this.#find(name) < 0);
    const strangers = words.filter((word) => !known.includes(word));
    return strangers[missing.indexOf(this.#names[index] as string)] ?? -1;
  }

  #readHex(bytes: Buffer, from: number, to: number): boolean {
    if (bytes[from] !== ZERO || ((bytes[from + 1] as number) | 32) !== 120) return false;
    const digits = to - from - 2;
    if (digits < 1 || digits > 16) return false;
    let low = 0;
    let high = 0;
    for (let at = from + 2; at < to; at++) {
      const digit = hexDigit(bytes[at] as number);
      if (digit < 0) return false;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    return true;
  }

  #readDecimal(bytes: Buffer, from: number, to: number): boolean {
    const negative = bytes[from] === DASH;
    const first = negative ? from + 1 : from;
    if (to <= first || to - first > 20) return false;
    let value = 0;
    for (let at = first; at < to; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
    }
    if (value <= 0x7fffffff) {
      this.low = (negative ? -value : value) >>> 0;
      this.high = negative && value > 0 ? 0xffffffff : 0;
      return true;
    }
    const exact = BigInt(bytes.toString('latin1', from, to));
    if (BigInt.asUintN(64, exact) !== exact && BigInt.asIntN(64, exact) !== exact) return false;
    this.low = Number(BigInt.asUintN(32, exact));
    this.high = Number(BigInt.asUintN(32, exact >> 32n));
    return true;
  }

  #nameText(word: number): string {
    const { bytes } = this.#event as LineEvent;
    return bytes.toString('latin1', this.#nameFrom[word], (this.#valueFrom[word] as number) - 1);
  }

  #valueText(word: number): string {
    const { bytes } = this.#event as LineEvent;
    return bytes.toString('latin1', this.#valueFrom[word], this.#valueTo[word]);
  }

  #wrong(index: number, expected: string, found: string): InputError {
    const { line, name } = this.#event as LineEvent;
    const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
    const printable = shown.replace(/\p{Cc}/gu, '·');
    return new InputError(
      this.file,
      line,
      `expected ${expected} for "${this.#names[index]}" of ${name}, found ${printable}`,
    );
  }
}

function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= 57) return byte - ZERO;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** The closing quote of a string, or the last byte. */
function endOfString(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== QUOTE) at++;
  return Math.min(at, to - 1);
}
