// The charts of the documents show what the sources of today give.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../cli/linmap.js';

test('the charts in docs/charts are current', { timeout: 300_000 }, () => {
  const script = join(root, 'scripts/readme-charts.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr.split('\n').filter((line) => line.startsWith('docs/'))).toEqual([]);
  expect(status).toBe(0);
});
