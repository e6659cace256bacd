import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { moveInto, requireFree, withWorkingFolder } from '../../../src/capture/import/working-folder.js';
import { InputError } from '../../../src/io/input-error.js';
import { scratchFolder } from '../../scratch-folder.js';

let scratch: string;
let target: string;
beforeEach(() => {
  scratch = scratchFolder();
  target = join(scratch, 'out');
});

function makeIn(working: string): string {
  const folder = join(working, 'made');
  mkdirSync(folder);
  writeFileSync(join(folder, 'new'), 'x');
  return folder;
}

test('what was made appears at once, in place of what was there, and nothing else stays', async () => {
  mkdirSync(target);
  writeFileSync(join(target, 'old'), 'x');
  await withWorkingFolder(target, async (working) => {
    const made = makeIn(working);
    expect(readdirSync(target)).toEqual(['old']);
    moveInto(made, target, working);
  });
  expect(readdirSync(scratch)).toEqual(['out']);
  expect(readdirSync(target)).toEqual(['new']);
});

test('nothing appears or stays where it fails', async () => {
  const failure = withWorkingFolder(target, async (working) => {
    makeIn(working);
    throw new Error('no');
  });
  await expect(failure).rejects.toThrow('no');
  expect(readdirSync(scratch)).toEqual([]);
});

test('what was there is back where the move fails', async () => {
  mkdirSync(target);
  writeFileSync(join(target, 'old'), 'kept');
  const failure = withWorkingFolder(target, async (working) =>
    moveInto(join(working, 'nothing'), target, working),
  );
  await expect(failure).rejects.toThrow('ENOENT');
  expect(readFileSync(join(target, 'old'), 'utf8')).toBe('kept');
});

test('a place where no folder can be made', async () => {
  const missing = join(scratch, 'no', 'such', 'folder');
  await expect(withWorkingFolder(missing, async () => 1)).rejects.toThrow(
    `${missing}: expected a place to make a folder, found no such file or directory`,
  );
  expect(existsSync(join(scratch, 'no'))).toBe(false);
});

test('which places are free', () => {
  expect(() => requireFree(target, null)).not.toThrow();
  mkdirSync(target);
  expect(() => requireFree(target, null)).not.toThrow();
  writeFileSync(join(target, 'x'), '');
  expect(() => requireFree(target, null)).toThrow('expected a new or empty folder, found files in it');
  expect(() => requireFree(target, () => false)).toThrow(
    'expected an earlier import to replace, found other files',
  );
  expect(() => requireFree(target, () => true)).not.toThrow();
  expect(() => requireFree(join(target, 'x'), () => true)).toThrow(
    'expected a folder to write, found a file',
  );
});

test('errors about the working folder name the place that was asked for', async () => {
  const inside = withWorkingFolder(target, async (working) => {
    throw new InputError(
      join(working, 'made/trace.txt'),
      null,
      'expected a place to write a file, found no room',
    );
  });
  await expect(inside).rejects.toThrow(`${target}: expected a place to write a file, found no room`);
  const full = withWorkingFolder(target, async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  await expect(full).rejects.toThrow(`${target}: expected room for the folder, found no space left`);
});
