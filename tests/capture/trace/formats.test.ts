/** Captured traces as other tools print them and as people send them: read again, they are the same calls. */
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/capture/calls.js';
import type { TraceFormat } from '../../../src/capture/trace/event.js';
import { sniffTrace } from '../../../src/capture/trace/sniff.js';
import { callsOf } from '../calls-of.js';
import { shipped, traceLines } from '../shipped.js';
import { parseTrace } from './parse.js';
import {
  asBpftrace,
  asPerfScript,
  asTraceCmd,
  coloured,
  crlf,
  cut,
  nanoseconds,
  quoted,
  quotedPrintable,
  tabbed,
  wrapped,
} from './renderings.js';

type Placeless = Call extends infer One ? (One extends Call ? Omit<One, 'line'> : never) : never;

const textOf = (name: string): string => traceLines(name).join('\n');

/** Calls without their lines, which other texts have elsewhere; all that a format carries. */
function callsIn(text: string): Placeless[] {
  return [...callsOf(text, 't').trace.calls].map(({ line, ...call }) => call);
}

function readAs(format: TraceFormat, text: string): Placeless[] {
  expect(sniffTrace(text.slice(0, 20_000))).toBe(format);
  const { trace, summary } = callsOf(text, 't');
  expect(summary).toMatchObject({ format, lost: [], passedOver: {} });
  return [...trace.calls].map(({ line, ...call }) => call);
}

describe.each(shipped)('%s', (name) => {
  const text = textOf(name);
  const expected = callsIn(text);
  const { events } = parseTrace(text, 't');

  it.each<[string, (text: string) => string]>([
    ['CRLF', crlf],
    ['colours', coloured],
    ['colours and CRLF', (plain) => crlf(coloured(plain))],
    ['quoted', quoted],
    ['quoted twice', (plain) => quoted(quoted(plain))],
    ['tabs', tabbed],
    ['nanoseconds', nanoseconds],
    ['wrapped at 72', (plain) => wrapped(plain, 72)],
    ['wrapped at 76 and quoted, CRLF', (plain) => crlf(quoted(wrapped(plain, 76)))],
    ['wrapped at 60', (plain) => wrapped(plain, 60)],
    ['cut at 80', (plain) => cut(plain, 80)],
    ['cut at 100, coloured', (plain) => coloured(cut(plain, 100))],
    ['quoted-printable', quotedPrintable],
    ['quoted-printable of a quotation, CRLF', (plain) => crlf(quotedPrintable(quoted(plain)))],
    ['without its header', (plain) => plain.replace(/^#.*\n/gm, '')],
    ['with a thread group', (plain) => plain.replace(/^( +\S+-\d+ +)\[/gm, '$1(    127) [')],
    ['with four flags', (plain) => plain.replace(/(\] [d.]..[\d.])\./g, '$1')],
    ['with a mark of order', (plain) => `\ufeff${plain}`],
  ])('%s', (_what, mangled) => {
    expect(readAs('tracefs', mangled(text))).toEqual(expected);
  });

  it.each<[string, string]>([
    ['trace-cmd', asTraceCmd(events)],
    ['trace-cmd with flags', asTraceCmd(events, { flags: true })],
    ['trace-cmd, wrapped and quoted', quoted(wrapped(asTraceCmd(events), 72))],
  ])('%s', (_what, other) => {
    expect(readAs('trace-cmd', other)).toEqual(expected);
  });

  // Without the function returned to, the caller is the one that the entry's probe showed.
  it.each<[string, TraceFormat, string]>([
    ['trace-cmd with addresses', 'trace-cmd', asTraceCmd(events, { addresses: true })],
    ['perf script', 'perf-script', asPerfScript(events)],
    ['perf script, to the nanosecond', 'perf-script', asPerfScript(events, { nanoseconds: true })],
    ['perf script, CRLF', 'perf-script', crlf(asPerfScript(events))],
    ['perf script, wrapped', 'perf-script', wrapped(asPerfScript(events), 72)],
    ['perf script, wrapped and quoted', 'perf-script', quoted(wrapped(asPerfScript(events), 72))],
  ])('%s', (_what, format, other) => {
    expect(readAs(format, other)).toEqual(expected);
  });

  it('perf script with call chains', () => {
    const calls = readAs('perf-script', asPerfScript(events, { chains: true }));
    const stacks = calls.flatMap((call) => (call.kind === 'change' ? [call.stack] : []));
    expect(stacks.every(([probed, below]) => probed === 'update_range_prot' && below === 'el0_svc')).toBe(
      true,
    );
    expect(calls.map(placeless)).toEqual(expected.map(placeless));
  });

  it.each<[string, (text: string) => string]>([
    ['plain', (plain) => plain],
    ['CRLF', crlf],
    ['wrapped at 72', (plain) => wrapped(plain, 72)],
    ['quoted-printable', quotedPrintable],
  ])('bpftrace, %s', (_what, mangled) => {
    const wanted = expected.filter(({ kind }) => kind !== 'marker');
    expect(readAs('bpftrace', mangled(asBpftrace(events)))).toEqual(wanted);
  });
});

/** What does not depend on stacks. */
function placeless(call: Placeless) {
  const { caller, entry, stack, ...rest } = { caller: '', entry: '', stack: [], ...call };
  return rest;
}
