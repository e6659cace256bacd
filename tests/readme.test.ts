// The README's first screen shows real output, and its commands exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linmap, root } from './cli/linmap.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the table is what linmap change prints', () => {
  const command = /^npx linmap (change .*)$/m.exec(readme)?.[1];
  if (command === undefined) throw new Error('the README has no example of linmap change');
  const table = /^```\n(strategy[\s\S]*?)^```$/m.exec(readme)?.[1];
  if (table === undefined) throw new Error('the README has no table');
  expect(linmap(...command.split(' ')).stdout).toContain(table);
});

test.each([...readme.matchAll(/^npx linmap (.*?)(?: +#.*)?$/gm)].map(([, command = '']) => command))(
  'linmap %s works',
  (command) => {
    expect(linmap(...command.split(' ')).code).toBe(0);
  },
);

test.each([...readme.matchAll(/\]\(([^):]+)\)/g)].map(([, target = '']) => target))('%s exists', (target) => {
  expect(existsSync(join(root, target))).toBe(true);
});
