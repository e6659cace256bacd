// What `perf script` prints of probe events, call chains with it or not.
//
//         modprobe    1423 [012]  5123.456789: probe:upd: (ffff800080045e40) start=0xffff0000c1230000 size=0x1000 …
//                 ffff800080045e40 update_range_prot+0x0 ([kernel.kallsyms])
import { ByteTable } from './byte-table.js';
import type { LineEvent } from './event.js';
import { afterBlanks, isBlank, LineHead } from './line-head.js';
import { probeAfter } from './probe-line.js';
import type { ProbeSites } from './probe-sites.js';
import type { TraceSyntax } from './syntax.js';
import { frameAt } from './tracefs.js';

const BEGINS = /^\s*\S.*?\s+\d+(?:\/\d+)?\s+\[\d{1,5}\](?:\s|$)/;
const REMARK = /^(?:Warning:|Processed \d+ events)/;
const MIN_ADDRESS_DIGITS = 8;

export class PerfScriptSyntax implements TraceSyntax {
  readonly format = 'perf-script';
  readonly expected = 'task pid [cpu] time: group:event: (address) …';
  readonly #head = new LineHead('blank');
  readonly #frames = new ByteTable<string>();

  constructor(private readonly sites: ProbeSites) {}

  parse(bytes: Buffer, from: number, to: number, line: number): LineEvent | null {
    if (!this.#head.read(bytes, from, to)) return null;
    const name = afterPeriod(bytes, this.#head.end, to);
    return probeAfter(this.#head, name, this.sites, bytes, from, to, line);
  }

  /** A line of a call chain: address, function, and what it is part of. */
  frame(bytes: Buffer, from: number, to: number): string | null {
    const at = afterBlanks(bytes, from, to);
    let end = at;
    while (end < to && isHexDigit(bytes[end] as number)) end++;
    if (end - at < MIN_ADDRESS_DIGITS || !isBlank(bytes[end])) return null;
    const name = afterBlanks(bytes, end, to);
    return name === to ? null : frameAt(this.#frames, bytes, name, to);
  }

  begins(text: string): boolean {
    return BEGINS.test(text);
  }

  isRemark(text: string): boolean {
    return REMARK.test(text);
  }
}

/** perf prints the period of sampled events between time and name. */
function afterPeriod(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at++;
  return at > from && isBlank(bytes[at]) ? afterBlanks(bytes, at, to) : from;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102) || (byte >= 65 && byte <= 70);
}
