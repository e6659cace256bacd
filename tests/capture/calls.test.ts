/** Events into calls: what belongs to which change, whatever probes were armed and however tasks interleave. */
import { describe, expect, it } from 'vitest';
import type { Call, ChangeCall } from '../../src/capture/calls.js';
import { masks } from '../../src/core/operations.js';
import { InputError } from '../../src/io/input-error.js';
import { ALL_PROBES, NO_PROBES, TraceText } from './trace-text.js';
import { traced as callsOf, type Traced } from './traced.js';

const PAGE = 0x1000;
const LINEAR = -(2 ** 48);
const VMALLOC = -(2 ** 47) + 2 ** 31;
const RO = masks(0x80n, 0x8000000000000n);
const INVALID = masks(0x800n, 0x1n);

const kinds = ({ calls }: Traced): string[] => calls.map(({ kind }) => kind);
const changesOf = ({ calls }: Traced): ChangeCall[] => calls.filter((call) => call.kind === 'change');

describe('one change', () => {
  const whole = (text: TraceText) =>
    text
      .entry('change_memory_common', 'addr=0x0 n=1')
      .update(LINEAR, PAGE, RO)
      .boundary(LINEAR + PAGE)
      .split('pud', true)
      .table('pud', 0x1000)
      .split('pmd', false)
      .table('pmd', 0x2000)
      .updated('change_memory_common', 0)
      .flush('change_memory_common', LINEAR, LINEAR + PAGE);

  it('with every probe', () => {
    const text = new TraceText();
    const line = text.nextLine + 1;
    const { calls, witnesses, armed } = callsOf(whole(text));
    expect(calls.map(({ kind }) => kind)).toEqual(['alias loop', 'change']);
    expect(calls[1]).toEqual({
      kind: 'change',
      line,
      seconds: 28.000002,
      task: 'insm-130',
      start: LINEAR,
      size: PAGE,
      masks: RO,
      flush: true,
      caller: 'change_memory_common',
      entry: '',
      stack: [],
      returned: 0,
      failedAllocation: null,
    });
    expect(witnesses[1]).toEqual({
      boundaries: [LINEAR + PAGE],
      boundariesPartial: false,
      splits: [
        { level: 1, contiguous: true },
        { level: 2, contiguous: false },
      ],
      tables: { pmd: 1, pte: 1 },
    });
    expect(armed).toEqual({ boundaries: true, splits: true, tables: true });
  });

  it('with update_range_prot() and its return: the caller tells whether it flushed', () => {
    for (const [caller, flush] of [
      ['change_memory_common', true],
      ['set_memory_valid', true],
      ['__change_memory_common', true],
      ['set_direct_map_invalid_noflush', false],
      ['set_direct_map_default_noflush', false],
    ] as const) {
      const text = new TraceText({ ...NO_PROBES, returns: true });
      const { calls, armed } = callsOf(text.update(LINEAR, PAGE, RO).updated(caller, -22));
      expect(calls).toMatchObject([{ kind: 'change', caller, flush, returned: -22 }]);
      expect(armed).toEqual({ boundaries: false, splits: false, tables: false });
    }
  });

  it('with update_range_prot() alone', () => {
    const { calls } = callsOf(new TraceText(NO_PROBES).update(LINEAR, PAGE, RO));
    expect(calls).toMatchObject([{ kind: 'change', caller: '', flush: false, returned: null }]);
  });

  it('without its return, the entry tells whether it flushed', () => {
    const text = new TraceText({ ...NO_PROBES, entries: true });
    text.entry('set_memory_valid', 'addr=0x0 n=1').update(LINEAR, PAGE, INVALID);
    text.entry('set_direct_map_invalid_noflush', 'page=0x0').update(LINEAR, PAGE, INVALID);
    expect(callsOf(text).calls).toMatchObject([
      { caller: 'set_memory_valid', flush: true },
      { caller: 'set_direct_map_invalid_noflush', flush: false },
    ]);
  });

  it('that could not be given a table: after so many others', () => {
    for (const tables of [0, 1, 2]) {
      const text = new TraceText();
      text.update(LINEAR, PAGE, RO).boundary(LINEAR + PAGE);
      for (let i = 0; i < tables; i++) text.split('pmd', true).table('pmd', 0x1000);
      text.split('pmd', true).table('pmd', 'none').updated('change_memory_common', -12);
      const traced = callsOf(text);
      expect(traced.calls).toMatchObject([{ failedAllocation: tables, returned: -12 }]);
      expect(traced.witnesses[0]?.tables).toEqual({ pmd: 0, pte: tables });
    }
  });

  it('return values of 32 bits, however printed', () => {
    for (const [printed, value] of [
      ['0xfffffff4', -12],
      ['-12', -12],
      ['0xfffffffffffffff4', -12],
      ['4294967274', -22],
    ] as const) {
      const text = new TraceText().update(LINEAR, PAGE, RO);
      text.returned('r', 'change_memory_common', 'update_range_prot', `ret=${printed}`);
      expect(callsOf(text).calls).toMatchObject([{ returned: value }]);
    }
  });
});

