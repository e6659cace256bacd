// The README's first screen shows real output, and its commands exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './cli/linmap.js';
import { linmapHere } from './cli/linmap-here.js';
import { scratchFolder } from './scratch-folder.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the table is what linmap change prints', async () => {
  const command = /^npx linmap (change .*)$/m.exec(readme)?.[1];
  if (command === undefined) throw new Error('the README has no example of linmap change');
  const table = /^```\n(strategy[\s\S]*?)^```$/m.exec(readme)?.[1];
  if (table === undefined) throw new Error('the README has no table');
  expect((await linmapHere(...command.split(' '))).stdout).toContain(table);
});

test.each([...readme.matchAll(/^npx linmap (.*?)(?: +#.*)?$/gm)].map(([, command = '']) => command))(
  'linmap %s works',
  async (command) => {
    expect((await linmapHere(...command.split(' '))).code).toBe(0);
  },
);

test("the commands for a machine of one's own work on an archive of such a machine", async () => {
  const archive = join(root, 'tests/capture/script/captured/debian-7.2.13.tar.gz');
  const folder = scratchFolder();
  const commands = [...readme.matchAll(/^linmap ((?:import|replay|inspect) .*?) *#/gm)];
  expect(commands).toHaveLength(3);
  for (const [, command = ''] of commands) {
    const args = command.split(' ').map((word) => {
      if (word === 'linmap-*.tar.gz') return archive;
      return word.startsWith('server') ? join(folder, word) : word;
    });
    expect(await linmapHere(...args)).toMatchObject({ code: 0 });
  }
});

test.each([...readme.matchAll(/\]\(([^):]+)\)/g)].map(([, target = '']) => target))('%s exists', (target) => {
  expect(existsSync(join(root, target))).toBe(true);
});
