// What a bpftrace program prints, where it prints as docs/traces.md recommends: the function, then `name=value` words.
//
//   update_range_prot start=0xffff… size=0x1000 set=0x80 clear=0x8000000000000 pid=127 cpu=1 nsecs=27928750000 comm=insm
import { ByteTable } from './byte-table.js';
import { LineEvent, type ProbeSite } from './event.js';
import { afterBlanks, indexIn, isBlank } from './line-head.js';
import { FLUSH_NAME, functionOfName, isReturnName } from './signatures.js';
import type { TraceSyntax } from './syntax.js';
import { frameAt } from './tracefs.js';

const EQUALS = 61;
const PLUS = 43;
const ZERO = 48;
const PROBE_TYPE = /^(k(?:ret)?probe|k(?:ret)?func|fentry|fexit):(?:[\w-]+:)?/;
/** The first that bpftrace says. */
export const ATTACHED = /^Attach(?:ing|ed) \d+ probes?/;
const REMARK = /^(?:@|\^C|WARNING:|stdin:\d)/;
const BEGINS = /^\s*(?:\w+:)*([A-Za-z_][\w.]*)(?:\s|$)/;
/** Words that tell of the moment; all others are the probe's. */
const MOMENT = new Set(['comm', 'pid', 'tid', 'cpu', 'nsecs', 'time', 'elapsed']);
const MOMENT_WORD = /(?:^|\s)(?:pid|tid|cpu|nsecs|time|elapsed)=\S*|(?:^|\s)comm=.{0,64}?(?=\s+\w+=|$)/g;

class BpftraceEvent extends LineEvent {
  override get text(): string {
    return probeWords(super.text);
  }
}

/** The words of a line that are the probe's. */
function probeWords(text: string): string {
  return text.replace(MOMENT_WORD, '').trim();
}

export class BpftraceSyntax implements TraceSyntax {
  readonly format = 'bpftrace';
  readonly expected = 'function name=value … pid= cpu= nsecs= comm=';
  readonly #sites = new ByteTable<ProbeSite>();
  readonly #tasks = new ByteTable<Map<number, string>>();
  readonly #names = new ByteTable<string>();
  readonly #frames = new ByteTable<string>();

  constructor(private readonly given: ReadonlyMap<string, string>) {}

  parse(bytes: Buffer, from: number, to: number, line: number): LineEvent | null {
    const start = afterBlanks(bytes, from, to);
    const end = endOfWord(bytes, start, to);
    if (end === start) return null;
    const site = this.#sites.get(bytes, start, end) ?? this.#siteOf(bytes, start, end);
    if (site === null) return null;

    let comm = '';
    let pid = -1;
    let cpu: number | null = null;
    let seconds: number | null = null;
    const words = afterBlanks(bytes, end, to);
    for (let at = words; at < to; ) {
      let wordEnd = endOfWord(bytes, at, to);
      const equals = indexIn(bytes, EQUALS, at, wordEnd);
      if (equals <= at) return null;
      const name = this.#names.get(bytes, at, equals) ?? this.#nameOf(bytes, at, equals);
      if (MOMENT.has(name)) {
        if (name === 'comm') {
          wordEnd = this.#endOfComm(bytes, wordEnd, to);
          comm = bytes.toString('utf8', equals + 1, wordEnd);
        } else {
          const value = decimal(bytes, equals + 1, wordEnd);
          if (value < 0) return null;
          if (name === 'tid' || (name === 'pid' && pid < 0)) pid = value;
          else if (name === 'cpu') cpu = value;
          else if (name === 'nsecs') seconds = value / 1e9;
        }
      }
      at = afterBlanks(bytes, wordEnd, to);
    }
    return new BpftraceEvent(line, seconds, this.#task(comm, pid, cpu), cpu, site, bytes, from, to, words);
  }

  /** A line of `kstack`: blanks, function, offset in decimal. */
  frame(bytes: Buffer, from: number, to: number): string | null {
    const at = afterBlanks(bytes, from, to);
    const plus = indexIn(bytes, PLUS, at, to);
    if (at === from || plus <= at || endOfWord(bytes, at, to) !== to) return null;
    return decimal(bytes, plus + 1, to) < 0 ? null : frameAt(this.#frames, bytes, at, to);
  }

  begins(text: string): boolean {
    const word = BEGINS.exec(text);
    return word !== null && functionOfName(word[1] as string, [], this.given) !== null;
  }

  isRemark(text: string): boolean {
    return ATTACHED.test(text) || REMARK.test(text);
  }

  #siteOf(bytes: Buffer, from: number, to: number): ProbeSite | null {
    const word = bytes.toString('utf8', from, to);
    const type = PROBE_TYPE.exec(word)?.[1] ?? '';
    const name = word.replace(PROBE_TYPE, '').replace(/:$/, '');
    const probed = functionOfName(name, [], this.given);
    if (probed === null || !/^[A-Za-z_][\w.]*$/.test(name)) return null;
    const isReturn = /ret|fexit/.test(type) || (isReturnName(name) && !FLUSH_NAME.test(name));
    const site: ProbeSite = { kind: 'probe', name, function: probed, suffix: '', isReturn, caller: '' };
    return this.#sites.add(bytes, from, to, site);
  }

  #nameOf(bytes: Buffer, from: number, to: number): string {
    return this.#names.add(bytes, from, to, bytes.toString('utf8', from, to));
  }

  /** A task's name may hold blanks: it goes on until the next word with an equals sign. */
  #endOfComm(bytes: Buffer, from: number, to: number): number {
    let end = from;
    for (let at = afterBlanks(bytes, end, to); at < to; at = afterBlanks(bytes, end, to)) {
      const wordEnd = endOfWord(bytes, at, to);
      if (indexIn(bytes, EQUALS, at, wordEnd) > at) return end;
      end = wordEnd;
    }
    return end;
  }

  #task(comm: string, pid: number, cpu: number | null): string {
    const key = Buffer.from(comm);
    const byPid = this.#tasks.get(key, 0, key.length) ?? this.#tasks.add(key, 0, key.length, new Map());
    const known = byPid.get(pid === 0 ? -2 - (cpu ?? 0) : pid);
    if (known !== undefined) return known;
    const task =
      pid === 0 ? `<idle>-0 [${cpu ?? 0}]` : `${comm === '' ? '<...>' : comm}${pid < 0 ? '' : `-${pid}`}`;
    if (byPid.size > 1e5) byPid.clear();
    byPid.set(pid === 0 ? -2 - (cpu ?? 0) : pid, task);
    return task;
  }
}

function endOfWord(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && !isBlank(bytes[at])) at++;
  return at;
}

/** A decimal number, or −1. */
function decimal(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return to > from ? value : -1;
}
