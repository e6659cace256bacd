// CSV as RFC 4180 has it, and as Apache Otava reads it: time, attributes, metrics, no cell empty.
import { expect, test } from 'vitest';
import { csvFormat } from '../../../src/record/export/csv.js';
import { historyEntry } from '../../../src/record/history-entry.js';
import { timedSeries } from '../../../src/record/timed-series.js';
import { emptyRun, sampleRun } from '../../report/sample-run.js';
import { everything } from './exported-run.js';

/** Records of cells, by the grammar of RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n)/y;
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error('no cell where one should begin');
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('a run is a row, its columns the series', () => {
  const [header = [], row = [], ...rest] = parse(csvFormat.ofRun(sampleRun(), everything).text);
  expect(rest).toEqual([]);
  expect(header.slice(0, 3)).toEqual([
    'time',
    'commit',
    'hot-path-walk-random-walks-over-256-gib-of-pages-wasm',
  ]);
  expect(header).toHaveLength(2 + timedSeries(sampleRun()).length);
  expect(new Set(header).size).toBe(header.length);
  expect(row.slice(0, 3)).toEqual(['2026-01-15T12:00:00Z', sampleRun().commit?.hash, '18.4']);
  for (const value of row.slice(2)) expect(Number(value)).toBeGreaterThan(0);
});

test('a history is a row for each run that has all series of the last one', () => {
  const entry = historyEntry(sampleRun());
  const entries = [entry, { ...entry, series: entry.series.slice(1) }, { ...entry, commit: null }];
  const { text, warnings } = csvFormat.ofHistory?.(entries, everything) ?? { text: '', warnings: [] };
  const rows = parse(text);
  expect(rows).toHaveLength(1 + 2);
  expect(rows[2]?.[1]).toBe('');
  expect(rows.every((row) => row.length === rows[0]?.length)).toBe(true);
  expect(warnings).toEqual(['1 of 3 runs lack a series of the last one and were left out']);
});

test('a filter chooses columns; a run without times has none', () => {
  const [header] = parse(csvFormat.ofRun(sampleRun(), (name) => name.includes('split')).text);
  expect(header?.slice(2).every((name) => name.includes('split'))).toBe(true);
  expect(parse(csvFormat.ofRun(emptyRun(), everything).text)[0]).toEqual(['time', 'commit']);
});
