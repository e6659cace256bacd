// linmap reference: pins the present core into a folder and shows it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { root } from './linmap.js';
import { linmapHere } from './linmap-here.js';

test('pins the present core and shows what it has pinned', async () => {
  const folder = join(scratchFolder(), 'reference');
  const pinned = await linmapHere(
    'reference',
    'pin',
    '--force',
    '--reason',
    'for a test',
    '--reference',
    folder,
    '--json',
  );
  expect(pinned.code).toBe(0);
  const record = JSON.parse(pinned.stdout);
  expect(record).toMatchObject({ schema: 'linmap.reference/1', reason: 'for a test' });
  expect(readdirSync(folder).sort()).toEqual(['core.wasm', 'reference.json']);
  expect(readFileSync(join(folder, 'core.wasm'))).toEqual(readFileSync(join(root, 'build/core.wasm')));
  expect(JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'))).toEqual(record);

  expect(JSON.parse((await linmapHere('reference', '--reference', folder, '--json')).stdout)).toEqual(record);
  const shown = await linmapHere('reference', '--reference', folder);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain(record.sha256);
  expect(shown.stdout).toContain('the same, byte for byte');
});

test('nothing pinned, and a damaged reference, are one line each', async () => {
  const folder = scratchFolder();
  const missing = await linmapHere('reference', '--reference', folder);
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr.trimEnd()).toMatch(
    /^\S+: expected a pinned reference, found none: linmap reference pin$/,
  );
  await linmapHere('reference', 'pin', '--force', '--reference', folder);
  writeFileSync(join(folder, 'core.wasm'), 'no module');
  const damaged = await linmapHere('reference', '--reference', folder);
  expect(damaged).toMatchObject({ code: 2, stdout: '' });
  expect(damaged.stderr.trimEnd().split('\n')).toHaveLength(1);
});
