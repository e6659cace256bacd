/** Stacks after events: who asked for a change. */
import { describe, expect, it } from 'vitest';
import { callsOf } from '../calls-of.js';
import { parseTrace } from './parse.js';

const WORDS = 'start=0xffff000013d66000 size=0x1000 set=0x80 clear=0x8000000000000';
const FRAMES = [
  'update_range_prot',
  'change_memory_common',
  'set_memory_ro',
  'module_enable_rodata_ro',
  'load_module',
];
const head = (task = 'insm-127', cpu = '001') => `  ${task} [${cpu}] d.... 27.928750:`;
const change = (task?: string, cpu?: string) =>
  `${head(task, cpu)} upd: (update_range_prot+0x0/0x128) ${WORDS}`;
const stack = (frames = FRAMES) => frames.map((frame) => ` => ${frame}`);

const callsIn = (...lines: string[]) => [...callsOf(`${lines.join('\n')}\n`, 't').trace.calls];
const asked = { caller: 'change_memory_common', entry: 'set_memory_ro', stack: FRAMES, flush: true };

describe('a stack', () => {
  it.each<[string, string[]]>([
    ['of the option, after its event', [change(), `${head()} <stack trace>`, ...stack()]],
    ['without a line of its own', [change(), ...stack()]],
    [
      'with offsets',
      [change(), `${head()} <stack trace>`, ...stack(FRAMES.map((frame) => `${frame}+0x10/0x28`))],
    ],
    [
      'with addresses',
      [change(), `${head()} <stack trace>`, ...stack(FRAMES.map((frame) => `${frame} (ffff800080045e40)`))],
    ],
    [
      'with the tracer’s own functions on it',
      [change(), `${head()} <stack trace>`, ' => kprobe_trace_func', ' => kprobe_dispatcher', ...stack()],
    ],
    ['of trace-cmd', ['cpus=2', change(), `${head()} kernel_stack:         <stack trace >`, ...stack()]],
    [
      'of bpftrace',
      [
        `update_range_prot ${WORDS} pid=127 cpu=1 nsecs=27928750000 comm=insm`,
        ...FRAMES.map((frame) => `    ${frame}+260`),
        '',
      ],
    ],
    [
      'of perf',
      [
        `  insm 127 [001] 27.928750: probe:upd: (ffff800080045e40) ${WORDS}`,
        ...FRAMES.map((frame) => `\tffff800080045e40 ${frame}+0x10 ([kernel.kallsyms])`),
        '',
      ],
    ],
  ])('%s', (_what, lines) => {
    const [call, ...others] = callsIn(...lines);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      kind: 'change',
      caller: asked.caller,
      entry: asked.entry,
      flush: asked.flush,
    });
    expect(call).toMatchObject({ stack: expect.arrayContaining(FRAMES) });
  });

  it('belongs to the task that it is of, whoever came between', () => {
    const calls = callsIn(
      change('a-1', '000'),
      change('b-2'),
      `${head('a-1', '000')} <stack trace>`,
      ...stack(),
    );
    expect(calls).toMatchObject([asked, { task: 'b-2', stack: [], entry: '' }]);
  });

  it('is on the event where it follows it', () => {
    const { events } = parseTrace(`${[change(), ...stack(), change()].join('\n')}\n`, 't');
    expect(events.map(({ stack: frames }) => frames)).toEqual([FRAMES, undefined]);
  });
});

describe('without a stack', () => {
  const entry = (probed: string, words: string) => `${head()} e: (${probed}+0x0/0x40) ${words}`;
  const returned = (caller: string) => `${head()} r: (${caller}+0x4/0x40 <- update_range_prot) ret=0`;

  it.each<[string, string[], { caller: string; entry: string; flush: boolean }]>([
    [
      'public function and common one',
      [entry('set_memory_nx', 'addr=0x0 n=1'), entry('change_memory_common', 'addr=0x0 n=1')],
      { caller: 'change_memory_common', entry: 'set_memory_nx', flush: true },
    ],
    [
      'the public function alone',
      [entry('set_memory_nx', 'addr=0x0 n=1')],
      { caller: 'change_memory_common', entry: 'set_memory_nx', flush: true },
    ],
    [
      'the common one alone',
      [entry('change_memory_common', 'addr=0x0 n=1')],
      { caller: 'change_memory_common', entry: '', flush: true },
    ],
    [
      'a public function that calls another',
      [
        entry('set_direct_map_valid_noflush', 'page=0x0 nr=1 valid=0'),
        entry('set_memory_valid', 'addr=0x0 n=1'),
      ],
      { caller: 'set_memory_valid', entry: 'set_direct_map_valid_noflush', flush: true },
    ],
    [
      'one that does not flush',
      [entry('set_direct_map_default_noflush', 'page=0x0')],
      { caller: 'set_direct_map_default_noflush', entry: 'set_direct_map_default_noflush', flush: false },
    ],
    ['none', [], { caller: '', entry: '', flush: false }],
  ])('entries tell: %s', (_what, entries, expected) => {
    expect(callsIn(...entries, change()).find(({ kind }) => kind === 'change')).toMatchObject(expected);
  });

  it('a return corrects what an entry before it seems to tell', () => {
    const lines = [
      entry('set_memory_ro', 'addr=0x0 n=1'),
      change(),
      returned('set_direct_map_invalid_noflush'),
    ];
    expect(callsIn(...lines).at(-1)).toMatchObject({
      caller: 'set_direct_map_invalid_noflush',
      entry: 'set_direct_map_invalid_noflush',
      flush: false,
    });
  });

  it('bpftrace may print the caller', () => {
    const line = `update_range_prot ${WORDS} caller=change_memory_common+260 pid=1 cpu=0 nsecs=5 comm=a b`;
    expect(callsIn(line)).toMatchObject([{ caller: 'change_memory_common', flush: true, task: 'a b-1' }]);
  });
});
