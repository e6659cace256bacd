// The pages about the command line say what it really prints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mapDocument, replayDocument } from './documents.js';
import { root } from './linmap.js';
import { linmapHere } from './linmap-here.js';

interface Example {
  command: string;
  output: string;
}

function page(name: string): string {
  return readFileSync(join(root, 'docs', name), 'utf8');
}

/** Every `$ linmap …` of the console blocks, with what follows it. */
function examplesOf(text: string): Example[] {
  return [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .split(/^\$ linmap /m)
      .slice(1)
      .map((example) => {
        const end = example.indexOf('\n');
        return { command: example.slice(0, end), output: example.slice(end + 1) };
      }),
  );
}

describe.each(['commands.md', 'json.md', 'replay.md'])('docs/%s', (name) => {
  test.each(examplesOf(page(name)))('$command', async ({ command, output }) => {
    const { code, stdout, stderr } = await linmapHere(...command.split(' '));
    expect(stderr + stdout + (code === 0 ? '' : `[exit code ${code}]\n`)).toBe(output);
  });
});

test('there are examples', () => {
  expect(examplesOf(page('commands.md')).length).toBeGreaterThanOrEqual(7);
  expect(examplesOf(page('json.md')).length).toBeGreaterThanOrEqual(2);
});

test.each([
  ['linmap.replay/1', replayDocument],
  ['linmap.mapSummary/1', mapDocument],
])('docs/json.md names every field of %s', (schema, { shape }) => {
  const section = page('json.md')
    .split(/^## /m)
    .find((part) => part.includes(`\`${schema}\``));
  for (const field of Object.keys(shape)) {
    if (field !== 'schema') expect(section).toContain(`\`${field}\``);
  }
});
