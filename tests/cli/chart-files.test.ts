// --chart of commands that draw one picture: PNG or SVG by the name of the file.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { linmapHere, refusalHere } from './linmap-here.js';
import { core, memory } from './tlb-arguments.js';

const TLB = ['tlb', ...memory, ...core, '--stream', 'zipf', '--accesses', '20000'];

test('linmap tlb draws the misses of every map, alike ones once', async () => {
  const file = join(scratchFolder(), 'curves.svg');
  const { code, stdout } = await linmapHere(...TLB, '--config', 'pages,pages-only,blocks', '--chart', file);
  expect(code).toBe(0);
  expect(stdout).toContain('TLB misses and walks of zipf on Neoverse N1');
  const svg = readFileSync(file, 'utf8');
  expect(svg).toMatch(/<title>With 1\u202f280 entries, [\d.]+ % of zipf accesses to pages miss, and /);
  expect(svg).toContain('20\u202f000 accesses of zipf on 4K/48, 16 GiB.');
  expect(svg).toMatch(/>pages, pages-only<\/text>/);
  expect(svg).toMatch(/>blocks<\/text>/);
  expect(svg).toMatch(/>Neoverse N1: 1\u202f280<\/text>/);
});

test('linmap tlb draws a PNG where the name says so', async () => {
  const file = join(scratchFolder(), 'curves.PNG');
  expect((await linmapHere(...TLB, '--config', 'pages', '--chart', file)).code).toBe(0);
  expect(readFileSync(file).subarray(1, 4).toString('latin1')).toBe('PNG');
});

test('linmap replay draws an SVG where the name says so', async () => {
  const file = join(scratchFolder(), 'timeline.svg');
  expect((await linmapHere('replay', 'captures/4k-bbml2/load-small', '--chart', file)).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^<svg [\s\S]+<\/svg>\n$/);
});

test.each([
  ['tlb', TLB],
  ['replay', ['replay', 'captures/4k-bbml2/load-small']],
  ['history', ['history']],
])('linmap %s refuses another kind of file', async (_, args) => {
  expect(await refusalHere(...args, '--chart', 'a.gif')).toBe(
    "error: option '--chart <file>' argument 'a.gif' is invalid. Expected a file that ends in .png or .svg.",
  );
});

test('a place that cannot be written to is one line, and no result is printed', async () => {
  const folder = scratchFolder();
  const file = join(folder, 'none', 'a.svg');
  const { code, stdout, stderr } = await linmapHere(...TLB, '--config', 'pages', '--chart', file, '--json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`${file}: expected a place to write a file, found no such file or directory\n`);
  expect(readdirSync(folder)).toEqual([]);
});
