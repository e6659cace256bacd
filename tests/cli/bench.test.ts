// linmap bench: a short, filtered main job, and what it leaves behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedFolder } from '../scratch-folder.js';
import { linmap, main, root } from './linmap.js';

const folder = sharedFolder();

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

test('--jobs is a number of threads', () => {
  for (const jobs of ['0', '65', '1.5', 'two']) {
    const { code, stderr } = linmap('bench', '--jobs', jobs);
    expect([jobs, code, stderr.trimEnd().split('\n')]).toEqual([
      jobs,
      2,
      [expect.stringMatching(/--jobs.*Expected a whole number from 1 to 64\.$/)],
    ]);
  }
});

test('a capture that is wrong is one line, whatever thread reads it', () => {
  const captures = join(folder, 'captures');
  const scenario = join(captures, 'machine', 'scenario');
  mkdirSync(scenario, { recursive: true });
  for (const name of ['machine.json', 'before.map.json', 'trace.txt'])
    writeFileSync(join(scenario, name), '{');
  const said = ['1', '2'].map((jobs) => {
    const { code, stdout, stderr } = linmap(
      ...['bench', '--quick', '--captures', captures, '--filter', 'scenario|table', '--jobs', jobs],
      ...['--out', join(folder, `broken-${jobs}`)],
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(join(folder, `broken-${jobs}`, 'run.json'))).toBe(false);
    return stderr;
  });
  expect(said[0]).toMatch(/^\S*machine\.json:1: expected [^\n]*\n$/);
  expect(said[1]).toBe(said[0]);
});

test('Ctrl-C ends the threads, and leaves no results', async () => {
  const out = join(folder, 'interrupted');
  const child = spawn(process.execPath, [main, 'bench', '--quick', '--jobs', '2', '--out', out], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Progress begins after two seconds: by then jobs are under way.
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
  expect(existsSync(out)).toBe(false);
});
