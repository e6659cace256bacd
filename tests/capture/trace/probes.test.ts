/** Which function an event is on, where its arguments are, and what is not replayed. */
import { describe, expect, it } from 'vitest';
import { parseProbeOption } from '../../../src/capture/trace/signatures.js';
import { sniffTrace } from '../../../src/capture/trace/sniff.js';
import { callsOf } from '../calls-of.js';
import { parseTrace } from './parse.js';

const perf = (event: string) => `            insm   127 [001]    27.928750: ${event}\n`;
const ftrace = (event: string) => `            insm-127   [001] d.... 27.928750: ${event}\n`;
const RANGE = 'start=0xffff000013d66000 size=0x1000 set=0x80 clear=0x8000000000000';

describe('the function of a probe that shows an address', () => {
  it.each([
    ['probe:update_range_prot', 'update_range_prot', false],
    ['probe:update_range_prot_1', 'update_range_prot', false],
    ['kprobes:p_update_range_prot_0', 'update_range_prot', false],
    ['probe:upd', 'update_range_prot', false],
    ['probe:set_memory_ro', 'set_memory_ro', false],
    ['probe:smro', 'set_memory_ro', false],
    ['probe:cmc', 'change_memory_common', false],
    ['probe:split_pud', 'split_pud', false],
  ])('%s', (name, probed, isReturn) => {
    const { events } = parseTrace(perf(`${name}: (ffff800080045e40) ${RANGE}`), 't');
    expect(events).toMatchObject([{ function: probed, isReturn, name: name.slice(name.indexOf(':') + 1) }]);
  });

  it.each(['probe:update_range_prot__return', 'kprobes:r_update_range_prot_0', 'probe:upd_ret'])(
    'of a return: %s',
    (name) => {
      const { events } = parseTrace(perf(`${name}: (ffff800080045e40 <- ffff800080045000) ret=0x0`), 't');
      expect(events).toMatchObject([{ function: 'update_range_prot', isReturn: true, caller: '' }]);
    },
  );

  it('is told by its arguments', () => {
    const { events } = parseTrace(perf(`probe:mine: (ffff800080045e40) ${RANGE}`), 't');
    expect(events).toMatchObject([{ name: 'mine', function: 'update_range_prot' }]);
  });

  it('is what the user says, and else passed over', () => {
    const text = perf('probe:mine: (ffff800080045e40) arg1=0xffff000013d66000');
    expect(parseTrace(text, 't').summary).toMatchObject({ events: 0, passedOver: { mine: 1 } });
    const probes = new Map([parseProbeOption('probe:mine=set_direct_map_invalid_noflush')]);
    expect(parseTrace(text, 't', { probes })).toMatchObject({
      events: [{ function: 'set_direct_map_invalid_noflush' }],
      summary: { events: 1, passedOver: {} },
    });
  });

  it.each(['mine', '=x', 'a=', 'a=1b', 'a b=c'])('is said as NAME=FUNCTION, not as "%s"', (text) => {
    expect(() => parseProbeOption(text)).toThrow(RangeError);
  });
});

describe('arguments of other names', () => {
  const change = (words: string) => [
    ...callsOf(ftrace(`upd: (update_range_prot+0x0/0x128) ${words}`), 't').trace.calls,
  ];
  const expected = change(RANGE);

  it.each([
    ['registers', 'x0=0xffff000013d66000 x1=0x1000 x2=0x80 x3=0x8000000000000'],
    ['numbered', 'arg1=0xffff000013d66000 arg2=0x1000 arg3=0x80 arg4=0x8000000000000'],
    ['some of them', 'start=0xffff000013d66000 size=0x1000 set_mask=0x80 clear_mask=0x8000000000000'],
    ['the first', 'xstart=0xffff000013d66000 size=0x1000 set=0x80 clear=0x8000000000000'],
    ['in another order', 'clear=0x8000000000000 set=0x80 size=0x1000 start=0xffff000013d66000'],
    ['decimal', 'start=18446462599065657344 size=4096 set=128 clear=2251799813685248'],
    ['more than there are', 'a=0xffff000013d66000 b=0x1000 c=0x80 d=0x8000000000000 e=0x1'],
  ])('are taken by place: %s', (_what, words) => {
    expect(change(words)).toEqual(expected);
  });

  it('are not taken by place where some are missing', () => {
    expect(() => change('xstart=0xffff000013d66000 size=0x1000 set=0x80')).toThrow(
      /^t:1: expected an argument/,
    );
    expect(() => change('a=0xffff000013d66000 b=0x1000 c=0x80')).toThrow(/"clear" of upd, found none/);
  });
});

describe('what is not replayed', () => {
  it.each([
    ['a tracepoint', 'sched_switch: prev_comm=a prev_pid=1 ==> next_comm=b', 'sched_switch'],
    ['one with nothing to say', 'irq_work_exit:', 'irq_work_exit'],
    ['the function tracer', 'set_memory_ro <-module_enable_ro', 'set_memory_ro'],
    ['a system call', 'sys_openat(dfd: ffffff9c, filename: 7ffd)', 'sys_openat'],
    ['its return', 'sys_openat -> 0x3', 'sys_openat'],
  ])('is passed over and counted: %s', (_what, event, name) => {
    const text = ftrace(`upd: (update_range_prot+0x0/0x128) ${RANGE}`) + ftrace(event);
    const { summary } = parseTrace(text + text, 't');
    expect(summary).toMatchObject({
      events: 2,
      passedOver: { [name]: 2 },
      functions: { update_range_prot: 2 },
    });
  });

  it('but a probe without its function is refused', () => {
    expect(() => parseTrace(ftrace(`upd: ${RANGE}`), 't')).toThrow(/^t:1: expected a trace event/);
  });

  it('a program may print as tracefs does, under the name of the function', () => {
    const { events } = parseTrace(ftrace(`update_range_prot: ${RANGE}`), 't');
    expect(events).toMatchObject([{ function: 'update_range_prot', text: RANGE }]);
    const bpftrace = `Attaching 2 probes...\n${ftrace(`update_range_prot: ${RANGE}`)}^C\n\n`;
    expect(parseTrace(bpftrace, 't')).toMatchObject({
      events: [{ function: 'update_range_prot' }],
      summary: { format: 'tracefs' },
    });
  });
});

describe('a text that is no trace', () => {
  it.each([
    ['nothing', ''],
    ['prose', 'Hello,\nthis is what I saw: update_range_prot is slow.\n'],
    ['/proc/iomem', '80000000-fbffffff : System RAM\n  80210000-81e8ffff : Kernel code\n'],
    ['/proc/meminfo', 'MemTotal:        2014412 kB\nMemFree:         1800000 kB\n'],
    [
      'a page-table dump',
      '0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL\n',
    ],
    [
      'vmallocinfo',
      '0xffff8000832d5000-0xffff8000832de000   36864 execmem_alloc+0x5c/0xb8 pages=8 vmalloc N0=8\n',
    ],
    [
      'a kernel log',
      '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]\n[    1.0] foo-1: [1] up\n',
    ],
    ['a kernel configuration', 'CONFIG_ARM64=y\n# CONFIG_KASAN is not set\n'],
    ['a shell script', '#!/bin/sh\necho "update_range_prot start=$1"\n'],
  ])('is none: %s', (_what, text) => {
    expect(sniffTrace(text)).toBeNull();
  });
});
