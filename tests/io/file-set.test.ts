import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeTogether } from '../../src/io/file-set.js';
import { scratchFolder } from '../scratch-folder.js';

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
});

const place = (name: string) => join(folder, name);
const set = (...names: string[]) => names.map((name) => ({ path: place(name), data: `new ${name}` }));
const content = (name: string) => readFileSync(place(name), 'utf8');

test('all files are there, and what the set no longer has is gone', () => {
  writeFileSync(place('a'), 'old');
  writeFileSync(place('gone'), 'old');
  writeTogether(set('a', 'b'), [place('gone'), place('never')]);
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  expect(content('a')).toBe('new a');
});

test('a file that cannot be written leaves all as they were', () => {
  writeFileSync(place('a'), 'old');
  writeFileSync(place('gone'), 'old');
  mkdirSync(place('b'));
  expect(() => writeTogether(set('a', 'b'), [place('gone')])).toThrow(
    `${place('b')}: expected a place to write a file, found a directory`,
  );
  expect(() => writeTogether(set('a', 'no/where'))).toThrow(
    `${place('no/where')}: expected a place to write a file, found no such file or directory`,
  );
  expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'gone']);
  expect(content('a')).toBe('old');
});

test('writes through a link', () => {
  writeFileSync(place('target'), 'old');
  symlinkSync('target', place('link'));
  writeTogether(set('link'));
  expect(content('target')).toBe('new link');
});
