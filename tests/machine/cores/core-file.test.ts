import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/io/input-error.js';
import { coreOf, parseCore, readCore } from '../../../src/machine/cores/core-file.js';
import { flatten } from '../../../src/machine/cores/core-model.js';
import { NEOVERSE_N1 } from '../../../src/machine/cores/presets/neoverse-n1.js';
import { scratchFolder } from '../../scratch-folder.js';

type Json = Record<string, unknown>;

/** A core file on lines of its own, with one value changed or taken away. */
function spoiled(path: string, value?: unknown): string {
  const core = JSON.parse(JSON.stringify(NEOVERSE_N1)) as Json;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((node, key) => node[key] as Json, core);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return JSON.stringify(core, null, 1);
}

function refusal(text: string): string {
  try {
    parseCore(text, 'core.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('the core was not refused');
}

test('a core file is the core with its kinds and sources', () => {
  expect(parseCore(spoiled('title', 'Mine'), 'core.json')).toEqual({ ...NEOVERSE_N1, title: 'Mine' });
});

test('flatten leaves plain values', () => {
  expect(flatten(NEOVERSE_N1)).toMatchObject({
    schema: 'linmap.core/1',
    id: 'neoverse-n1',
    ghz: 3,
    l1Data: { entries: 48, ways: 48, policy: 'lru', sizes: [2 ** 12, 2 ** 14, 2 ** 16, 2 ** 21, 2 ** 29] },
    l2: { unified: { entries: 1280, ways: 5 } },
    walkCache: { kind: 'in-l2', entries: 0, ways: 0, levels: [-1, 0, 1, 2], cycles: 2 },
    walkers: 4,
    mergesContiguous: true,
    lines: { l2: { bytes: 2 ** 20, ways: 8, cycles: 14 } },
  });
});

describe('coreOf', () => {
  test('a preset by its id', () => {
    expect(coreOf('neoverse-n1')).toBe(NEOVERSE_N1);
  });

  test('a file by its name', () => {
    const folder = scratchFolder();
    const file = join(folder, 'mine.json');
    writeFileSync(file, spoiled('id', 'mine'));
    expect(coreOf(file)).toEqual(readCore(file));
    expect(coreOf(file).id).toBe('mine');
  });

  test('neither is refused with the ids that exist', () => {
    expect(() => coreOf('neoverse-n9')).toThrow(
      /^neoverse-n9: expected a core file or one of cortex-a53, .*, taishan-v110, found neither$/,
    );
  });

  test('a folder is no file', () => {
    expect(() => coreOf(tmpdir())).toThrow(/expected a readable file, found a directory$/);
  });
});

describe('a wrong core is refused in one line that names the place', () => {
  test.each<[string, string, unknown, string]>([
    ['another schema', 'schema', 'linmap.core/2', 'schema: expected "linmap.core/1", found "linmap.core/2"'],
    [
      'an id with a space',
      'id',
      'my core',
      'id: expected a name of lower-case letters, digits and hyphens, found "my core"',
    ],
    ['no clock', 'ghz', undefined, 'ghz: expected an object, found nothing'],
    ['a plain number', 'ghz', 3, 'ghz: expected an object, found 3'],
    [
      'a kind that does not exist',
      'ghz.kind',
      'guessed',
      'ghz.kind: expected one of "documented", "measured", "assumed", found "guessed"',
    ],
    ['no source', 'ghz.source', '', 'ghz.source: expected where the value comes from, in words, found ""'],
    ['an unknown key', 'l1Data.assoc', 4, 'l1Data: expected only known keys, found "assoc"'],
    ['half a cycle', 'l2HitCycles.value', 3.5, 'l2HitCycles.value: expected a whole number, found 3.5'],
    ['no entries', 'l1Data.entries.value', 0, 'l1Data.entries.value: expected at least 1, found 0'],
    [
      'ways that do not divide',
      'l2.unified.ways.value',
      6,
      'l2.unified.ways.value: expected ways that make 1280 entries a power of two of sets, found 6',
    ],
    [
      'a tree over 48 ways',
      'l1Data.policy.value',
      'plru',
      'l1Data.policy.value: expected "lru" or "fifo" with 48 ways: a tree needs a power of two, found "plru"',
    ],
    [
      'sizes without the page',
      'l1Data.sizes.value',
      [65536],
      'l1Data.sizes.value: expected "any" or a list of sizes in bytes: powers of two, ascending, from 4096, found a list of 1',
    ],
    [
      'sizes that descend',
      'l1Data.sizes.value',
      [4096, 65536, 16384],
      'l1Data.sizes.value: expected "any" or a list of sizes in bytes: powers of two, ascending, from 4096, found a list of 3',
    ],
    [
      'a size as text',
      'l1Data.sizes.value',
      '4K',
      'l1Data.sizes.value: expected "any" or a list of sizes in bytes: powers of two, ascending, from 4096, found "4K"',
    ],
    [
      'no second level',
      'l2',
      {},
      'l2: expected either "unified", or "data" and "instruction", found none of them',
    ],
    [
      'half a second level',
      'l2',
      { data: NEOVERSE_N1.l1Data },
      'l2: expected either "unified", or "data" and "instruction", found data',
    ],
    [
      'a wrong half of a split second level',
      'l2',
      { data: NEOVERSE_N1.l1Data, instruction: { ...NEOVERSE_N1.l1Data, policy: 'lru' } },
      'l2.instruction.policy: expected an object, found "lru"',
    ],
    [
      'a walk cache of its own without entries',
      'walkCache.kind.value',
      'separate',
      'walkCache.entries.value: expected at least 1 in a separate walk cache, found 0',
    ],
    [
      'entries of a walk cache that has none',
      'walkCache.entries.value',
      64,
      'walkCache.entries.value: expected 0 where the walk cache is "in-l2", found 64',
    ],
    [
      'a level that holds pages',
      'walkCache.levels.value',
      [2, 3],
      'walkCache.levels.value: expected a list of levels that hold tables, ascending, of -1, 0, 1, 2, found a list of 2',
    ],
    [
      'aggregation of three pages',
      'aggregation.value',
      3,
      'aggregation.value: expected one of 1, 2, 4, 8, found 3',
    ],
    [
      'a cache of half a line',
      'lines.l2.bytes.value',
      1000,
      'lines.l2.bytes.value: expected a multiple of the 64 bytes of a line, found 1000',
    ],
    [
      'a cache of three ways',
      'lines.l2.ways.value',
      3,
      'lines.l2.ways.value: expected ways that make 16384 entries a power of two of sets, found 3',
    ],
  ])('%s', (_, path, value, line) => {
    expect(refusal(spoiled(path, value)).replace(/^core\.json:\d+: /, '')).toBe(line);
  });

  test('malformed JSON', () => {
    expect(refusal('{"schema":')).toMatch(/^core\.json:1: expected /);
    expect(refusal('')).toMatch(/^core\.json:1: expected /);
  });

  test('the line is that of the value', () => {
    const text = spoiled('l2.unified.ways.value', 6);
    const line = text.split('\n').indexOf('    "value": 6,') + 1;
    expect(refusal(text)).toMatch(new RegExp(`^core\\.json:${line}: l2\\.unified\\.ways\\.value: `));
  });
});
