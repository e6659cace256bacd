/** What tracers say of events that they lost: it is heard in every format, and counted where it is told. */
import { describe, expect, it } from 'vitest';
import { masks } from '../../../src/core/operations.js';
import { callsOf } from '../calls-of.js';
import { TraceText } from '../trace-text.js';
import { parseTrace } from './parse.js';
import { asBpftrace, asPerfScript, asTraceCmd } from './renderings.js';

const EVENT =
  '  a-1 [000] d.... 1.000000: upd: (update_range_prot+0x0/0x128) start=0x0 size=0x1000 set=0x0 clear=0x0';
const { events } = parseTrace(`${EVENT}\n${EVENT}\n`, 't');

/** The text with a line put in after its first event. */
function withLine(text: string, line: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((one) => one.includes('update_range_prot'));
  return lines.toSpliced(first + 1, 0, line).join('\n');
}

describe('a loss is heard', () => {
  it.each<[string, string, number, string]>([
    ['tracefs', 'CPU:1 [LOST 3 EVENTS]', 3, `${EVENT}\n${EVENT}\n`],
    ['tracefs, of unknown number', 'CPU:1 [LOST EVENTS]', 0, `${EVENT}\n${EVENT}\n`],
    ['tracefs, indented, CRLF', '\tCPU:0 [LOST 120 EVENTS]\r', 120, `${EVENT}\n${EVENT}\n`],
    ['trace-cmd', 'CPU:1 [42 EVENTS DROPPED]', 42, asTraceCmd(events)],
    ['trace-cmd, of unknown number', 'CPU:1 [EVENTS DROPPED]', 0, asTraceCmd(events)],
    [
      'perf script',
      '            insm   127 [001]     1.000000: PERF_RECORD_LOST lost 17',
      17,
      asPerfScript(events),
    ],
    [
      'perf script, as an event',
      '            insm   127 [001]     1.000000: unknown: PERF_RECORD_LOST lost 9',
      9,
      asPerfScript(events),
    ],
    ['perf record', 'Processed 200 events and lost 3 chunks!', 3, asPerfScript(events)],
    ['bpftrace', 'Lost 9 events', 9, asBpftrace(events)],
  ])('%s', (_what, line, lostEvents, text) => {
    const { events: read, summary } = parseTrace(withLine(text, line), 't');
    expect(read).toHaveLength(2);
    expect(summary.lost).toEqual([
      1 + text.split('\n').findIndex((one) => one.includes('update_range_prot')) + 1,
    ]);
    expect(summary.lostEvents).toBe(lostEvents);
  });

  it('of a number that no trace can lose is one of unknown number', () => {
    const text = `${EVENT}\nCPU:1 [LOST 18446744073709551615 EVENTS]\n${EVENT}\nCPU:0 [LOST 2 EVENTS]\n`;
    expect(parseTrace(text, 't').summary).toMatchObject({ lost: [2, 4], lostEvents: 2 });
  });

  it('in the header, where more were written than the buffer had', () => {
    const header = (held: number, written: number) =>
      `# tracer: nop\n#\n# entries-in-buffer/entries-written: ${held}/${written}   #P:2\n#\n${EVENT}\n`;
    expect(parseTrace(header(5, 12), 't').summary).toMatchObject({ lost: [3], lostEvents: 7 });
    expect(parseTrace(header(5, 5), 't').summary).toMatchObject({ lost: [], lostEvents: 0 });
  });

  it('in the note that a buffer begins in the middle, unless the header tells more', () => {
    const note = '##### CPU 2 buffer started ####';
    expect(parseTrace(`${EVENT}\n${note}\n${EVENT}\n`, 't').summary).toMatchObject({
      lost: [2],
      lostEvents: 0,
    });
    const counted = `# entries-in-buffer/entries-written: 2/2   #P:2\n${EVENT}\n${note}\n${EVENT}\n`;
    expect(parseTrace(counted, 't').summary).toMatchObject({ lost: [] });
  });

  it('and not in what only looks like one', () => {
    expect(parseTrace(`## LOST\n${EVENT}\n`, 't').summary).toMatchObject({ lost: [], events: 1 });
  });
});

describe('after a loss', () => {
  it('a return is that of no call before it', () => {
    const text = new TraceText();
    const RO = masks(0x80n, 0n);
    text
      .update(-(2 ** 48), 4096, RO)
      .raw('CPU:1 [LOST 3 EVENTS]')
      .updated('change_memory_common', -12);
    expect([...callsOf(text.toString(), 't').trace.calls]).toMatchObject([
      { kind: 'change', returned: null },
    ]);
  });
});
