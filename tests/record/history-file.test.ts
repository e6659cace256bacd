// The history on disk: nothing is lost, whoever is killed and whoever else writes.
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type HistoryEntry, historyEntry } from '../../src/record/history-entry.js';
import { appendHistory, readHistory, readHistoryFile } from '../../src/record/history-file.js';
import { root } from '../cli/linmap.js';
import { sampleRun } from '../report/sample-run.js';
import { scratchFolder } from '../scratch-folder.js';

const ENTRY = historyEntry(sampleRun());

function entryAt(second: number): HistoryEntry {
  const time = new Date(Date.UTC(2026, 0, 15, 12, 0, second)).toISOString();
  return { ...ENTRY, time };
}

test('an entry comes back as it was, from the file of its fingerprint', () => {
  const folder = join(scratchFolder(), 'not', 'there');
  const entry = entryAt(0);
  const path = appendHistory(folder, entry);
  expect(path).toBe(join(folder, `${entry.fingerprint}.jsonl`));
  expect(readHistory(folder)).toEqual({ entries: [entry], warnings: [] });
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
});

test('entries of all machines come in order of time', () => {
  const folder = scratchFolder();
  appendHistory(folder, entryAt(3));
  appendHistory(folder, { ...entryAt(2), fingerprint: 'another' });
  appendHistory(folder, entryAt(1));
  expect(readHistory(folder).entries.map(({ time }) => time)).toEqual(
    [1, 2, 3].map((at) => entryAt(at).time),
  );
  expect(readHistory(join(folder, 'nothing'))).toEqual({ entries: [], warnings: [] });
});

test('a line cut short anywhere costs that line only, and the next run mends the file', () => {
  const folder = scratchFolder();
  const first = entryAt(1);
  const path = appendHistory(folder, first);
  const whole = readFileSync(path).length;
  const second = entryAt(2);
  appendHistory(folder, second);
  const both = readFileSync(path);
  for (let size = whole; size <= both.length; size += 37) {
    writeFileSync(path, both);
    truncateSync(path, size);
    const torn = size !== whole;
    const read = readHistoryFile(path);
    expect(read.entries[0]).toEqual(first);
    // Whole but for the line break, it is an entry.
    expect(read.entries.length + read.warnings.length).toBe(torn ? 2 : 1);
    appendHistory(folder, entryAt(3));
    const last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toEqual(entryAt(3));
    const mended = readHistoryFile(path).entries;
    expect(mended[0]).toEqual(first);
    expect(mended.at(-1)).toEqual(entryAt(3));
  }
});

test('a piece of a line right before a whole one does not take it along', () => {
  const folder = scratchFolder();
  const path = appendHistory(folder, entryAt(1));
  const line = readFileSync(path, 'utf8');
  appendFileSync(path, line.slice(0, 300) + line);
  const { entries, warnings } = readHistoryFile(path);
  expect(entries).toEqual([entryAt(1), entryAt(1)]);
  expect(warnings).toEqual([
    `${path}:2: expected an entry of the history, found a line cut short or another version`,
  ]);
});

test.each([
  ['text', 'no json'],
  ['another version', '{"schema":"linmap.history/2"}'],
  ['an entry without its fields', '{"schema":"linmap.history/1"}'],
])('%s is passed over, with its line named', (_, line) => {
  const folder = scratchFolder();
  const path = appendHistory(folder, entryAt(1));
  appendFileSync(path, `${line}\n`);
  appendHistory(folder, entryAt(2));
  const { entries, warnings } = readHistoryFile(path);
  expect(entries).toEqual([entryAt(1), entryAt(2)]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`${path}:2: `);
});

describe('processes at once', () => {
  const module = pathToFileURL(join(root, 'dist/src/record/history-file.js')).href;

  test('lose nothing', async () => {
    const folder = scratchFolder();
    const [writers, each] = [4, 25];
    const script = `
      const { appendHistory } = await import(${JSON.stringify(module)});
      const entry = JSON.parse(process.argv[1]);
      for (let i = 0; i < ${each}; i++) appendHistory(process.argv[2], { ...entry, seed: Number(process.argv[3]) * 1000 + i });`;
    const run = promisify(execFile);
    await Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        run(process.execPath, [
          '--input-type=module',
          '-e',
          script,
          JSON.stringify(entryAt(0)),
          folder,
          String(writer),
        ]),
      ),
    );
    const { entries, warnings } = readHistory(folder);
    expect(warnings).toEqual([]);
    const seeds = entries.map(({ seed }) => seed).sort((a, b) => Number(a) - Number(b));
    expect(seeds).toEqual(
      Array.from({ length: writers * each }, (_, at) => Math.floor(at / each) * 1000 + (at % each)),
    );
  });
});

test('a folder that cannot be made is one line', () => {
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  expect(() => appendHistory(join(file, 'history'), entryAt(0))).toThrow(
    `${join(file, 'history')}: expected a folder that can be made, found a file where a directory should be`,
  );
  expect(existsSync(join(file, 'history'))).toBe(false);
});
