/** Traces copied into a capture: tracefs text verbatim, all others rewritten as it, whole or not at all. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { copyTrace } from '../../../src/capture/trace/copy.js';
import { sniffTrace } from '../../../src/capture/trace/sniff.js';
import { InputError } from '../../../src/io/input-error.js';
import { scratchFolder } from '../../scratch-folder.js';
import { callsOf } from '../calls-of.js';
import { traceLines } from '../shipped.js';
import { parseTrace } from './parse.js';
import {
  asBpftrace,
  asPerfScript,
  asTraceCmd,
  coloured,
  crlf,
  quoted,
  quotedPrintable,
  wrapped,
} from './renderings.js';

let folder = '';
beforeEach(() => {
  folder = scratchFolder();
});

const text = traceLines('4k-bbml2/secretmem').join('\n');
const { events } = parseTrace(text, 't');

async function copied(given: string | Uint8Array, to = 'trace.txt') {
  writeFileSync(join(folder, 'given'), given);
  const summary = await copyTrace(join(folder, 'given'), join(folder, to));
  const bytes = readFileSync(join(folder, to));
  return { summary, text: (to.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString() };
}

const callsIn = (trace: string) => [...callsOf(trace, 't').trace.calls].map(({ line, ...call }) => call);

describe('tracefs text', () => {
  it.each<[string, string | Uint8Array]>([
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['CRLF', crlf(text)],
    ['coloured', coloured(text)],
    ['quoted', quoted(text)],
    ['quoted-printable', quotedPrintable(text)],
  ])('is what it was: %s', async (_what, given) => {
    const copy = await copied(given);
    expect(copy.text).toBe(text);
    expect(copy.summary).toMatchObject({
      format: 'tracefs',
      events: events.length,
      lost: [],
      passedOver: {},
    });
  });

  it('is compressed where the name says so', async () => {
    expect((await copied(text, 'trace.txt.gz')).text).toBe(text);
  });

  it('is joined where it was wrapped', async () => {
    const copy = await copied(wrapped(text, 72));
    expect(copy.text.split('\n').length).toBe(text.split('\n').length);
    expect(callsIn(copy.text)).toEqual(callsIn(text));
  });

  it('keeps stacks, losses, notes and what is passed over, in their order', async () => {
    const lines = [
      '# tracer: nop',
      '  a-1 [000] d.... 1.000000: sched_switch: prev_comm=a',
      ' => schedule+0x10/0x20',
      'CPU:1 [LOST 3 EVENTS]',
      '##### CPU 2 buffer started ####',
      '  a-1 [000] d.... 1.000001: tracing_mark_write: SNAP_after_REQ',
      '',
    ];
    const copy = await copied(lines.join('\n'));
    expect(copy.text).toBe(lines.join('\n'));
    expect(copy.summary).toMatchObject({ events: 1, lost: [4, 5], lostEvents: 3, lines: 6 });
  });

  it('says what it holds', async () => {
    const { summary } = await copied(text);
    const count = (pattern: RegExp) => text.split('\n').filter((line) => pattern.test(line)).length;
    expect(summary.functions).toMatchObject({
      update_range_prot: count(/\(update_range_prot\+|<- update_range_prot\)/),
      marker: count(/tracing_mark_write/),
    });
    expect(Object.values(summary.functions).reduce((sum, one) => sum + one, 0)).toBe(summary.events);
    const times = [...text.matchAll(/ (\d+\.\d{6}): /g)].map(([, time]) => Number(time));
    expect([summary.firstSeconds, summary.lastSeconds]).toEqual([times[0], times.at(-1)]);
  });
});

describe('other formats', () => {
  it.each<[string, string]>([
    ['perf-script', asPerfScript(events)],
    ['perf-script', asPerfScript(events, { chains: true })],
    ['perf-script', asPerfScript(events, { nanoseconds: true })],
    ['trace-cmd', asTraceCmd(events)],
    ['trace-cmd', asTraceCmd(events, { addresses: true })],
    ['bpftrace', asBpftrace(events)],
  ])('become tracefs text with the same calls: %s', async (format, given) => {
    const copy = await copied(given);
    expect(copy.summary.format).toBe(format);
    expect(sniffTrace(copy.text)).toBe('tracefs');
    expect(callsIn(copy.text)).toEqual(callsIn(given));
    expect((await copied(copy.text)).text).toBe(copy.text);
  });

  it('keep their losses', async () => {
    const given = asTraceCmd(events).replace('\n', '\nCPU:1 [5 EVENTS DROPPED]\n');
    const copy = await copied(given);
    expect(parseTrace(copy.text, 't').summary).toMatchObject({ lostEvents: 5, events: copy.summary.events });
  });
});

describe('nothing is written', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['of a text that is no trace', 'prose\n', /given:1: expected a trace event/],
    ['of a trace that breaks off', text.slice(0, -60), /given:\d+: expected a trace event/],
    [
      'of gzip that breaks off',
      gzipSync(text).subarray(0, 2000),
      /given: expected complete gzip data, found an end/,
    ],
  ])('%s', async (_what, given, message) => {
    writeFileSync(join(folder, 'trace.txt'), 'before');
    await expect(copied(given)).rejects.toThrow(InputError);
    await expect(copied(given)).rejects.toThrow(message);
    expect(readdirSync(folder).sort()).toEqual(['given', 'trace.txt']);
    expect(readFileSync(join(folder, 'trace.txt'), 'utf8')).toBe('before');
  });

  it('where there is no such file or place', async () => {
    await expect(copyTrace(join(folder, 'none'), join(folder, 'trace.txt'))).rejects.toThrow(
      /none: expected a/,
    );
    writeFileSync(join(folder, 'given'), text);
    await expect(copyTrace(join(folder, 'given'), join(folder, 'none', 'trace.txt'))).rejects.toThrow(
      /trace\.txt: expected a place to write a file, found no such file or directory/,
    );
  });
});
