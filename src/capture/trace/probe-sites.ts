// What an event's name and the parenthesis after it say: which function was probed, and on its way in or out.
import { ByteTable } from './byte-table.js';
import type { ProbeSite } from './event.js';
import { FLUSH_NAME, functionOfName, isReturnName } from './signatures.js';

//            (function+off/size [module] <- function+off/size)
const PROBE =
  /^\(([\w.$]+)(?:\+0x[0-9a-f]+)?(?:\/0x[0-9a-f]+)?(?: \[[\w-]+\])?(?: <- ([\w.$]+)(?:\+0x[0-9a-f]+)?(?:\/0x[0-9a-f]+)?(?: \[[\w-]+\])?)?\)$/;
const ADDRESS = /^(?:0x[0-9a-f]+|[0-9a-f]{8,16})$/;
const SUFFIX = /\.(?:(?:part|isra|constprop|cold|llvm)(?:\.\d+)?)/g;
const WORD_NAME = /(?:^|\s)([A-Za-z_%][\w%.]*)=/g;

export const MARKER = 'tracing_mark_write';
const MARKER_SITE: ProbeSite = siteOf('marker', MARKER);
export const STACK_SITE: ProbeSite = siteOf('stack', '<stack trace>');
/** Not cached and not a probe: the line is none that can be read. */
const UNREADABLE = null;

/** Sites of probes by the bytes that print them; each is worked out once. */
export class ProbeSites {
  readonly #probes = new ByteTable<ProbeSite>();
  readonly #bare = new ByteTable<ProbeSite>();

  /** @param given function by name of the probe, where the user says so */
  constructor(readonly given: ReadonlyMap<string, string>) {}

  /**
   * The site of `name: (function+0x0/0x10)`, which are the bytes [from, to); the probe's words follow until `end`.
   * null where the parenthesis holds something else.
   */
  probe(bytes: Buffer, from: number, to: number, end: number): ProbeSite | null {
    const known = this.#probes.get(bytes, from, to);
    if (known !== undefined) return known;
    const text = bytes.toString('utf8', from, to);
    const open = text.indexOf('(');
    const name = plainName(text.slice(0, open));
    const site = this.#parenthesised(name, text.slice(open), bytes.toString('utf8', to, end));
    return site === UNREADABLE ? null : this.#probes.add(bytes, from, to, site);
  }

  /** The site of an event without a parenthesis, which has the name in [from, to): a marker, or another tracer's. */
  bare(bytes: Buffer, from: number, to: number): ProbeSite | null {
    const known = this.#bare.get(bytes, from, to);
    if (known !== undefined) return known;
    const site = this.#named(plainName(bytes.toString('utf8', from, to)));
    return site === UNREADABLE ? null : this.#bare.add(bytes, from, to, site);
  }

  /** The site of a probe of which nothing but the name is known; `other` where that says nothing. */
  byName(name: string, isReturn: boolean, words: string): ProbeSite {
    const argumentNames = [...words.matchAll(WORD_NAME)].map(([, word = '']) => word);
    const probed = functionOfName(name, argumentNames, this.given);
    if (probed === null) return siteOf('other', name);
    return { kind: 'probe', name, function: probed, suffix: '', isReturn, caller: '' };
  }

  #parenthesised(name: string, text: string, words: string): ProbeSite | null {
    const [, first, second] = PROBE.exec(text) ?? [];
    if (first === undefined) return UNREADABLE;
    const isReturn = second !== undefined;
    const probed = second ?? first;
    if (ADDRESS.test(probed)) return this.byName(name, isReturn, words);
    const stated = this.given.get(name);
    const plain = probed.replace(SUFFIX, '');
    return {
      kind: 'probe',
      name,
      function: stated ?? plain,
      suffix: probed.slice(plain.length),
      isReturn,
      caller: isReturn && !ADDRESS.test(first) ? first.replace(SUFFIX, '') : '',
    };
  }

  /**
   * A probe always prints its parenthesis, so an event without one is another tracer's; unless a program printed it
   * under the function's own name.
   */
  #named(name: string): ProbeSite | null {
    if (name === MARKER || name === 'print') return MARKER_SITE;
    if (name === 'kernel_stack') return STACK_SITE;
    if (/LOST/.test(name)) return UNREADABLE;
    const probed = functionOfName(name, [], this.given);
    if (probed === null || FLUSH_NAME.test(name)) return siteOf('other', name);
    if (probed !== name.replace(/__return$/, '') && !this.given.has(name)) return UNREADABLE;
    return { kind: 'probe', name, function: probed, suffix: '', isReturn: isReturnName(name), caller: '' };
  }
}

/** `probe:upd: ` and `upd:` are both `upd`. */
function plainName(text: string): string {
  const name = text.trim().replace(/:$/, '');
  return name.slice(name.lastIndexOf(':') + 1);
}

function siteOf(kind: ProbeSite['kind'], name: string): ProbeSite {
  return { kind, name, function: '', suffix: '', isReturn: false, caller: '' };
}
