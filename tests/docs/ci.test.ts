// The workflow that the manual offers: whole YAML, scripts that a shell takes, commands that there are.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createProgram } from '../../src/cli/program.js';
import { EXPORT_FORMATS } from '../../src/record/export/catalogue.js';
import { root } from '../cli/linmap.js';

const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');

// The part of GitHub's workflow syntax that is used; a key that is not here is a slip.
const step = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w-]+\/[\w-]+@v\d+$/)
    .optional(),
  with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
});
const access = z.enum(['read', 'write', 'none']);
const permissions = z.strictObject({ contents: access, 'pull-requests': access.optional() });
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    pull_request: z.null(),
    push: z.strictObject({ branches: z.array(z.string()) }),
  }),
  permissions,
  jobs: z.record(
    z.string(),
    z.strictObject({
      if: z.string(),
      'runs-on': z.string(),
      'timeout-minutes': z.int(),
      permissions,
      concurrency: z.string().optional(),
      steps: z.array(step.refine(({ uses, run }) => (uses === undefined) !== (run === undefined))),
    }),
  ),
});

const { jobs } = workflow.parse(parse(page('ci/linmap.yml'), { strict: true, uniqueKeys: true }));
const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));

/** Every `linmap …` of a text, `npm run bench --` among them, as words. */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/(?:npx linmap|^ *linmap|npm run (bench) --) ?([^\n|>&;#`]*)/gm)].map(
    ([, bench, rest = '']) =>
      [...(bench ? [bench] : []), ...rest.trim().split(/\s+/)].filter((word) => word !== ''),
  );
}

async function expectKnown(commands: readonly string[][]): Promise<void> {
  const program = await createProgram();
  for (const [name, ...words] of commands) {
    const command = program.commands.find((one) => one.name() === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    const known = command.options.flatMap(({ short, long }) => [short, long]);
    for (const word of words.filter((one) => one.startsWith('-'))) expect(known, name).toContain(word);
    const format = words[words.indexOf('--format') + 1];
    if (words.includes('--format')) expect(EXPORT_FORMATS.map(({ id }) => id)).toContain(format);
  }
}

describe('docs/ci/linmap.yml', () => {
  test('checks pull requests and keeps the history of main', () => {
    expect(jobs.check?.if).toContain("'pull_request'");
    expect(jobs.history?.if).toContain("'push'");
    expect(scripts.join('\n')).toContain('npm run bench -- --check');
    expect(scripts.join('\n')).toContain('--markdown');
  });

  test.each(scripts)('a shell takes: %s', (script) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('what an event says reaches a script through the environment only', () => {
    for (const script of scripts) expect(script).not.toContain('${{');
  });

  test('runs commands that there are', async () => {
    const commands = scripts.flatMap(commandsIn);
    expect(commands.map(([name]) => name)).toEqual(['bench', 'compare', 'export', 'bench', 'history']);
    await expectKnown(commands);
  });
});

test.each(['ci.md', 'exports.md', 'history.md'])('docs/%s runs commands that there are', async (name) => {
  const blocks = [...page(name).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const commands = blocks.flatMap(commandsIn);
  expect(commands.length).toBeGreaterThanOrEqual(3);
  await expectKnown(commands);
});

test('docs/exports.md has every format', () => {
  for (const { id } of EXPORT_FORMATS)
    expect(page('exports.md')).toMatch(new RegExp(`^\\| \`${id}\` \\|`, 'm'));
});
