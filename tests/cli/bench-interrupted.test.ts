// Results belong to one run: whenever the main job is interrupted, and whatever the run before had drawn.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { linmap, main, root } from './linmap.js';

const BEFORE = { filter: '^table memory$', charts: ['table-memory'] };
const AFTER = {
  filter: '^4K.48 blocks ',
  charts: ['change-time', 'leaf-sizes-left', 'page-basis-vs-huge-size'],
};

let out: string;
beforeEach(() => {
  out = join(scratchFolder(), 'results');
  expect(linmap(...bench(BEFORE.filter)).code).toBe(0);
});

const bench = (filter: string) => ['bench', '--quick', '--filter', filter, '--out', out];
/** Without those that are being written, whose names begin with a dot. */
const files = () =>
  readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((file) => !basename(file).startsWith('.'))
    .sort();
const charts = () => readdirSync(join(out, 'charts')).sort();

/** Names and dates of all files. */
const state = () => files().map((file) => [file, dateOf(join(out, file))]);
const dateOf = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs;

function expectResultsOf({ filter, charts: ids }: typeof BEFORE): void {
  expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).options.filter).toBe(filter);
  expect(charts()).toEqual(ids.flatMap((id) => [`${id}.png`, `${id}.svg`]));
}

test('Ctrl-C as soon as a result appears leaves those of one run', async () => {
  expectResultsOf(BEFORE);
  const old = JSON.stringify(state(), text);
  const child = spawn(process.execPath, [main, ...bench(AFTER.filter)], { cwd: root, stdio: 'ignore' });
  const looking = setInterval(() => {
    if (JSON.stringify(state(), text) === old) return;
    clearInterval(looking);
    child.kill('SIGINT');
  }, 1);
  await once(child, 'exit');
  clearInterval(looking);
  const { filter } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).options;
  expectResultsOf(filter === BEFORE.filter ? BEFORE : AFTER);
});

test('charts of the run before go, and what is not linmap’s stays', () => {
  const mine = join(out, 'charts', 'mine.png');
  writeFileSync(mine, 'of somebody else');
  const { code, stdout } = linmap(...bench(AFTER.filter));
  expect(code).toBe(0);
  expect(stdout).toMatch(/, report\.md and 3 charts in charts\/\.\n$/);
  expect(readFileSync(mine, 'utf8')).toBe('of somebody else');
  rmSync(mine);
  expectResultsOf(AFTER);
});

test('one chart is one chart', () => {
  expect(linmap(...bench(BEFORE.filter)).stdout).toMatch(/ and 1 chart in charts\/\.\n$/);
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
