// Whatever is done to a capture's files, a command ends with a result or with one line that says what is wrong.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeFailure, EXIT } from '../../src/cli/failure.js';
import { mapCommand } from '../../src/cli/map.js';
import type { Output } from '../../src/cli/output.js';
import { replayCommand } from '../../src/cli/replay.js';
import { readText } from '../../src/io/file.js';
import { STAGES } from '../../src/kernel/boot.js';
import { STRATEGIES } from '../../src/strategy/index.js';
import { capturedFile } from '../map/captured-files.js';
import { sharedFolder } from '../scratch-folder.js';

const FILES = ['machine.json', 'before.map.json', 'after.map.json', 'trace.txt'] as const;
type File = (typeof FILES)[number];

const SCENARIOS = ['4k-bbml2/kfence-late', '16k-bbml2/load-small', '64k48-bbml2/secretmem'].map(
  (scenario) => {
    const read = (file: string) => {
      const path = capturedFile(join(scenario, file));
      try {
        return readText(path);
      } catch {
        return readText(`${path}.gz`);
      }
    };
    const trace = read('trace.txt').split('\n');
    return {
      'machine.json': read('../machine.json'),
      'before.map.json': read('before.map.json'),
      'after.map.json': read('after.map.json'),
      // Enough of it to do something, not so much that cases take long.
      'trace.txt': [...trace.slice(0, 150), ...trace.slice(-20)].join('\n'),
    } satisfies Record<File, string>;
  },
);

/** Values that are wrong in a way that programs get wrong. */
const odd = fc.constantFrom(
  '0',
  '-1',
  '1.5',
  '1e400',
  '9007199254740993',
  '4294967296',
  '16384',
  '""',
  'null',
  'true',
  '[]',
  '{}',
  '"0x0"',
  '"0xffffffffffffffff"',
  '"0xffff7fffffe00000"',
  '"0x8000000000000000"',
  '"0x40000000"',
  '"0x1000"',
  '"6T"',
);

interface Change {
  at: number;
  kind: 'value' | 'digit' | 'cut' | 'drop' | 'double' | 'byte';
  text: string;
  digit: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  // Unbiased: otherwise most changes hit the first and the last line.
  at: fc.noBias(fc.nat({ max: 2 ** 20 - 1 })).map((position) => position / 2 ** 20),
  kind: fc.constantFrom(
    'value',
    'value',
    'value',
    'digit',
    'digit',
    'digit',
    'drop',
    'double',
    'cut',
    'byte',
  ),
  text: odd,
  digit: fc.integer({ min: 0, max: 15 }),
});

function spoil(text: string, { at, kind, text: value, digit }: Change): string {
  const lines = text.split('\n');
  const line = Math.floor(at * lines.length);
  switch (kind) {
    case 'value':
      return replaceNth(text, /"0x[0-9a-f]*"|=0x[0-9a-f]+|=-?\d+|\b\d+\b|true|false|null/g, at, (old) =>
        old.startsWith('=') ? `=${value.replaceAll('"', '')}` : value,
      );
    case 'digit':
      return replaceNth(text, /[0-9a-f](?=[0-9a-f]*["\s,])/g, at, () => digit.toString(16));
    case 'cut':
      return text.slice(0, Math.floor(at * text.length));
    case 'drop':
      return lines.toSpliced(line, 1).join('\n');
    case 'double':
      return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
    case 'byte':
      return replaceNth(text, /[\s\S]/g, at, () => String.fromCharCode(digit * 8 + 1));
  }
}

function replaceNth(text: string, what: RegExp, at: number, by: (old: string) => string): string {
  const matches = [...text.matchAll(what)];
  const match = matches[Math.floor(at * matches.length)];
  if (match === undefined) return text;
  return text.slice(0, match.index) + by(match[0]) + text.slice(match.index + match[0].length);
}

const folder = sharedFolder();

const silent: Output = {
  result(result, json) {
    expect(json).toBe(true);
    JSON.stringify(result.document);
  },
  warn() {},
};

/** The exit code of a command that may be refused, as main.ts would have it. */
async function outcome(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    const { exitCode, text } = describeFailure(error);
    expect(text).not.toContain('\n');
    if (!(error instanceof CommanderError)) expect(text).toContain(folder);
    return exitCode;
  }
}

const spoilt = fc.record({
  scenario: fc.nat({ max: SCENARIOS.length - 1 }),
  changes: fc.array(fc.tuple(fc.constantFrom(...FILES), change), { minLength: 1, maxLength: 3 }),
});

function put({ scenario, changes }: { scenario: number; changes: [File, Change][] }): void {
  const files = { ...(SCENARIOS[scenario] as Record<File, string>) };
  for (const [file, what] of changes) files[file] = spoil(files[file], what);
  for (const file of FILES) writeFileSync(join(folder, file), files[file]);
}

const possible = [EXIT.done, EXIT.different, EXIT.badInput];

test('replay', { timeout: 300_000 }, async () => {
  const strategy = fc.option(fc.constantFrom(...STRATEGIES.map(({ id }) => id)), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(spoilt, strategy, async (input, id) => {
      put(input);
      const options = { json: true, ...(id !== undefined && { strategy: id }) };
      expect(possible).toContain(await outcome(() => replayCommand(folder, options, silent)));
    }),
    { numRuns: 300 },
  );
});

test('map', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(spoilt, fc.constantFrom(...STAGES), async (input, stage) => {
      put({ ...input, changes: input.changes.map(([, what]) => ['machine.json', what]) });
      writeFileSync(join(folder, 'boot.map.json'), readFileSync(join(folder, 'after.map.json')));
      const options = { machine: join(folder, 'machine.json'), stage, json: true };
      expect(possible).toContain(await outcome(() => mapCommand(options, silent)));
    }),
    { numRuns: 300 },
  );
});
