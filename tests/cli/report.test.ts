// linmap report: a record becomes a page, wherever the record lies.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sampleRun } from '../report/sample-run.js';
import { scratchFolder } from '../scratch-folder.js';
import { linmapHere } from './linmap-here.js';

const RECORD = JSON.stringify(sampleRun());

test('the page of a folder lies beside its record, and is small', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'run.json'), RECORD);
  const { code, stdout } = await linmapHere('report', folder);
  expect(code).toBe(0);
  expect(stdout).toContain(join(folder, 'report.html'));
  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  expect(page).toMatch(/^<!DOCTYPE html>/);
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
  // What is in a script is no attribute: the browser's own rules are in its policy.
  const markup = page.replace(/<script[\s\S]*?<\/script>/g, '');
  for (const [, url] of markup.matchAll(/(?:src|href)="([^"]{0,40})/g)) expect(url).toMatch(/^(#|data:)/);
});

test('-o names the file, a gzipped record is read, --json says what was written', async () => {
  const folder = scratchFolder();
  const record = join(folder, 'old.json.gz');
  writeFileSync(record, gzipSync(RECORD));
  const file = join(folder, 'page.html');
  const { code, stdout } = await linmapHere('report', record, '-o', file, '--json');
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ schema: 'linmap.report/1', file });
  expect(document.bytes).toBe(readFileSync(file).length);
});

test('what is no record, and a place that cannot be written to, are one line each', async () => {
  const folder = scratchFolder();
  const record = join(folder, 'run.json');
  writeFileSync(record, '{"schema": "linmap.run/1"}');
  const wrong = await linmapHere('report', record);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(wrong.stderr).toContain('run.json');
  expect(existsSync(join(folder, 'report.html'))).toBe(false);
  writeFileSync(record, RECORD);
  mkdirSync(join(folder, 'page.html'));
  const blocked = await linmapHere('report', record, '-o', join(folder, 'page.html', 'in', 'none'));
  expect(blocked.code).toBe(2);
  expect(blocked.stderr.trimEnd().split('\n').at(-1)).toMatch(/expected a place to write a file/);
});
