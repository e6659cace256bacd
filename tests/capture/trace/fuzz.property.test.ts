/** Spoilt traces: each is read or refused with file and line, however it is cut into chunks, and nothing else happens. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceReading } from '../../../src/capture/trace-reading.js';
import { InputError } from '../../../src/io/input-error.js';
import { runs } from '../../core/runs.js';
import { shipped, traceLines } from '../shipped.js';
import { parseTrace } from './parse.js';
import { asBpftrace, asPerfScript, asTraceCmd, coloured, quotedPrintable, wrapped } from './renderings.js';

/** Some lines of each capture, in every format. */
const samples: string[] = shipped.flatMap((name) => {
  const text = `${traceLines(name).slice(0, 60).join('\n')}\n`;
  const { events } = parseTrace(text, 't');
  return [
    text,
    coloured(text),
    quotedPrintable(text),
    wrapped(text, 72),
    asPerfScript(events, { chains: true }),
    asTraceCmd(events),
    asBpftrace(events),
  ];
});

const TEXTS = [
  ' => update_range_prot\n',
  'CPU:1 [LOST 3 EVENTS]\n',
  '=\n',
  '=3D',
  '\x1b[31m',
  '> ',
  '\r\n',
  '\n\n',
  '[001]',
  '(update_range_prot+0x0/0x128)',
  ' start=0xffff000000000000',
  '0x10000000000000000',
  '\0',
  '\ufffd',
  'comm=a b',
  '<stack trace>\n',
];

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.nat(80) }),
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('text' as const), at: fc.nat(), text: fc.constantFrom(...TEXTS) }),
  fc.record({ kind: fc.constant('copy' as const), at: fc.nat(), from: fc.nat(), length: fc.nat(200) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = change.at % (bytes.length + 1);
  const put = (piece: Buffer) => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  switch (change.kind) {
    case 'cut':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + change.length)]);
    case 'byte':
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(change.value), bytes.subarray(at + 1)]);
    case 'text':
      return put(Buffer.from(change.text));
    case 'copy': {
      const from = change.from % (bytes.length + 1);
      return put(bytes.subarray(from, from + change.length));
    }
  }
}

/** What comes of a text: its calls, or why not. */
function outcome(chunks: Buffer[]): unknown {
  const reading = new TraceReading('a.txt');
  try {
    for (const chunk of chunks) {
      // The reader must not hold on to bytes that are used again.
      const lent = Buffer.from(chunk);
      reading.push(lent);
      lent.fill(0);
    }
    const { trace, summary } = reading.end();
    return { calls: [...trace.calls], armed: trace.armed, summary };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^a\.txt:\d+: expected [^\n]{1,400}$/);
    return error.message;
  }
}

/** A spoilt piece of a sample, and the sample it was. */
const spoiltSample = fc
  .tuple(fc.constantFrom(...samples), fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([text, start, mutations]) => {
    const bytes = Buffer.from(text);
    // Whole lines, lest most be refused for their first or last.
    const from = bytes.indexOf('\n', start % bytes.length) + 1;
    const to = bytes.lastIndexOf('\n', from + 2500) + 1;
    return { sample: bytes, bytes: mutations.reduce(mutate, bytes.subarray(from, to)) };
  });
const spoilt = spoiltSample.map(({ bytes }) => bytes);

describe('a spoilt trace', () => {
  it('is read or refused', () => {
    let refused = 0;
    let read = 0;
    fc.assert(
      fc.property(spoilt, (bytes) => {
        if (typeof outcome([bytes]) === 'string') refused++;
        else read++;
      }),
      { numRuns: runs(40_000) },
    );
    const tenth = (refused + read) / 10;
    expect([refused > tenth, read > tenth]).toEqual([true, true]);
  });

  it('is the same in whatever chunks it comes', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(spoiltSample, cuts, ({ sample, bytes }, sizes) => {
        // What decides about the format is read at once, so that only what comes after it is cut.
        const before = Buffer.alloc(Math.ceil(2 ** 16 / sample.length) * sample.length, sample);
        const chunks: Buffer[] = [before];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] as number;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(outcome(chunks)).toEqual(outcome([Buffer.concat([before, bytes])]));
      }),
      { numRuns: runs(250) },
    );
  });

  it('of any bytes is refused or empty', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        outcome([Buffer.from(bytes)]);
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe('a large trace', () => {
  const line = (index: number) =>
    `  insm-1 [000] d.... 1.${String(index % 1_000_000).padStart(6, '0')}: upd: (update_range_prot+0x0/0x128) ` +
    `start=0x${(0xffff000000000000n + BigInt(index % 1000) * 4096n).toString(16)} size=0x1000 set=0x80 clear=0x0\n`;
  const many = Array.from({ length: 3000 }, (_, index) => line(index)).join('');

  it('is the same in large and small chunks', () => {
    const whole = outcome([Buffer.from(many)]);
    for (const size of [1000, 4096, 65_536, 100_000]) {
      const chunks: Buffer[] = [];
      const bytes = Buffer.from(many);
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      expect(outcome(chunks)).toEqual(whole);
    }
  });

  it('with a line that never ends is refused with the number of that line', () => {
    const endless = [...Array(40)].map(() => Buffer.alloc(4096, 'x'));
    expect(outcome([Buffer.from(line(0)), ...endless])).toMatch(
      /^a\.txt:2: expected lines of at most \d+ bytes/,
    );
    expect(outcome([Buffer.from(line(0)), Buffer.concat([...endless, Buffer.from('\n')])])).toMatch(
      /^a\.txt:2: /,
    );
  });
});
