// What the capture script collects, and what it says about the rest.
import { describe, expect, test } from 'vitest';
import { RELEASE } from './fake-files.js';
import { FakeMachine } from './fake-machine.js';

const SH = ['sh'] as const;

describe('what cannot be had is said, with what it costs', () => {
  /** The lines `missing=` of a capture without these files; each was said, too. */
  const missingWithout = (files: Record<string, string | null>) => {
    const { values, stderr } = new FakeMachine({ files }).capture(SH, '--', 'true');
    for (const line of values('missing')) expect(stderr).toContain(`not had: ${line.replace(' ', ': ')}\n`);
    return values('missing');
  };

  test('no page tables at all', () => {
    const missing = missingWithout({ 'proc/kcore': null, 'sys/kernel/debug/kernel_page_tables': null });
    expect(missing).toEqual([
      'before/tables.elf no /proc/kcore (CONFIG_PROC_KCORE); no exact map',
      'before neither tables.elf nor kernel_page_tables; ' +
        "the map before must be built from the machine's description, so the replay cannot be checked",
      'after/tables.elf no /proc/kcore (CONFIG_PROC_KCORE); no exact map',
      'after neither tables.elf nor kernel_page_tables; there is nothing to check the replay against',
    ]);
  });

  test('iomem and vmallocinfo without addresses', () => {
    const missing = missingWithout({
      'proc/iomem': '00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n',
      'proc/vmallocinfo':
        '0x00000000a1b2c3d4-0x00000000e5f60718    8192 load_module+0x1/0x2 pages=1 vmalloc\n',
    });
    expect(missing).toEqual([
      expect.stringMatching(
        /^system\/iomem all its addresses are zero .*; where memory lies has to be given/,
      ),
      expect.stringMatching(/^system\/vmallocinfo the kernel hides its addresses .*kptr_restrict/),
    ]);
  });

  test('no MIDR, no configuration, no debugfs', () => {
    const missing = missingWithout({
      ...Object.fromEntries(
        [0, 2, 10].map((n) => [`sys/devices/system/cpu/cpu${n}/regs/identification/midr_el1`, null]),
      ),
      [`boot/config-${RELEASE}`]: null,
      'sys/kernel/debug/memblock/memory': null,
      'sys/kernel/debug/memblock/reserved': null,
    });
    expect(missing.map((line) => line.split(' ')[0])).toEqual([
      'system/midr',
      'system/config',
      'system/memblock-memory',
      'system/memblock-reserved',
    ]);
  });

  test('tables that would not fit below TMPDIR are not read', () => {
    const [first] = missingWithout({ 'proc/meminfo': 'MemTotal:       999999999999 kB\n' });
    expect(first).toMatch(
      /^before\/tables\.elf the tables may take 2034521 MiB, and \S+ has \d+; set TMPDIR; no exact map$/,
    );
  });
});

describe('facts about the machine', () => {
  test('MIDRs by number of the CPU', () => {
    expect(new FakeMachine().capture(SH, '--', 'true').text('system/midr')).toBe(
      'cpu0 0x00000000c00fac30\ncpu2 0x00000000c00fac30\ncpu10 0x00000000410fd4f0\n',
    );
  });

  test('a configuration in /proc is taken as it is', () => {
    const config = Buffer.from([0x1f, 0x8b, 8, 0]);
    const { files } = new FakeMachine({ files: { 'proc/config.gz': config } }).capture(SH, '--', 'true');
    expect(files.get('system/config.gz')).toEqual(config);
    expect(files.has('system/config')).toBe(false);
  });

  test('lost events and probes that did not run are counted, those of others are not', () => {
    const machine = new FakeMachine({
      files: { 'sys/kernel/tracing/kprobe_profile': '  upd  10  3\n  somebody  9  90\n' },
    });
    const stats = `${machine.tracing}/instances/linmap_*/per_cpu/cpu0/stats`;
    const lose = `for f in ${stats}; do printf 'overrun: 40\\ncommit overrun: 2\\ndropped events: 5\\n' >$f; done`;
    const { value, stderr } = machine.capture(SH, '--', 'sh', '-c', lose);
    const lost = ['lost_overrun', 'lost_dropped', 'lost_missed', 'lost'].map((key) => Number(value(key)));
    expect(lost).toEqual([42, 5, 3, 50]);
    expect(stderr).toContain('a replay of a trace with losses proves nothing; a larger buffer helps: -b');
  });
});

describe('readers of /proc/kcore', () => {
  test.each(['node', 'python3', 'perl'])('%s', (interpreter) => {
    const others = ['node', 'python3', 'perl'].filter((name) => name !== interpreter);
    const machine = new FakeMachine({
      commands: Object.fromEntries(others.map((name) => [name, 'echo "not this one" >&2; exit 1'])),
    });
    const { files, stderr } = machine.capture(SH, '--', 'true');
    expect(files.get('before/tables.elf')?.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(files.get('after/tables.elf')).toEqual(files.get('before/tables.elf'));
    expect(stderr.includes('node could not read /proc/kcore: not this one')).toBe(interpreter !== 'node');
  });

  test('tables that changed between two readings are kept, and that is said', () => {
    const machine = new FakeMachine({
      commands: { node: 'echo tables >"$3"; echo "3 pages moved" >&2; exit 3' },
    });
    const { values, text, stderr } = machine.capture(SH, '--', 'true');
    expect(values('moved')).toEqual(['before/tables.elf', 'after/tables.elf']);
    expect(text('before/tables.elf')).toBe('tables\n');
    expect(stderr).toContain('before/tables.elf: the tables changed while they were read: 3 pages moved');
  });

  test('none that can', () => {
    const fail = 'echo "cannot: $0" >&2; exit 1';
    const machine = new FakeMachine({ commands: { node: fail, python3: fail, perl: fail } });
    const { files, values } = machine.capture(SH, '--', 'true');
    expect(files.has('before/tables.elf')).toBe(false);
    expect(values('missing')[0]).toMatch(/^before\/tables\.elf perl: cannot: .*; no exact map$/);
  });
});

describe('without a trace (-m)', () => {
  test('tables and facts, and no tracefs is needed', () => {
    const machine = new FakeMachine({ files: { 'sys/kernel/tracing/kprobe_events': null } });
    const { files, value } = machine.capture(SH, '-m');
    expect(files.has('before/tables.elf')).toBe(true);
    expect(files.has('after/tables.elf')).toBe(false);
    expect(files.has('trace.txt')).toBe(false);
    expect(value('lost')).toBeUndefined();
  });

  test('before and after a command', () => {
    const { files } = new FakeMachine().capture(SH, '-m', '--', 'true');
    expect(files.has('after/tables.elf')).toBe(true);
  });
});
