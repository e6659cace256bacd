import { expect, test } from 'vitest';
import { markdownTable, type Table, terminalTable, wrap } from '../../src/report/table.js';

const TABLE: Table = {
  title: 'Costs',
  columns: [
    { heading: 'strategy', align: 'left' },
    { heading: 'table memory', align: 'right' },
    { heading: 'equal', align: 'left' },
  ],
  rows: [
    { group: 'first group' },
    ['page-basis', '512', { text: 'yes', tone: 'good' }],
    ['huge-size', '1', { text: 'NO', tone: 'bad' }],
  ],
  notes: ['A note.'],
};

const lines = (table: Table, width?: number) =>
  terminalTable(table, width === undefined ? {} : { width }).split('\n');

test('cells stand under their headings, numbers to the right', () => {
  expect(lines(TABLE)).toEqual([
    'Costs',
    '               table',
    '  strategy    memory  equal',
    '  ──────────  ──────  ─────',
    'first group',
    '  page-basis     512  yes',
    '  huge-size        1  NO',
    'A note.',
  ]);
});

test('a table that is too wide first narrows its gaps', () => {
  expect(lines(TABLE, 25)).toContain('  page-basis    512 yes');
});

test('a table that is still too wide cuts its texts, never its numbers', () => {
  const narrow = lines(TABLE, 20);
  expect(Math.max(...narrow.map((line) => [...line].length))).toBeLessThanOrEqual(20);
  expect(narrow).toContain('  page…    512 yes');
});

test('colour goes to terminals only, and not where NO_COLOR is set', () => {
  const coloured = (isTTY: boolean, environment: Record<string, string>) =>
    terminalTable(TABLE, { stream: { isTTY }, environment }).includes('\u001b[');
  expect(coloured(true, {})).toBe(true);
  expect(coloured(true, { NO_COLOR: '' })).toBe(true);
  expect(coloured(true, { NO_COLOR: '1' })).toBe(false);
  expect(coloured(false, {})).toBe(false);
  expect(terminalTable(TABLE)).not.toContain('\u001b[');
});

test('Markdown aligns columns and keeps groups as rows', () => {
  expect(markdownTable(TABLE).split('\n')).toEqual([
    '#### Costs',
    '',
    '| strategy | table memory | equal |',
    '| :--- | ---: | :--- |',
    '| **first group** |  |  |',
    '| page-basis | 512 | yes |',
    '| huge-size | 1 | NO |',
    '',
    'A note.',
  ]);
});

test('Markdown in a cell is text', () => {
  const table: Table = {
    title: 'a_b',
    columns: [{ heading: 'x', align: 'left' }],
    rows: [['a|b `c` *d* [e] <f> & \\g\nh']],
  };
  const markdown = markdownTable(table);
  expect(markdown).toContain('#### a\\_b');
  expect(markdown).toContain('| a\\|b \\`c\\` \\*d\\* \\[e\\] &lt;f> &amp; \\\\g h |');
});

test('text wraps at spaces, and a word that is too long is cut', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('abcdefgh ij', 5)).toEqual(['abcd…', 'ij']);
  expect(wrap('', 5)).toEqual(['']);
});
