/** The end of a trace: a number that was cut in the middle is still a number, so the last line has to be whole. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/io/input-error.js';
import { callsOf } from '../calls-of.js';
import { TraceText } from '../trace-text.js';
import { parseTrace } from './parse.js';
import { asBpftrace, asPerfScript, asTraceCmd } from './renderings.js';

const EVENT =
  '  a-1 [000] d.... 1.000000: upd: (update_range_prot+0x0/0x128) start=0xffff000000001000 size=0x1000 set=0x80 clear=0x8000000000000';
const whole = `${EVENT}\n${EVENT}\n`;
const { events } = parseTrace(whole, 't');

describe('a trace that ends inside of its last line', () => {
  it.each([
    ['tracefs', whole],
    ['trace-cmd', asTraceCmd(events)],
    ['perf script', asPerfScript(events)],
    ['bpftrace', asBpftrace(events)],
    ['tracefs, CRLF', whole.replaceAll('\n', '\r\n')],
  ])('%s: is refused with that line wherever its number was cut', (_format, text) => {
    const from = text.lastIndexOf('clear=') + 'clear=0x8'.length;
    const lines = text.slice(0, from).split('\n').length;
    for (let length = from; length <= from + '000000000000'.length; length++) {
      const read = () => callsOf(text.slice(0, length), 't');
      expect(read).toThrow(InputError);
      expect(read).toThrow(
        new RegExp(`^t:${lines}: expected a newline after the last line, which may be cut, found the end`),
      );
    }
    expect([...callsOf(text, 't').trace.calls]).toHaveLength(2);
  });

  it('is refused where a mail program wrapped that line, and where a return value may be cut', () => {
    const wrapped = whole.replaceAll(' set=', '\n set=');
    expect(() => callsOf(wrapped.slice(0, -4), 't')).toThrow(/^t:4: expected a newline/);
    const returned = new TraceText().updated('set_memory_ro', -12).toString();
    expect(() => callsOf(returned.slice(0, -2), 't')).toThrow(/expected a newline .* after "ret=-1"$/);
  });

  it('is refused in the name of a map', () => {
    const text = new TraceText().marker('after', 'REQ').toString();
    expect(() => callsOf(text.slice(0, -2), 't')).toThrow(/expected a newline .* after "SNAP_after_RE"$/);
    expect([...callsOf(text.slice(0, -1), 't').trace.calls]).toMatchObject([{ name: 'after' }]);
  });

  it.each([
    ['a number of 64 bits', `${EVENT}\n${EVENT.replace('clear=0x8', 'clear=0x0008')}`],
    ['a comment', `${whole}# the end`],
    ['an event of another tracer', `${whole}  a-1 [000] d.... 1.0: sched_switch: prev_pid=1`],
    ['a loss', `${whole}CPU:1 [LOST 3 EVENTS]`],
    ['a stack', `${whole} => update_range_prot`],
  ])('is not refused where nothing can be missing: %s', (_what, text) => {
    expect([...callsOf(text, 't').trace.calls]).toHaveLength(2);
  });
});
