// From the script on a real kernel to a replay that is checked: what the script collects is enough, and is right.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linmap, root } from '../../cli/linmap.js';
import { scratchFolder } from '../../scratch-folder.js';
import { readArchive } from './archive-reading.js';

const archiveOf = (kernel: string) => join(root, `tests/capture/script/captured/debian-${kernel}.tar.gz`);

test.each([
  ['7.2.13', 112],
  ['6.1.176', 78],
])('a capture of a running %s kernel replays to the map that was read after it', (kernel, calls) => {
  const archive = archiveOf(kernel);
  const scenario = join(scratchFolder(), 'load');
  expect(linmap('import', archive, '-o', scenario).code).toBe(0);
  const { code, stdout } = linmap('replay', scenario, '--json');
  const { equal, applied, differenceCount } = JSON.parse(stdout);
  expect({ code, equal, differenceCount }).toEqual({ code: 0, equal: true, differenceCount: 0 });
  expect(applied).toBe(calls);
});

test.each(['7.2.13', '6.1.176'])(
  'the manifest of %s names every file, and the tracer lost nothing',
  (kernel) => {
    const { files, values, value } = readArchive(archiveOf(kernel));
    expect(new Set(values('had'))).toEqual(new Set([...files.keys()].filter((name) => name !== 'MANIFEST')));
    expect(value('lost')).toBe('0');
  },
);
