import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, tryFolder } from '../../src/io/folder.js';
import { scratchFolder } from '../scratch-folder.js';

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
});

test('makes what is missing, and leaves what is there', () => {
  const deep = join(folder, 'a', 'b', 'c');
  makeFolder(deep);
  writeFileSync(join(deep, 'file'), '');
  makeFolder(deep);
  makeFolder(`${deep}/`);
  expect(readdirSync(deep)).toEqual(['file']);
});

test('takes a link to a folder as that folder', () => {
  mkdirSync(join(folder, 'there'));
  symlinkSync('there', join(folder, 'link'));
  makeFolder(join(folder, 'link', 'new'));
  expect(readdirSync(join(folder, 'there'))).toEqual(['new']);
});

test('trying leaves nothing behind, and nothing of what was there is gone', () => {
  tryFolder(join(folder, 'a', 'b'));
  expect(readdirSync(folder)).toEqual([]);
  mkdirSync(join(folder, 'empty'));
  tryFolder(join(folder, 'empty'));
  expect(readdirSync(folder)).toEqual(['empty']);
});

describe.each([
  ['makeFolder', makeFolder],
  ['tryFolder', tryFolder],
])('%s refuses', (_, act) => {
  const long = 'n'.repeat(300);
  test.each<[string, string, string]>([
    ['a file', 'file', 'a file where a directory should be'],
    ['a path through a file', 'file/a/b', 'a file where a directory should be'],
    ['a name that is too long', `made/${long}/b`, 'a name that is too long'],
    ['a link to nothing', 'dangling', 'a file where a directory should be'],
    ['a path through a link to nothing', 'dangling/a', 'a file where a directory should be'],
    ['links in a circle', 'circle/a', 'a file where a directory should be'],
  ])('%s', (_name, path, found) => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nothing', join(folder, 'dangling'));
    symlinkSync('circle', join(folder, 'circle'));
    const before = readdirSync(folder);
    expect(() => act(join(folder, path))).toThrow(
      `${join(folder, path)}: expected a folder that can be made, found ${found}`,
    );
    expect(readdirSync(folder)).toEqual(before);
  });

  test.skipIf(!existsSync('/proc/self'))('a place where nobody can make one', () => {
    expect(() => act('/proc/nothing/below')).toThrow(
      '/proc/nothing/below: expected a folder that can be made, found that /proc takes none',
    );
  });
});

test.skipIf(!existsSync('/proc/self'))('trying finds out that a folder takes no files', () => {
  expect(() => tryFolder('/proc')).toThrow(
    '/proc: expected a folder to write files into, found one that takes none',
  );
});
