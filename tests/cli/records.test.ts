// linmap history, compare and export, on what a short main job leaves behind.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXPORT_FORMATS } from '../../src/record/export/catalogue.js';
import { sharedFolder } from '../scratch-folder.js';
import { linmapWith } from './linmap.js';
import { documentHere, linmapHere, refusalHere } from './linmap-here.js';

const FILTER = '^4k-bbml2.cbpf200|^4K.48 blocks bpf-pack-2m';

/** With one thread, which needs no built files of its own. */
const bench = (...args: string[]) => linmapHere('bench', '--quick', '--jobs', '1', ...args);

const folder = sharedFolder();
const results = join(folder, 'results');
const history = join(results, 'history');
beforeAll(async () => {
  for (const extra of [[], [], ['--no-history']]) {
    expect((await bench('--filter', FILTER, '--out', results, ...extra)).code).toBe(0);
  }
});

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

  test('appends to another history where it is named, and nothing where it found nothing to do', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const options = ['--out', join(folder, 'more'), '--history', elsewhere];
    expect((await bench('--filter', 'no such thing', ...options)).code).toBe(2);
    expect(existsSync(elsewhere)).toBe(false);
  });
});

describe('linmap history', () => {
  test('is one document of segments', async () => {
    const document = await documentHere('history', '--history', history);
    expect(document).toMatchObject({
      schema: 'linmap.historyReport/1',
      segments: [{ runs: 2, quick: true }],
      exactChanges: [],
    });
  });

  test('is a table, also since a day or a commit', async () => {
    const { code, stdout } = await linmapHere('history', '--history', history, '--since', '2020-01-01');
    expect(code).toBe(0);
    expect(stdout).toMatch(/: 2 quick runs, \d{4}-\d{2}-\d{2}/);
  });

  test.each([
    ['a history that is not there', ['--history', 'nowhere'], /^nowhere: expected a history of runs/],
    ['a day after the last run', ['--since', '2999-01-01'], /expected runs since 2999-01-01, found none/],
    ['a commit without a run', ['--since', 'ffffffff'], /expected a run of commit ffffffff, found none/],
    ['what is neither', ['--since', 'yesterday'], /^--since: expected a date such as 2026-11-01 or a commit/],
    ['no regular expression', ['--series', '('], /regular expression/],
    [
      'a series where no run has any',
      ['--series', 'walk'],
      /^--series: expected the name of a series, found that there is none at all$/m,
    ],
  ])('%s is one line', async (_, args, message) => {
    const { code, stdout, stderr } = await linmapHere('history', '--history', history, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('is drawn where runs have times', async () => {
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
    expect(await refusalHere('history', '--history', timed, '--series', 'no such')).toBe(
      '--series: expected the name of a series, such as "walk", found none that /no such/ matches',
    );
    expect((await documentHere('history', '--history', timed, '--series', '^walk$')).segments).toHaveLength(
      1,
    );
    const chart = join(folder, 'history.png');
    const { code, stdout } = linmapWith({ LC_ALL: 'C' }, 'history', '--history', timed, '--chart', chart);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ _{15}#{15}$/m);
    expect(stdout).toContain('+20 %, worse');
    expect(readFileSync(chart).subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  });
});

describe('linmap compare', () => {
  test('finds equal counters in a run and itself', async () => {
    const document = await documentHere('compare', results, join(results, 'run.json'));
    expect(document).toMatchObject({ schema: 'linmap.compare/1', counters: { by: 'counter', changed: 0 } });
  });

  test('names a counter that differs, and still ends with 0', async () => {
    const run = JSON.parse(readFileSync(join(results, 'run.json'), 'utf8'));
    run.comparisons[0].counters.tlbi.single += 3;
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify(run));
    const { code, stdout } = await linmapHere('compare', results, other, '--markdown');
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
  ])('%s is one line', async (_, args, message) => {
    const { code, stdout, stderr } = await linmapHere('compare', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('linmap export', () => {
  test.each(EXPORT_FORMATS.map(({ id }) => id))('%s, printed or into a file', async (format) => {
    const file = join(folder, `out.${format}`);
    const printed = await linmapHere('export', results, '--format', format);
    const written = await linmapHere('export', results, '--format', format, '-o', file);
    expect([printed.code, written.code, written.stdout]).toEqual([0, 0, '']);
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
    expect(printed.stdout.length).toBeGreaterThan(2);
  });

  test.each(['go', 'bencher', 'junit'])('%s of what the filter matches, or one line', async (format) => {
    const args = ['export', results, '--format', format, '--filter'];
    expect((await linmapHere(...args, 'huge-size$')).stdout).toContain('huge-size');
    const file = join(folder, `nothing.${format}`);
    expect(await refusalHere(...args, 'no such', '-o', file)).toMatch(
      new RegExp(
        `^--filter: expected the name of what ${format} holds of a record, such as ".+" \\(of \\d+\\), found none that /no such/ matches$`,
      ),
    );
    expect(existsSync(file)).toBe(false);
  });

  test('a history as CSV only', async () => {
    const file = join(history, readdirSync(history)[0] ?? '');
    expect((await linmapHere('export', file, '--format', 'csv')).stdout.split('\n')).toHaveLength(1 + 2 + 1);
    const { code, stderr } = await linmapHere('export', file, '--format', 'go');
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected the record of one run for go, found a history/);
  });

  test('no format, and no such format', async () => {
    expect((await linmapHere('export', results)).stderr).toMatch(/--format/);
    const { code, stderr } = await linmapHere('export', results, '--format', 'xml');
    expect(code).toBe(2);
    expect(stderr).toContain('go, google-benchmark, github-action, bencher, junit, csv');
  });
});
