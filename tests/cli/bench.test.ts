// linmap bench: a short, filtered main job, and what it leaves behind.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linmap } from './linmap.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'linmap-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('prints one document, which is the record that it writes', () => {
  const out = join(folder, 'some', 'where');
  const filter = 'cbpf200$|^4K.48 blocks (bpf-pack-2m|vmalloc-2m-huge)';
  const { code, stdout } = linmap('bench', '--quick', '--filter', filter, '--out', out, '--json');
  expect(code).toBe(0);
  const run = JSON.parse(stdout);
  expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toEqual(run);
  expect(run).toMatchObject({ schema: 'linmap.run/1', options: { quick: true, filter } });
  expect(run.replays.map((one: { scenario: string }) => one.scenario)).toEqual(['cbpf200']);
  expect(run.comparisons).toHaveLength(2 * 5);
  expect(run.hotPath).toEqual([]);
  expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('cbpf200');
  expect(readdirSync(join(out, 'charts'))).toContain('traces-tlbi.png');
});

test('a filter that is no regular expression, and a folder that cannot be made, are one line each', () => {
  const wrong = linmap('bench', '--filter', '(');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr.trimEnd().split('\n')).toHaveLength(1);
  const file = join(folder, 'file');
  writeFileSync(file, 'not a folder');
  const blocked = linmap('bench', '--out', join(file, 'results'));
  expect(blocked.code).toBe(2);
  expect(blocked.stderr).toMatch(/^\S*file\S*results: expected a folder that can be made/);
  expect(existsSync(join(file, 'results'))).toBe(false);
});
