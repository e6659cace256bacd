// Which probes the capture script arms on which kernel, and where.
import { describe, expect, test } from 'vitest';
import { SYMBOLS_6_1, SYMBOLS_7_2 } from './fake-files.js';
import { FakeMachine } from './fake-machine.js';

const SH = ['sh'] as const;

/** Function and arguments of every probe that was added. */
function armed(machine: FakeMachine): string[] {
  return machine
    .probeLines()
    .filter((line) => !line.startsWith('-'))
    .map((line) => line.replace(/^([pr])\d*:\S+ /, '$1 '));
}

describe('probes', () => {
  test('of 7.2 carry the names and arguments that captures have', () => {
    const machine = new FakeMachine();
    machine.capture(SH, '--', 'true');
    expect(armed(machine)).toEqual([
      'p update_range_prot start=%x0 size=%x1 set=%x2 clear=%x3',
      'r update_range_prot ret=$retval:s32',
      'p change_memory_common addr=%x0 n=%x1:s32 set=%x2 clear=%x3',
      'p set_memory_ro addr=%x0 n=%x1:s32',
      'p set_memory_rw addr=%x0 n=%x1:s32',
      'p set_memory_x addr=%x0 n=%x1:s32',
      'p set_memory_nx addr=%x0 n=%x1:s32',
      'p set_memory_valid addr=%x0 n=%x1:s32 enable=%x2:s32',
      'p set_direct_map_invalid_noflush page=%x0',
      'p set_direct_map_default_noflush page=%x0',
      'p set_direct_map_valid_noflush page=%x0 nr=%x1:u32 valid=%x2:u8',
      'p split_kernel_leaf_mapping start=%x0 end=%x1',
      'p split_kernel_leaf_mapping_locked.part.0 addr=%x0',
      'p split_pmd pmdp=%x0 pmd=%x1 gfp=%x2:x32 to_cont=%x3:u8',
      'p split_pud pudp=%x0 pud=%x1 gfp=%x2:x32 to_cont=%x3:u8',
      'r __pgd_pgtable_alloc pa=$retval',
      'p _vm_unmap_aliases start=%x0 end=%x1 flush=%x2:s32',
      'p arch_kfence_init_pool pool=@__kfence_pool:x64',
    ]);
  });

  test('of 6.1 are on what changes descriptors there', () => {
    const machine = new FakeMachine({ symbols: SYMBOLS_6_1 });
    const { values } = machine.capture(SH, '--', 'true');
    expect(armed(machine)).toContain('p __change_memory_common start=%x0 size=%x1 set=%x2 clear=%x3');
    expect(armed(machine)).toContain(
      'p apply_to_page_range start=%x1 size=%x2 fn=%x3:symbol set=+0(%x4):x64 clear=+8(%x4):x64',
    );
    expect(armed(machine).join('\n')).not.toMatch(/update_range_prot|split_/);
    expect(values('missing')).toEqual([
      expect.stringMatching(/^probe:set_direct_map_valid_noflush no such function/),
    ]);
  });

  test('are in a group of the run alone, and removed from there', () => {
    const machine = new FakeMachine();
    const { text } = machine.capture(SH, '--', 'true');
    const groups = new Set(machine.probeLines().map((line) => /:(\w+)\//.exec(line)?.[1]));
    expect([...groups]).toEqual([expect.stringMatching(/^linmap_\d+$/)]);
    expect(text('probes.txt').trimEnd().split('\n')).toEqual(
      machine.probeLines().filter((line) => !line.startsWith('-')),
    );
  });

  test('leave those of others alone', () => {
    const mine = 'p:linmap_1/upd update_range_prot\np:kprobes/mine set_memory_ro\n';
    const machine = new FakeMachine({ files: { 'sys/kernel/tracing/kprobe_events': mine } });
    machine.capture(SH, '--', 'true');
    expect(machine.text('sys/kernel/tracing/kprobe_events')?.startsWith(mine)).toBe(true);
    expect(machine.probesLeft()).toEqual(['linmap_1/upd', 'kprobes/mine']);
  });

  test('are on every copy that a compiler made, with a word of caution', () => {
    const symbols = [...SYMBOLS_7_2, 'split_pmd.isra.0', 'update_range_prot.constprop.0'];
    const machine = new FakeMachine({ symbols });
    const { stderr } = machine.capture(SH, '--', 'true');
    expect(machine.probeLines()).toContainEqual(
      expect.stringMatching(/\/split_pmd_2 split_pmd\.isra\.0 pmdp=/),
    );
    expect(machine.probeLines()).toContainEqual(
      expect.stringMatching(/^r64:.*\/upd_ret_2 update_range_prot\.constprop\.0 ret=/),
    );
    expect(stderr).toContain('probe of split_pmd.isra.0: the compiler may have dropped or moved arguments');
  });

  test('are not guessed at where several functions have one name', () => {
    const machine = new FakeMachine({ symbols: [...SYMBOLS_7_2, 'split_pud'] });
    const { values } = machine.capture(SH, '--', 'true');
    expect(armed(machine).join('\n')).not.toContain('split_pud');
    expect(values('missing')).toEqual([
      'probe:split_pud several functions of this name; splits are not witnessed',
    ]);
  });

  test('are on the entry points where the static functions are missing, and what that costs is said', () => {
    const inlined = /update_range_prot|change_memory_common|split_pmd/;
    const machine = new FakeMachine({ symbols: SYMBOLS_7_2.filter((name) => !inlined.test(name)) });
    const { values, stderr } = machine.capture(SH, '--', 'true');
    expect(armed(machine)).toContain('p set_memory_ro addr=%x0 n=%x1:s32');
    expect(values('missing')).toHaveLength(4);
    expect(values('missing')).toContainEqual(
      expect.stringMatching(
        /^probe:update_range_prot no such function .*; only the callers are seen, .*: no exact/,
      ),
    );
    expect(stderr).toContain('no exact replay');
  });

  test('find their names in available_filter_functions where there is no kallsyms', () => {
    const listed = SYMBOLS_7_2.filter((name) => name !== 'split_pud');
    const machine = new FakeMachine({
      files: {
        'proc/kallsyms': null,
        'sys/kernel/tracing/available_filter_functions': `${listed.join('\n')}\nsplit_pud [module]\n`,
      },
    });
    machine.capture(SH, '--', 'true');
    expect(armed(machine)).toHaveLength(17);
  });

  test('that the kernel refuses: one line, exit code 2, everything as before', () => {
    // A folder in the file's place: it is there, and cannot be written to.
    const machine = new FakeMachine({
      files: { 'sys/kernel/tracing/kprobe_events': null, 'sys/kernel/tracing/kprobe_events/x': '' },
    });
    const digest = machine.digest();
    const { code, stderr } = machine.run(SH, '-o', machine.archivePath, '--', 'true');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^linmap-capture: no probe could be armed .*$/m);
    expect(machine.digest()).toBe(digest);
    expect(machine.leftovers()).toEqual([]);
  });
});

describe('where there are no trace instances', () => {
  const none = { 'sys/kernel/tracing/instances/somebody/trace': null };
  const LINE = '          sh-1 [000] ..... 1.0: x: (y+0x0/0x4)\n';

  test('an idle main trace is used, and left as it was', () => {
    const machine = new FakeMachine({
      files: {
        ...none,
        'sys/kernel/tracing/tracing_on': '0\n',
        'sys/kernel/tracing/trace': '',
        'sys/kernel/tracing/trace_pipe': LINE,
      },
    });
    const { value, text } = machine.capture(SH, '--', 'true');
    expect(value('trace')).toBe('main');
    expect(text('trace.txt')).toBe(LINE);
    expect(machine.probesLeft()).toEqual([]);
    expect(machine.text('sys/kernel/tracing/tracing_on')).toBe('0\n');
    expect(machine.text('sys/kernel/tracing/trace')).toBe('');
    expect(machine.text('sys/kernel/tracing/set_event')).toMatch(/^(linmap_\d+):\*\n!\1:\*\n(!\1:\*\n)?$/);
    expect(machine.text('sys/kernel/tracing/buffer_size_kb')).toBeNull();
  });

  test.each([
    ['a tracer', { 'sys/kernel/tracing/current_tracer': 'function\n' }, 'the tracer "function" is set'],
    ['events', { 'sys/kernel/tracing/set_event': 'sched:sched_switch\n' }, 'events are enabled'],
    ['what it holds', { 'sys/kernel/tracing/trace': `# tracer: nop\n${LINE}` }, 'it holds events'],
  ])('one in use is not touched: %s', (_, files, reason) => {
    const machine = new FakeMachine({ files: { ...none, ...files } });
    const digest = machine.digest();
    expect(machine.run(SH, '-o', machine.archivePath, '--', 'true')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'linmap-capture: this kernel has no trace instances, and the main trace is in use ' +
        `(${reason}); -m does without\n`,
    });
    expect(machine.digest()).toBe(digest);
    expect(machine.probeLines()).toEqual([]);
  });
});
