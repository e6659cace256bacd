import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coresTable } from '../../src/cli/cores-text.js';
import { parseCore } from '../../src/machine/cores/core-file.js';
import { CORES } from '../../src/machine/cores/presets/catalogue.js';
import { markdownTable } from '../../src/report/table.js';
import { scratchFolder } from '../scratch-folder.js';
import { root } from './linmap.js';
import { documentHere, linmapHere, refusalHere } from './linmap-here.js';

interface CoresDocument {
  schema: string;
  cores: unknown[];
}

async function coresOf(...args: string[]): Promise<CoresDocument> {
  return documentHere('cores', ...args);
}

test('every core is a line of the table, with its kinds marked', async () => {
  const { code, stdout, stderr } = await linmapHere('cores');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { id } of CORES) expect(stdout).toMatch(new RegExp(`^${id} `, 'm'));
  expect(stdout).toMatch(/^neoverse-n1 +48 +48 +1280 5-way +512M, 32M, 1G +\+3 +in L2 +4$/m);
  expect(stdout).toMatch(/^apple-m1 +160 5-way\* +192 6-way\? +3072 12-way\* +1G\? +\+6\* +32\? +4\?$/m);
  expect(stdout).toMatch(/^ampereone +64 +64 4-way +1536 6-way \+ 768 6-way +any +\+6\? +32\? +8$/m);
  for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
});

test('one core in full: every value with its kind and source', async () => {
  const { code, stdout } = await linmapHere('cores', 'a64fx');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a64fx: Fujitsu A64FX$/m);
  expect(stdout).toMatch(/^L1 data replacement +FIFO \(documented: A64FX Microarchitecture Manual /m);
  expect(stdout).toMatch(/^L2 hit +\+7 cycles \(assumed: /m);
  expect(stdout).not.toMatch(/^system cache/m);
});

describe('--json', () => {
  test('all cores, as they are', async () => {
    expect(await coresOf()).toEqual({ schema: 'linmap.cores/1', cores: JSON.parse(JSON.stringify(CORES)) });
  });

  test('one core is a file of its own', async () => {
    const { cores } = await coresOf('neoverse-v2');
    expect(cores).toHaveLength(1);
    const file = join(scratchFolder(), 'mine.json');
    const mine = JSON.stringify(cores[0]).replace('"neoverse-v2"', '"mine"');
    writeFileSync(file, mine);
    expect((await coresOf(file)).cores).toEqual([parseCore(mine, file)]);
    expect((await linmapHere('cores', file)).stdout).toMatch(/^mine: Neoverse V2/m);
  });
});

describe('what is no core', () => {
  test('neither an id nor a file', async () => {
    expect(await refusalHere('cores', 'neoverse')).toMatch(
      /^neoverse: expected a core file or one of cortex-a53, /,
    );
  });

  test('a file of something else', async () => {
    expect(await refusalHere('cores', 'package.json')).toMatch(
      /^package\.json:\d+: expected only known keys, found "name"$|^package\.json:\d+: schema: /,
    );
  });

  test('two cores', async () => {
    expect(await refusalHere('cores', 'a64fx', 'apple-m1')).toMatch(
      /^error: too many arguments for 'cores'\./,
    );
  });
});

describe('docs/cores.md', () => {
  const manual = readFileSync(join(root, 'docs/cores.md'), 'utf8');

  test('has the table of the cores as they are', () => {
    expect(manual).toContain(markdownTable(coresTable(CORES)));
  });

  test('its example is a core', () => {
    const example = /```json\n(.+?)```/s.exec(manual)?.[1] ?? '';
    expect(parseCore(example, 'docs/cores.md').id).toBe('my-core');
  });
});
