// Each way in which a command ends, as a process: what the tests of the commands see in their own process is the same.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { editFile } from './edit-file.js';
import { linmap, linmapWith, scratchMachine } from './linmap.js';
import { linmapHere } from './linmap-here.js';

const machine = ['--granule', '4K', '--va-bits', '48', '--memory', '4G'];

/** A scenario whose map after is another, with a key that nobody knows. */
function spoilt(): string {
  const scenario = join(scratchMachine('4k-bbml2'), 'load-small');
  editFile(join(scenario, 'after.map.json'), (text) =>
    text.replaceAll('0xe0000000000787', '0xe8000000000707'),
  );
  editFile(join(scenario, 'before.map.json'), (text) => text.replace('"vaBits"', '"novel": 1, "vaBits"'));
  return scenario;
}

describe('a process ends as its command does', () => {
  test.each<[string, number, RegExp, () => string[]]>([
    ['done', 0, /^$/, () => ['map', ...machine]],
    ['help', 0, /^$/, () => ['map', '--help']],
    ['version', 0, /^$/, () => ['--version']],
    [
      'different, and a warning',
      1,
      /^warning: \S+: expected only known keys, .*\n$/,
      () => ['replay', spoilt()],
    ],
    ['bad usage', 2, /^error: unknown option .*\n$/, () => ['replay', 'a', '--jsno']],
    ['no command', 2, /^error: expected a command, .*\n$/, () => []],
    ['bad input', 2, /^nowhere: expected the folder of a scenario, .*\n$/, () => ['replay', 'nowhere']],
  ])('%s', async (_, code, stderr, command) => {
    const args = command();
    const run = linmap(...args);
    expect(run).toMatchObject({ code, stderr: expect.stringMatching(stderr) });
    expect(run.stdout === '').toBe(code === 2);
    expect(await linmapHere(...args)).toEqual(run);
  });
});

test('no colour where stdout is no terminal, whatever the environment asks for', () => {
  const { stdout } = linmapWith({ FORCE_COLOR: '1' }, 'map', ...machine);
  expect(stdout).toContain('page tables');
  expect(stdout).not.toContain('\x1b');
});