describe('flushes', () => {
  it('where they are traced, a change without one did not flush', () => {
    const text = new TraceText();
    text.update(LINEAR, PAGE, RO).updated('change_memory_common', 0);
    text.flush('change_memory_common', LINEAR, LINEAR + PAGE);
    text.update(LINEAR, PAGE, RO).updated('change_memory_common', 0);
    expect(changesOf(callsOf(text)).map(({ flush }) => flush)).toEqual([true, false]);
  });

  it('of another range, or a second of the same, stand alone', () => {
    const text = new TraceText();
    text.update(LINEAR, PAGE, RO).updated('change_memory_common', 0);
    text.flush('secretmem_fault', LINEAR, LINEAR + 2 * PAGE);
    text.flush('change_memory_common', LINEAR, LINEAR + PAGE);
    text.flush('secretmem_fault', LINEAR, LINEAR + PAGE);
    const traced = callsOf(text);
    expect(kinds(traced)).toEqual(['change', 'flush', 'flush']);
    expect(traced.calls).toMatchObject([
      { flush: true },
      { start: LINEAR, end: LINEAR + 2 * PAGE },
      { start: LINEAR, end: LINEAR + PAGE },
    ]);
  });

  it('of vm_unmap_aliases(): the purge’s, or else its own', () => {
    const purged = new TraceText()
      .unmapAliases(true, LINEAR, LINEAR + PAGE)
      .flush('__purge_vmap_area_lazy', LINEAR, VMALLOC)
      .update(LINEAR, PAGE, RO);
    expect(callsOf(purged).calls).toMatchObject([
      { kind: 'unmap aliases' },
      { kind: 'flush', start: LINEAR, end: VMALLOC },
      { kind: 'change' },
    ]);
    const own = { kind: 'flush', start: LINEAR, end: LINEAR + PAGE };
    const alone = new TraceText().unmapAliases(true, LINEAR, LINEAR + PAGE);
    expect(callsOf(alone.toString()).calls).toMatchObject([{ kind: 'unmap aliases' }, own]);
    alone.update(LINEAR, PAGE, RO);
    expect(callsOf(alone).calls).toMatchObject([{ kind: 'unmap aliases' }, own, { kind: 'change' }]);
    const none = new TraceText().unmapAliases(false).update(LINEAR, PAGE, RO);
    expect(kinds(callsOf(none))).toEqual(['unmap aliases', 'change']);
  });
});

