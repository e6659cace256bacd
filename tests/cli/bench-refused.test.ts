// A bench that can do nothing of what it was asked for says so, and leaves results as they are.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { refusalHere } from './linmap-here.js';

test.each([[], ['--check=counters']])('a filter that nothing matches %s', async (...check) => {
  const out = scratchFolder();
  expect(await refusalHere('bench', '--quick', ...check, '--filter', 'no such name', '--out', out)).toBe(
    '--filter: expected a name that a bench has, found none that /no such name/ matches',
  );
  expect(readdirSync(out)).toEqual([]);
});

test('captures that are not there', async () => {
  const captures = join(scratchFolder(), 'nothing');
  expect(await refusalHere('bench', '--quick', '--captures', captures)).toBe(
    `${captures}: expected a folder of captures, found none`,
  );
});
