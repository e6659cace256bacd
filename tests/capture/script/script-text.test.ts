// The capture script as a text: every shell takes it, the linter has nothing to say, and it does not touch what is
// not its own.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { captureScript } from '../../../src/capture/script/capture-script.js';
import { isInstalled } from './processes.js';

const script = captureScript('1.2.3');

function check(program: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(program, words, { input: script, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe('syntax', () => {
  const shells: readonly (readonly [string, string[]])[] = [
    ['sh', ['-n']],
    ['dash', ['-n']],
    ['bash', ['--posix', '-n']],
    ['busybox', ['sh', '-n']],
  ];
  for (const [shell, words] of shells) {
    test.skipIf(!isInstalled(shell))(shell, () => {
      expect(check(shell, ...words)).toEqual({ status: 0, said: '' });
    });
  }

  test.skipIf(!isInstalled('shellcheck'))('shellcheck', () => {
    expect(check('shellcheck', '--shell=sh', '-')).toEqual({ status: 0, said: '' });
  });
});

test('it is one file: nothing is left to be put in', () => {
  expect(script.startsWith('#!/bin/sh\n')).toBe(true);
  expect(script).not.toMatch(/^#@/m);
  expect(script).not.toContain('@VERSION@');
  expect(script).toContain("echo 'script=1.2.3'");
});

test('lines fit a terminal', () => {
  const own = script.replaceAll(/<<'LINMAP_READER'\n[\s\S]*?\nLINMAP_READER\n/g, '');
  const long = own.split('\n').filter((line) => line.length > 120);
  // Rows of the table of probes are lines of kprobe_events.
  expect(long.filter((line) => !/^\w+ +[pr] +\w+ +\S+ +\w+=/.test(line))).toEqual([]);
});

test('the readers of page tables are in it, as they are', () => {
  expect(script.match(/<<'LINMAP_READER'\n/g)).toHaveLength(3);
});
