// Options of the capture script, what it refuses, and where it may be interrupted.
import { describe, expect, test } from 'vitest';
import { RELEASE } from './fake-files.js';
import { FakeMachine, type Options } from './fake-machine.js';
import { livingMembers } from './processes.js';

const SH = ['sh'] as const;

describe('interrupted, everything is removed', () => {
  const slowAt = (name: string) => `case $3 in */${name}/*) exec sleep 50 ;; *) exit 1 ;; esac`;
  test.each([
    ['while the tables are read before', slowAt('before'), '1', 'reading the page tables (before)'],
    ['while the tables are read after', slowAt('after'), '1', 'reading the page tables (after)'],
    ['while it waits', 'exit 1', '50', 'waiting for'],
  ])('%s', async (_, node, seconds, words) => {
    const machine = new FakeMachine({ commands: { node } });
    const digest = machine.digest();
    const child = machine.start(SH, '-o', machine.archivePath, '-t', seconds, '--', 'true');
    await machine.heard(child, words);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(machine.digest()).toBe(digest);
    expect(machine.probesLeft()).toEqual([]);
    expect(machine.leftovers()).toEqual([]);
    await expect.poll(() => livingMembers(child.pid as number)).toEqual([]);
  });
});

describe('a dry run', () => {
  test('says what would be armed and changes nothing', () => {
    const machine = new FakeMachine();
    const digest = machine.digest();
    const { code, stdout, stderr } = machine.run(SH, '-n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('trace: an instance of its own in /sys/kernel/tracing, 4096 KiB a CPU\n');
    expect(stdout).toContain('probe: p update_range_prot (start=%x0 size=%x1 set=%x2 clear=%x3)\n');
    expect(machine.digest()).toBe(digest);
    expect(machine.probeLines()).toEqual([]);
    expect(machine.leftovers()).toEqual([]);
  });
});

describe('the buffer of each CPU', () => {
  const sizeOf = (cpus: number, ...words: string[]) => {
    const cpuinfo = Array.from({ length: cpus }, (_, cpu) => `processor\t: ${cpu}\n`).join('');
    const { stdout } = new FakeMachine({ files: { 'proc/cpuinfo': cpuinfo } }).run(SH, '-n', ...words);
    return Number(/, (\d+) KiB a CPU/.exec(stdout)?.[1]);
  };

  test('is 4 MiB, 256 MiB in all with many CPUs, or what is asked for', () => {
    expect([sizeOf(1), sizeOf(64), sizeOf(192), sizeOf(192, '-b', '8192')]).toEqual([4096, 4096, 1365, 8192]);
  });
});

describe('the command', () => {
  test('has the file mode mask and the output of the user', () => {
    const machine = new FakeMachine();
    const { stdout, value } = machine.capture(SH, '--', 'sh', '-c', 'umask; echo "a  b" "c"');
    expect(stdout).toBe(`${process.umask().toString(8).padStart(4, '0')}\na  b c\n`);
    expect(value('command')).toBe('sh -c umask; echo "a  b" "c"');
  });

  test("the archive is its owner's alone, and has a name of its own where none is given", () => {
    const machine = new FakeMachine();
    expect(machine.run(SH, '--', 'true').code).toBe(0);
    const [name = ''] = machine.leftovers();
    expect(name).toMatch(new RegExp(`^out/linmap-${RELEASE}-\\d{8}T\\d{6}Z\\.tar\\.gz$`));
    expect(machine.mode(name)).toBe(0o600);
  });
});

describe('refused with one line and 2, before anything is done', () => {
  const withoutProbes = { 'sys/kernel/tracing/kprobe_events': null };
  test.each<[string, Options, string[], RegExp]>([
    ['not root', { commands: { id: 'echo 1000' } }, ['--', 'true'], /must be run as root/],
    ['not arm64', { commands: { uname: 'echo x86_64' } }, ['--', 'true'], /for arm64; the machine is x86_64/],
    [
      'tracefs not mounted',
      { files: { ...withoutProbes, 'sys/kernel/tracing/trace': null } },
      ['--', 'true'],
      /mount -t tracefs tracefs \/sys\/kernel\/tracing/,
    ],
    [
      'no kprobe events',
      { files: withoutProbes },
      ['--', 'true'],
      /no kprobe events \(CONFIG_KPROBE_EVENTS\)/,
    ],
    ['nothing to do', {}, [], /give a COMMAND to record, or -t SECONDS/],
    ['no such command', {}, ['--', 'no-such-command'], /no-such-command: no such command/],
    ['a number that is none', {}, ['-t', '5s'], /-t needs a whole number .* found "5s"/],
    ['a number too large', {}, ['-b', '99999999999'], /-b needs a whole number/],
    ['an unknown option', {}, ['-x'], /unknown option -x/],
    ['an option without its value', {}, ['-o'], /-o needs a value/],
    ['a folder as archive', {}, ['-o', '.', '--', 'true'], /\.\/\. is a directory/],
    [
      'a place that is not there',
      {},
      ['-o', 'no/where.tar.gz', '--', 'true'],
      /no\/where\.tar\.gz cannot be written/,
    ],
  ])('%s', (_, options, words, line) => {
    const machine = new FakeMachine(options);
    const digest = machine.digest();
    const { code, stdout, stderr } = machine.run(SH, ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^linmap-capture: [^\n]+\n$/);
    expect(stderr).toMatch(line);
    expect(machine.digest()).toBe(digest);
    expect(machine.probeLines()).toEqual([]);
    expect(machine.leftovers()).toEqual([]);
  });
});
