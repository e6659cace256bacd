// linmap history, compare and export, on what a short main job leaves behind.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPORT_FORMATS } from '../../src/record/export/catalogue.js';
import { linmap, linmapWith } from './linmap.js';

const FILTER = '^4k-bbml2.cbpf200|^4K.48 blocks bpf-pack-2m';

let folder = '';
let results = '';
let history = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'linmap-records-'));
  results = join(folder, 'results');
  history = join(results, 'history');
  for (const extra of [[], [], ['--no-history']]) {
    expect(linmap('bench', '--quick', '--filter', FILTER, '--out', results, ...extra).code).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (...args: string[]) => {
  const { code, stdout, stderr } = linmap(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

describe('linmap bench', () => {
  test('appends a line to the history beside its results, filtered or not, unless told otherwise', () => {
    const [file = '', ...others] = readdirSync(history);
    expect(others).toEqual([]);
    const run = JSON.parse(readFileSync(join(results, 'run.json'), 'utf8'));
    expect(file).toBe(`${run.environment.fingerprint}.jsonl`);
    const lines = readFileSync(join(history, file), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      schema: 'linmap.history/1',
      fingerprint: run.environment.fingerprint,
      wasm: run.environment.wasm.sha256,
      options: { quick: true, filter: FILTER },
    });
  });

  test('appends to another history where it is named, and nothing where it found nothing to do', () => {
    const elsewhere = join(folder, 'elsewhere');
    const options = ['--out', join(folder, 'more'), '--history', elsewhere];
    expect(linmap('bench', '--quick', '--filter', 'no such thing', ...options).code).toBe(0);
    expect(existsSync(elsewhere)).toBe(false);
  });
});

describe('linmap history', () => {
  test('is one document of segments', () => {
    const document = json('history', '--history', history);
    expect(document).toMatchObject({
      schema: 'linmap.historyReport/1',
      segments: [{ runs: 2, quick: true }],
      exactChanges: [],
    });
  });

  test('is a table, also since a day or a commit', () => {
    const { code, stdout } = linmap('history', '--history', history, '--since', '2020-01-01');
    expect(code).toBe(0);
    expect(stdout).toMatch(/: 2 quick runs, \d{4}-\d{2}-\d{2}/);
  });

  test.each([
    ['a history that is not there', ['--history', 'nowhere'], /^nowhere: expected a history of runs/],
    ['a day after the last run', ['--since', '2999-01-01'], /expected runs since 2999-01-01, found none/],
    ['a commit without a run', ['--since', 'ffffffff'], /expected a run of commit ffffffff, found none/],
    ['what is neither', ['--since', 'yesterday'], /^--since: expected a date such as 2026-11-01 or a commit/],
    ['no regular expression', ['--series', '('], /regular expression/],
  ])('%s is one line', (_, args, message) => {
    const { code, stdout, stderr } = linmap('history', '--history', history, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('is drawn where runs have times', () => {
    const timed = join(folder, 'timed');
    mkdirSync(timed);
    const entry = JSON.parse(
      readFileSync(join(history, readdirSync(history)[0] ?? ''), 'utf8').split('\n')[0] ?? '',
    );
    const lines = Array.from({ length: 30 }, (_, at) => {
      const time = new Date(Date.UTC(2026, 0, 1 + at)).toISOString();
      const median = (at < 15 ? 10 : 12) + 0.01 * ((at * 7) % 5);
      const series = [
        { name: 'walk', unit: 'ns/op', median, low: null, high: null, samples: 9, better: 'lower' },
      ];
      return JSON.stringify({ ...entry, time, series });
    });
    writeFileSync(join(timed, `${entry.fingerprint}.jsonl`), `${lines.join('\n')}\n`);
    const chart = join(folder, 'history.png');
    const { code, stdout } = linmapWith({ LC_ALL: 'C' }, 'history', '--history', timed, '--chart', chart);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ _{15}#{15}$/m);
    expect(stdout).toContain('+20 %, worse');
    expect(readFileSync(chart).subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  });
});

describe('linmap compare', () => {
  test('finds equal counters in a run and itself', () => {
    const document = json('compare', results, join(results, 'run.json'));
    expect(document).toMatchObject({ schema: 'linmap.compare/1', counters: { by: 'counter', changed: 0 } });
  });

  test('names a counter that differs, and still ends with 0', () => {
    const run = JSON.parse(readFileSync(join(results, 'run.json'), 'utf8'));
    run.comparisons[0].counters.tlbi.single += 3;
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify(run));
    const { code, stdout } = linmap('compare', results, other, '--markdown');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 of \d+ exact cases changed\./);
    expect(stdout).toMatch(/^\| tlbi\.single \| 1 \| \d+ \| \d+ \| \S+ % \|$/m);
  });

  test.each([
    ['a record that is not there', ['nowhere', 'latest'], /^nowhere: expected a readable file/],
    [
      'a file of something else',
      ['package.json', 'package.json'],
      /^package\.json:\d+: schema: expected "linmap\.run\/1"/,
    ],
    ['two forms at once', ['a', 'b', '--json', '--markdown'], /exclude each other/],
  ])('%s is one line', (_, args, message) => {
    const { code, stdout, stderr } = linmap('compare', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('linmap export', () => {
  test.each(EXPORT_FORMATS.map(({ id }) => id))('%s, printed or into a file', (format) => {
    const file = join(folder, `out.${format}`);
    const printed = linmap('export', results, '--format', format);
    const written = linmap('export', results, '--format', format, '-o', file);
    expect([printed.code, written.code, written.stdout]).toEqual([0, 0, '']);
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
    expect(printed.stdout.length).toBeGreaterThan(2);
  });

  test('a history as CSV only', () => {
    const file = join(history, readdirSync(history)[0] ?? '');
    expect(linmap('export', file, '--format', 'csv').stdout.split('\n')).toHaveLength(1 + 2 + 1);
    const { code, stderr } = linmap('export', file, '--format', 'go');
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected the record of one run for go, found a history/);
  });

  test('no format, and no such format', () => {
    expect(linmap('export', results).stderr).toMatch(/--format/);
    const { code, stderr } = linmap('export', results, '--format', 'xml');
    expect(code).toBe(2);
    expect(stderr).toContain('go, google-benchmark, github-action, bencher, junit, csv');
  });
});
