// Folders that no command can make: one line and 2, at once.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { linmapCommand, root } from './linmap.js';

/** stderr; a command that does not end within the time fails. */
function refused(...args: string[]): string {
  const { status, signal, stdout, stderr } = spawnSync(`${linmapCommand} ${args.join(' ')}`, {
    cwd: root,
    encoding: 'utf8',
    shell: true,
    timeout: 20_000,
  });
  expect({ status, signal, stdout }).toEqual({ status: 2, signal: null, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr.trimEnd();
}

const QUICK = ['bench', '--quick', '--filter', "'^table memory$'"];

test.skipIf(!existsSync('/proc/self'))('below /proc', () => {
  const path = '/proc/nothing/below';
  const said = `${path}: expected a folder that can be made, found that /proc takes none`;
  expect(refused(...QUICK, '--out', path)).toBe(said);
  expect(refused('reference', 'pin', '--force', '--reference', path)).toBe(said);
  const out = join(scratchFolder(), 'out');
  expect(refused(...QUICK, '--out', out, '--history', path)).toBe(said);
  expect(existsSync(out)).toBe(false);
});

test.skipIf(!existsSync('/sys/kernel'))('in a place that takes none', () => {
  expect(refused(...QUICK, '--out', '/sys/linmap')).toMatch(
    /^\/sys\/linmap: expected a folder that can be made, found (no permission|a read-only file system)$/,
  );
});

test('through a file, and by a name that is too long', () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'file'), '');
  const through = join(folder, 'file', 'history');
  expect(refused(...QUICK, '--out', join(folder, 'out'), '--history', through)).toBe(
    `${through}: expected a folder that can be made, found a file where a directory should be`,
  );
  const long = join(folder, 'n'.repeat(300));
  expect(refused(...QUICK, '--out', long)).toBe(
    `${long}: expected a folder that can be made, found a name that is too long`,
  );
  expect(readdirSync(folder)).toEqual(['file']);
});
