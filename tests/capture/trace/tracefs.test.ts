/** tracefs text: every way a kernel prints a line, and what is said of a line that is none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceReader } from '../../../src/capture/trace/reader.js';
import { InputError } from '../../../src/io/input-error.js';
import { HEADER, TraceText } from '../trace-text.js';
import { parseTrace, type Trace } from './parse.js';

const read = (...lines: string[]): Trace => parseTrace(`${lines.join('\n')}\n`, 'trace.txt');
const only = (line: string) => {
  const { events } = read(line);
  expect(events).toHaveLength(1);
  return events[0];
};

const REST = 'upd: (update_range_prot+0x0/0x128) start=0xffff000013d63000 size=0x1000';

describe('a line', () => {
  it.each([
    ['five flag characters', `            insm-127     [001] d..1.    27.924198: ${REST}`],
    ['four of older kernels', `            insm-127     [001] d..1    27.924198: ${REST}`],
    ['no flags at all', `            insm-127     [001]    27.924198: ${REST}`],
    [
      'a thread group, as record-tgid prints it',
      `   insm-127     (    127) [001] d....    27.924198: ${REST}`,
    ],
    ['an unknown thread group', `            insm-127     (-------) [001] d....    27.924198: ${REST}`],
    ['no padding', `insm-127 [001] ..... 27.924198: ${REST}`],
    ['time in nanoseconds', `            insm-127     [001] d....    27924198000: ${REST}`],
    ['time to the nanosecond', `            insm-127     [001] d....    27.924198000: ${REST}`],
    ['tabs for blanks', `\tinsm-127\t[001]\td....\t27.924198:\t${REST}`],
    ['colours', `            \x1b[1;31minsm-127\x1b[m     [001] d....    27.924198: ${REST}\x1b[0m\r`],
    ['a quotation mark', `>             insm-127     [001] d....    27.924198: ${REST}`],
    ['two quotation marks', `> > insm-127     [001] d....    27.924198: ${REST}`],
    ['its module', `  insm-127     [001] d....    27.924198: ${REST.replace(')', ' [linear])')}`],
    ['a carriage return at its end', `            insm-127     [001] d....    27.924198: ${REST}\r`],
  ])('with %s', (_what, line) => {
    expect(only(line)).toEqual({
      line: 1,
      seconds: 27.924198,
      task: 'insm-127',
      cpu: 1,
      name: 'upd',
      function: 'update_range_prot',
      suffix: '',
      isReturn: false,
      caller: '',
      text: 'start=0xffff000013d63000 size=0x1000',
    });
  });

  it.each([
    'comm-with-dashes-12',
    'a b-12',
    'kworker/u4:3-ev-77',
    '<...>-4100',
    'x-1 [000] y-5',
    '(sd-pam)-9',
  ])('of the task %s', (task) => {
    expect(only(`   ${task}    [001] d....    27.924198: ${REST}`)?.task).toBe(task);
  });

  it('of a clock that counts something of its own, without seconds', () => {
    expect(only(`  insm-127     [001] d....    27924198: ${REST}`)).toMatchObject({ seconds: null });
  });

  it('of an idle task, which is another on each CPU', () => {
    const idle = (cpu: string) => only(`          <idle>-0       [${cpu}] d.h1.    27.924198: ${REST}`)?.task;
    expect(idle('000')).not.toBe(idle('001'));
    expect(idle('001')).toBe(idle('001'));
  });

  it.each(['.part.0', '.isra.0', '.constprop.0', '.cold.3', '.cold', '.constprop.0.isra.1'])(
    'of a function that a compiler cut up: %s',
    (suffix) => {
      const event = only(
        `  a-1 [0] d.... 1.0: s: (split_kernel_leaf_mapping_locked${suffix}+0x0/0x390) addr=0xffff000013d63000`,
      );
      expect(event).toMatchObject({ function: 'split_kernel_leaf_mapping_locked', suffix, caller: '' });
    },
  );

  it.each([
    ['(split_pmd+0x54/0x238 <- __pgd_pgtable_alloc) pa=0x53d65000', '__pgd_pgtable_alloc', 'split_pmd', ''],
    ['(split_pmd.isra.0+0x54/0x238 <- __pgd_pgtable_alloc) pa=0x1', '__pgd_pgtable_alloc', 'split_pmd', ''],
    ['(a+0x54/0x238 <- update_range_prot.constprop.0) ret=0', 'update_range_prot', 'a', '.constprop.0'],
  ])('of a return probe: %s', (rest, probed, caller, suffix) => {
    expect(only(`  a-1 [0] d.... 1.0: r: ${rest}`)).toMatchObject({ function: probed, caller, suffix });
  });

  it('of a probe without arguments', () => {
    expect(only('  a-1 [0] d.... 1.0: r: (vm_unmap_aliases+0x0/0x10)')).toMatchObject({ text: '' });
  });

  it('of a marker keeps its text whole', () => {
    const line = '            init-1       [001] ...2.    27.868010: tracing_mark_write: SNAP_a: (b)_REQ';
    expect(only(line)).toMatchObject({ name: 'tracing_mark_write', function: '', text: 'SNAP_a: (b)_REQ' });
  });
});

describe('a text', () => {
  const withLatency = HEADER;
  const short = [
    '# tracer: nop',
    '#',
    '#           TASK-PID    CPU#    TIMESTAMP  FUNCTION',
    '#              | |       |          |         |',
  ];
  it.each([
    ['with the header of latency flags', withLatency],
    ['with the short header', short],
    ['without a header', []],
  ])('%s counts lines from its first', (_what, header) => {
    const { events, summary } = read(...header, `  a-1 [0] 1.0: ${REST}`, '', `  a-1 [0] 1.0: ${REST}`);
    expect(events.map(({ line }) => line)).toEqual([header.length + 1, header.length + 3]);
    expect(summary).toMatchObject({ lost: [], format: 'tracefs', lines: header.length + 3, events: 2 });
  });

  it('reads the same with either newline, and what was written', () => {
    const words = fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/);
    const task = fc.tuple(
      fc.stringMatching(/^[a-zA-Z<][\w/:. -]{0,13}[\w>]$/),
      fc.integer({ min: 1, max: 99999 }),
    );
    const event = fc.tuple(
      task,
      fc.nat(255),
      words,
      words,
      fc.stringMatching(/^[a-z]{1,5}=[0-9a-fx]{1,16}$/),
    );
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom('\n', '\r\n'), (events, newline) => {
        const text = new TraceText();
        for (const [[comm, pid], cpu, name, probed, argument] of events) {
          text.task = `${comm}-${pid}`;
          text.cpu = cpu;
          text.probe(name, probed, argument);
        }
        const trace = parseTrace(text.toString(newline), 't');
        expect(trace.events).toEqual(
          events.map(([[comm, pid], cpu, name, probed, argument], index) => ({
            line: HEADER.length + 1 + index,
            seconds: (28e6 + index + 1) / 1e6,
            task: `${comm}-${pid}`,
            cpu,
            name,
            function: probed,
            suffix: '',
            isReturn: false,
            caller: '',
            text: argument,
          })),
        );
      }),
    );
  });

  it('of nothing is no trace of anything', () => {
    for (const text of ['', '\r\n\n', '# tracer: nop\n']) {
      const { events, summary } = parseTrace(text, 't');
      expect([events, summary.events, summary.functions, summary.firstSeconds]).toEqual([[], 0, {}, null]);
    }
  });
});

describe('what is no event is an InputError that names the line', () => {
  it.each([
    ['a line of prose', 'nothing to see here'],
    ['no CPU', `  insm-127 d.... 27.924198: ${REST}`],
    ['no pid', `  insm [001] d.... 27.924198: ${REST}`],
    ['no time', `  insm-127 [001] d.... ${REST}`],
    ['no function in parentheses', '  insm-127 [001] d.... 27.9: upd: start=0x1'],
    [
      'a parenthesis that does not close',
      '  insm-127 [001] d.... 27.9: upd: (update_range_prot+0x0/0x128 start=0x1',
    ],
    ['a line cut short', '  insm-127 [001] d.... 27.9'],
    ['a very long line', 'x'.repeat(5000)],
  ])('%s', (_what, line) => {
    const parse = () => read('# tracer: nop', `  a-1 [0] 1.0: ${REST}`, line);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(/^trace\.txt:3: expected [^\n]{1,200}$/);
  });
});

describe('bytes that no tracer writes', () => {
  const event = `  a-1 [000] d.... 1.000000: ${REST}`;
  const other = '  a-1 [000] d.... 1.000000: sched_switch: prev_comm=a';

  it.each([
    ['a line of NUL', [event, '\0\0\0\0', event], 2],
    ['NUL before an event', [event, `\0\0\0\0${event}`], 2],
    ['NUL in an event', [event, event.replace('size', 'si\0ze')], 2],
    ['NUL after an event that is passed over', [event, other, '\0\0'], 3],
    ['NUL in a comment', ['# tracer: nop', '# \0'], 2],
  ])('are refused with their line: %s', (_what, lines, line) => {
    expect(() => read(...lines)).toThrow(
      new RegExp(`^trace\\.txt:${line}: expected text, found a NUL byte$`),
    );
  });

  it.each([
    ['after an event', event],
    ['after an event that is passed over', other],
  ])('control characters are no rest of a line: %s', (_what, before) => {
    expect(() => read(before, '\x01\x02')).toThrow(/^trace\.txt:2: expected a trace event .*, found "··"$/);
  });

  it('are found wherever a piece of the text ends', () => {
    const text = Buffer.from(`${`${event}\n`.repeat(2000)}\0\0\n${event}\n`);
    for (const size of [1000, 65536, 65537, text.length]) {
      const reader = new TraceReader('t', { event: () => {} });
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.subarray(i * size, (i + 1) * size),
      );
      expect(() => {
        for (const piece of pieces) reader.push(piece);
        reader.end();
      }).toThrow('t:2001: expected text, found a NUL byte');
    }
  });
});
