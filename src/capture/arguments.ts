// The `name=value` words of a probe, read by name.
import { type Address, fromWords } from '../io/address.js';
import { InputError } from '../io/input-error.js';
import type { TraceEvent } from './trace.js';

/** Reads the arguments of events; a missing or malformed one is an InputError with the trace's file and line. */
export class ProbeArguments {
  constructor(private readonly file: string) {}

  /** An address or another 64-bit value of the signed-double convention. */
  address(event: TraceEvent, name: string): Address {
    const text = this.text(event, name);
    const hex = /^0x([0-9a-f]{1,16})$/i.exec(text)?.[1];
    if (hex === undefined) return this.#integer(event, name, text);
    const low = Number.parseInt(hex.slice(-8), 16);
    const high = hex.length > 8 ? Number.parseInt(hex.slice(0, -8), 16) : 0;
    try {
      return fromWords(low, high);
    } catch {
      throw this.#wrong(event, name, 'an address in the top or bottom 2^52 bytes', text);
    }
  }

  /** A whole number of any width, as 64 bits. */
  bits(event: TraceEvent, name: string): bigint {
    const text = this.text(event, name);
    if (!/^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/i.test(text)) throw this.#wrong(event, name, 'a number', text);
    return BigInt.asUintN(64, BigInt(text));
  }

  /** A 32-bit signed number, however the probe printed it. */
  int(event: TraceEvent, name: string): number {
    return Number(BigInt.asIntN(32, this.bits(event, name)));
  }

  text(event: TraceEvent, name: string): string {
    const words = event.text;
    const key = `${name}=`;
    const at = words.startsWith(key) ? 0 : words.indexOf(` ${key}`) + 1;
    if (at === 0 && !words.startsWith(key))
      throw this.#wrong(event, name, 'an argument of this name', 'none');
    const start = at + key.length;
    const end = words.indexOf(' ', start);
    return words.slice(start, end < 0 ? words.length : end);
  }

  #integer(event: TraceEvent, name: string, text: string): number {
    if (/^-?\d{1,16}$/.test(text)) return Number(text);
    throw this.#wrong(event, name, 'a hex address', text);
  }

  #wrong(event: TraceEvent, name: string, expected: string, found: string): InputError {
    return new InputError(
      this.file,
      event.line,
      `expected ${expected} for "${name}" of ${event.name}, found ${found}`,
    );
  }
}