describe('tasks that interleave', () => {
  it('on two CPUs keep what is theirs', () => {
    const text = new TraceText();
    const as = (task: string, cpu: number) => Object.assign(text, { task, cpu });
    as('insm-1', 0).entry('change_memory_common', 'addr=0x0 n=1').update(LINEAR, PAGE, RO);
    as('kworker/1:1-47', 1)
      .entry('set_direct_map_invalid_noflush', 'page=0x0')
      .update(LINEAR + 4 * PAGE, PAGE, INVALID);
    as('insm-1', 0).boundary(LINEAR + PAGE);
    as('kworker/1:1-47', 1)
      .boundary(LINEAR + 5 * PAGE)
      .split('pmd', true);
    as('insm-1', 0).table('pud', 0x1000).updated('change_memory_common', -12);
    as('kworker/1:1-47', 1).table('pmd', 'none').updated('set_direct_map_invalid_noflush', 0);
    as('insm-1', 0).flush('change_memory_common', LINEAR, LINEAR + PAGE);
    const traced = callsOf(text);
    expect(changesOf(traced)).toMatchObject([
      { task: 'insm-1', returned: -12, flush: true, failedAllocation: null },
      { task: 'kworker/1:1-47', returned: 0, flush: false, failedAllocation: 0 },
    ]);
    expect(traced.witnesses.slice(1)).toMatchObject([
      { boundaries: [LINEAR + PAGE], splits: [], tables: { pmd: 1, pte: 0 } },
      { boundaries: [LINEAR + 5 * PAGE], splits: [{ level: 2 }], tables: { pmd: 0, pte: 0 } },
    ]);
  });

  it('an interrupt inside a change has its own return and flush', () => {
    const text = new TraceText();
    text.update(LINEAR, PAGE, RO);
    text.update(LINEAR + 8 * PAGE, PAGE, INVALID).updated('set_memory_valid', 0);
    text.flush('set_memory_valid', LINEAR + 8 * PAGE, LINEAR + 9 * PAGE);
    text
      .boundary(LINEAR + PAGE)
      .table('pmd', 'none')
      .updated('change_memory_common', -12);
    text.flush('change_memory_common', LINEAR, LINEAR + PAGE);
    const traced = callsOf(text);
    expect(traced.calls).toMatchObject([
      { caller: 'change_memory_common', returned: -12, flush: true, failedAllocation: 0 },
      { caller: 'set_memory_valid', returned: 0, flush: true, failedAllocation: null },
    ]);
    expect(traced.witnesses.map(({ boundaries }) => boundaries)).toEqual([[LINEAR + PAGE], []]);
  });

  it('idle tasks of two CPUs are two', () => {
    const text = new TraceText();
    const on = (cpu: number) => Object.assign(text, { task: '<idle>-0', cpu });
    on(0).update(LINEAR, PAGE, INVALID);
    on(1).update(LINEAR + PAGE, PAGE, INVALID);
    on(0).updated('set_memory_valid', -22);
    on(1).updated('set_memory_valid', 0);
    expect(changesOf(callsOf(text)).map(({ returned }) => returned)).toEqual([-22, 0]);
  });
});

describe('other points', () => {
  it('markers, by name and phase; other text is no marker', () => {
    const text = new TraceText().marker('before', 'REQ').marker('a_b', 'DONE');
    text.event('tracing_mark_write', 'SNAP_before').event('tracing_mark_write', 'hello');
    const traced = callsOf(text);
    expect(traced.calls).toMatchObject([
      { kind: 'marker', name: 'before', phase: 'request' },
      { kind: 'marker', name: 'a_b', phase: 'done' },
    ] satisfies Partial<Call>[]);
    expect(traced.calls).toHaveLength(2);
  });

  it('a KFENCE pool: splits and tables after it are its own', () => {
    const text = new TraceText().update(LINEAR, PAGE, RO).updated('change_memory_common', 0);
    text.probe('k', 'arch_kfence_init_pool', 'pool=0xffff000000200000');
    text.split('pmd', false).table('pmd', 0x1000).split('pmd', false).table('pmd', 'none');
    const traced = callsOf(text);
    expect(traced.calls).toMatchObject([
      { kind: 'change', failedAllocation: null },
      { kind: 'kfence', pool: LINEAR + 0x200000 },
    ]);
    expect(traced.witnesses[1]).toMatchObject({
      splits: [{ level: 2 }, { level: 2 }],
      tables: { pmd: 0, pte: 1 },
    });
  });

  it('functions that are not known are passed over', () => {
    const text = new TraceText({ ...ALL_PROBES }).probe('x', 'vmalloc_fault', 'address=0x1');
    expect(callsOf(text).calls).toEqual([]);
  });
});

describe('arguments that are missing or malformed name the line', () => {
  it.each([
    ['no size', 'start=0xffff000000000000 set=0x80 clear=0x0'],
    ['an address of neither half', 'start=0x1234000000000000 size=0x1000 set=0x80 clear=0x0'],
    ['a start that is no number', 'start=abc size=0x1000 set=0x80 clear=0x0'],
    ['masks that are no numbers', 'start=0xffff000000000000 size=0x1000 set=ro clear=0x0'],
    ['an argument whose name only ends alike', 'xstart=0xffff000000000000 size=0x1000 set=0x80'],
    ['more than 64 bits', 'start=0xffff000000000000 size=0x1000 set=0x80000000000000000 clear=0x0'],
  ])('%s', (_what, words) => {
    const text = new TraceText();
    const line = text.nextLine;
    const read = () => callsOf(text.probe('upd', 'update_range_prot', words));
    expect(read).toThrow(InputError);
    expect(() => callsOf(text)).toThrow(new RegExp(`^t:${line}: expected `));
  });
});
