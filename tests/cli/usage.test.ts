import { describe, expect, test } from 'vitest';
import { linmapHere, refusalHere } from './linmap-here.js';
import { workingHelp } from './working-help.js';

const commands = ['replay', 'map'];
const machine = ['--granule', '4K', '--va-bits', '48', '--memory', '4G'];

describe('help', () => {
  test.each(commands)('%s --help says what it does and shows an example that works', async (command) => {
    expect((await workingHelp(command)).examples).toBeGreaterThan(0);
  });

  test('linmap --help lists every command', async () => {
    const { code, stdout } = await linmapHere('--help');
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(stdout).toContain('\nExample:\n');
  });

  test.each([
    ['change', '--pages', 'pages of the granule, 1 to 65536'],
    ['map', '--va-bits', '39, 48, 52 with 4K; 36, 47, 48, 52 with 16K; 42, 48, 52 with 64K'],
    ['bench', '--jobs', 'threads for exact results, 1 to 64'],
    ['bench', '--out', '(default: results/latest in the current folder)'],
    ['bench', '--history', '(default: results/history in the current folder, or history in --out)'],
    ['bench', '--captures', '(default: those that ship with linmap)'],
    ['bench', '--baseline', '(default: results/baseline.json in the current folder)'],
    ['accept', '--baseline', '(default: results/baseline.json in the current folder)'],
    ['history', '--history', '(default: results/history in the current folder)'],
    ['reference', '--reference', '(default: results/reference in the current folder)'],
    ['serve', '--port', '1 to 65535'],
    ['inspect', '--region', 'a power of two from 64K on'],
    ['import', '--kfence-objects', '0 to 65535'],
  ])('%s --help tells limits or default of %s', async (command, option, says) => {
    const { stdout } = await linmapHere(command, '--help');
    const words = stdout.replace(/\s+/g, ' ');
    expect(words.slice(words.indexOf(` ${option} `)).slice(0, 300)).toContain(says);
  });

  test('linmap --version is the one of package.json', async () => {
    expect(await linmapHere('--version')).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });
});

describe('wrong usage is one line on stderr, and 2', () => {
  test.each<[string, string[], string | RegExp]>([
    ['no command', [], 'error: expected a command, see linmap --help'],
    ['an unknown command', ['mapp'], "error: unknown command 'mapp' (Did you mean map?)"],
    ['help for an unknown command', ['help', 'nothing'], 'error: expected a command, see linmap --help'],
    ['no folder', ['replay'], "error: missing required argument 'dir'"],
    ['two folders', ['replay', 'a', 'b'], /^error: too many arguments for 'replay'\./],
    ['an unknown option', ['replay', 'a', '--jsno'], "error: unknown option '--jsno' (Did you mean --json?)"],
    [
      'an option without its value',
      ['map', '--machine'],
      "error: option '--machine <file>' argument missing",
    ],
    [
      'an unknown strategy',
      ['replay', 'captures/4k-bbml2/load-small', '--strategy', 'fast'],
      /^error: option '--strategy <id>' argument 'fast' is invalid\. Allowed choices are page-basis, huge-size, /,
    ],
    ['no machine', ['map'], /; found no --granule, --va-bits, --memory$/],
    [
      'half a machine',
      ['map', '--granule', '4K', '--va-bits', '48'],
      'error: expected --machine, or --granule, --va-bits and --memory; found no --memory',
    ],
    [
      'two machines',
      ['map', '--machine', 'captures/4k-bbml2/machine.json', '--bbml2'],
      "error: option '--machine <file>' cannot be used with option '--bbml2'",
    ],
    [
      'a granule that does not exist',
      ['map', ...machine, '--granule', '8K'],
      "error: option '--granule <size>' argument '8K' is invalid. Expected 4K, 16K or 64K.",
    ],
    [
      'VA bits that do not exist',
      ['map', ...machine, '--va-bits', '47'],
      'error: 4K/47 is no configuration: the 4K granule has 39, 48, 52 VA bits',
    ],
    [
      'VA bits that are no number',
      ['map', ...machine, '--va-bits', '-1'],
      "error: option '--va-bits <n>' argument '-1' is invalid. Expected a whole number from 36 to 52.",
    ],
    [
      'a size that is none',
      ['map', ...machine, '--memory', '4Q'],
      "error: option '--memory <size>' argument '4Q' is invalid. Expected a size such as 4096, 64K, 1.5G or 0x1000.",
    ],
    [
      'no memory',
      ['map', ...machine, '--memory', '0'],
      /^error: memory of 0 B is not a multiple of the 4 KiB/,
    ],
    [
      'memory that is no multiple',
      ['map', ...machine, '--memory', '4097'],
      /^error: memory of 4\.001 KiB is not a/,
    ],
    [
      'more memory than VA',
      ['map', ...machine, '--memory', '200T'],
      /^error: memory of 200 TiB does not fit the/,
    ],
    [
      'more bytes than a number holds',
      ['map', ...machine, '--memory', '9000P'],
      /'9000P' is invalid\. Expected a whole number of bytes below 2\^53\.$/,
    ],
    [
      'an unaligned base',
      ['map', ...machine, '--base', '0x1001'],
      'error: base 4097 is not a multiple of the 4 KiB granule',
    ],
    [
      'memory that no descriptor can name',
      ['map', ...machine, '--base', '255T', '--memory', '2T'],
      /^error: .* ends above 2\^48, all that 4K\/48 can map$/,
    ],
    [
      'a port that there is not',
      ['serve', '--port', '65536'],
      "error: option '--port <number>' argument '65536' is invalid. Expected a whole number from 0 to 65535.",
    ],
    [
      'no room for an image',
      ['map', ...machine, '--memory', '16M', '--image'],
      /does not hold a kernel image of/,
    ],
    [
      'no room for KFENCE',
      ['map', ...machine, '--memory', '32M', '--kfence', 'early'],
      /does not hold a KFENCE pool/,
    ],
    [
      'rodata by a newer name',
      ['map', ...machine, '--rodata', 'noalias'],
      /Allowed choices are full, on, off\.$/,
    ],
    [
      'a stage that does not exist',
      ['map', ...machine, '--stage', 'boot'],
      /Allowed choices are mapped, repainted, final\.$/,
    ],
    ['a line break in an argument', ['map', 'a\nb', ...machine], /^error: too many arguments/],
  ])('%s', async (_, args, line) => {
    const said = await refusalHere(...args);
    if (typeof line === 'string') expect(said).toBe(line);
    else expect(said).toMatch(line);
  });
});
