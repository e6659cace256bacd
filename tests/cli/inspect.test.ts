import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FINDING_KINDS } from '../../src/map/finding.js';
import { capturedFiles } from '../map/captured-files.js';
import { scratchFolder } from '../scratch-folder.js';
import { editFile } from './edit-file.js';
import { inspectDocument } from './inspect-document.js';
import { root, scratchMachine } from './linmap.js';
import { documentHere, linmapHere, refusalHere } from './linmap-here.js';
import { workingHelp } from './working-help.js';

async function inspected(...args: string[]) {
  return inspectDocument.parse(await documentHere('inspect', ...args));
}

const total = (bytes: Record<string, number>) => Object.values(bytes).reduce((sum, part) => sum + part, 0);
const scenario = 'captures/4k-bbml2/load-small';

const machines = [...new Set(capturedFiles(/(^|\/)boot\.map\.json(\.gz)?$/).map((path) => dirname(path)))];

describe.each(machines)('%s', (machine) => {
  let document: Awaited<ReturnType<typeof inspected>>;
  beforeAll(async () => {
    document = await inspected(join('captures', machine));
  });

  test('is its memory banks and nothing else, and nothing is odd', () => {
    const { memory } = JSON.parse(readFileSync(join(root, 'captures', machine, 'machine.json'), 'utf8'));
    const banks = (memory as { size: string; flags?: string }[]).filter(
      ({ flags }) => !flags?.includes('NOMAP'),
    );
    expect(total(document.bytes)).toBe(banks.reduce((sum, { size }) => sum + Number(size), 0));
    expect(document.findings).toEqual([]);
  });

  test('each cause adds tables, and the last step is the map', () => {
    const steps = document.steps ?? [];
    expect(steps[0]?.id).toBe('ideal');
    expect(steps.at(-1)).toMatchObject({ id: 'now', bytes: document.bytes, tableBytes: document.tableBytes });
    for (const [at, step] of steps.entries()) {
      expect(step.tableBytes).toBeGreaterThanOrEqual(steps[at - 1]?.tableBytes ?? 0);
      expect(total(step.bytes)).toBe(total(document.bytes));
    }
  });
});

test('there are captured machines', () => {
  expect(machines.length).toBeGreaterThanOrEqual(9);
});

test('the same counts as linmap replay gives for the map after', async () => {
  const replay = JSON.parse((await linmapHere('replay', scenario, '--json')).stdout);
  const document = await inspected(scenario);
  expect(document.bytes).toEqual(replay.leafBytesAfter);
  expect(document.leaves).toEqual(replay.leavesAfter);
  expect(document.tables).toEqual(replay.tablesAfter);
});

describe('--against', () => {
  test('a scenario against its own beginning', async () => {
    const { against } = await inspected(scenario, '--against', scenario);
    expect(against).toMatchObject({
      file: `${scenario}/before.map.json`,
      tablesAdded: 7,
      tablesRemoved: 0,
      changeCount: 65,
      bytes: { permission: 436 * 1024, coarser: 0 },
    });
    expect(against?.changes).toHaveLength(65);
  });

  test('a list is cut at 100, and whole with --all', async () => {
    const paths = ['captures/4k-bbml2-fuzz/fuzz-ranges', '--against', 'captures/4k-bbml2-fuzz/fuzz-ranges'];
    const some = (await inspected(...paths)).against;
    expect(some?.changes).toHaveLength(100);
    const all = (await inspected(...paths, '--all')).against;
    expect(all?.changes).toHaveLength(some?.changeCount ?? 0);
  });

  test('maps of other geometry are refused', async () => {
    const { code, stdout, stderr } = await linmapHere(
      'inspect',
      'captures/4k-bbml2',
      '--against',
      'captures/16k-bbml2',
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^captures\/16k-bbml2\/boot\.map\.json: a map of granule 16384, .*\n$/);
  });
});

describe('filters', () => {
  test('by physical and by virtual addresses', async () => {
    const physical = await inspected('captures/4k-bbml2', '--range', '0x42600000+2M');
    const virtual = await inspected('captures/4k-bbml2', '--range', '0xffff000002600000-0xffff000002800000');
    expect(physical.bytes).toEqual({ pud: 0, pmdCont: 0, pmd: 0, pteCont: 2 ** 21, pte: 0 });
    expect(virtual.bytes).toEqual(physical.bytes);
    expect(virtual.filter.range).toBe('0xffff000002600000-0xffff000002800000');
    expect(virtual.tables).toEqual({ p4d: 0, pud: 1, pmd: 1, pte: 1 });
    expect(virtual.regions.count).toBe(1);
    expect(virtual.steps).toBeNull();
  });

  test('by level and permission', async () => {
    expect((await inspected('captures/4k-bbml2', '--level', '3')).bytes).toMatchObject({
      pud: 0,
      pmdCont: 0,
      pmd: 0,
    });
    const { bytes, readOnlyBytes } = await inspected(
      'captures/4k-bbml2',
      '--level',
      'pmd,pte',
      '--permission',
      'ro,valid',
    );
    expect(total(bytes)).toBe(readOnlyBytes);
    expect(bytes.pteCont).toBe(0);
  });

  test.each<[string[], RegExp]>([
    [['--range', '5'], /Expected START-END in hex, or START\+SIZE\.$/],
    [['--range', '0x2000-0x1000'], /Expected an end above the start\.$/],
    [['--level', '4'], /Expected 1, 2, 3 or any of pud, pmdCont, pmd, pteCont, pte, with commas between\.$/],
    [['--permission', 'rx'], /Expected any of ro, rw, valid, invalid, exec, noexec, with commas between\.$/],
    [['--region', '3G'], /Expected a power of two from 64K on, such as 1G\.$/],
    [['--picture', 'map.gif'], /Expected a file that ends in \.png or \.svg\.$/],
    [['--map', 'nothing'], /expected nothing\.map\.json in this folder, found only boot\.map\.json$/],
  ])('%s is refused in one line', async (args, message) => {
    expect(await refusalHere('inspect', 'captures/4k-bbml2', ...args)).toMatch(message);
  });
});

test('what was spoiled is found', async () => {
  const folder = scratchMachine('4k-bbml2');
  const boot = join(folder, 'boot.map.json');
  // The first block user-accessible, a group of the image's text with one entry less.
  editFile(boot, (text) =>
    text
      .replace('1, "0xe8000000000705"', '1, "0xe8000000000745"')
      .replace(
        '[3, "0xffff000002600000", "0x42600000", 272,',
        '[3, "0xffff000002600000", "0x42600000", 271,',
      ),
  );
  const { findings } = await inspected(folder);
  expect(findings.map(({ kind, va, bytes }) => [kind, va, bytes])).toEqual([
    ['user-access', '0xffff000000000000', 2 ** 21],
    ['memory-unmapped', '0xffff00000270f000', 4096],
    ['contiguous-incomplete', '0xffff000002700000', 65536],
  ]);
  const { stdout } = await linmapHere('inspect', folder);
  expect(stdout).toMatch(/^findings +1 user-access, 1 memory-unmapped, 1 contiguous-incomplete$/m);
  expect(stdout).toMatch(/^0xffff000002700000 +64 KiB +contiguous-incomplete +level 3: 15 of 16 entries /m);
});

describe('sources', () => {
  test('a memory image', async () => {
    const document = await inspected(
      'captures/core/4k-bbml2-kaslr.elf.gz',
      '--against',
      'captures/core/4k-bbml2-kaslr.map.json',
    );
    expect(document).toMatchObject({ source: 'core', machine: null, against: { differenceCount: 0 } });
    expect(document.steps?.map(({ id }) => id)).toEqual(['ideal', 'attributes', 'now']);
  });

  test('kernel_page_tables alone: no physical addresses', async () => {
    const dump = join(scratchFolder(), 'dump.txt');
    copyFileSync(join(root, 'captures/4k48-bbml2-ptdump/texts/kernel_page_tables.txt'), dump);
    const document = await inspected(dump);
    expect(document).toMatchObject({ source: 'ptdump', machine: null, granule: 4096, vaBits: 48 });
    expect(document.ranges.readOnly.longest.every(({ pa }) => pa === null)).toBe(true);
    expect(document.assumed.length).toBeGreaterThan(0);
    const { code, stderr } = await linmapHere('inspect', dump, '--range', '0x0+1G');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: expected --range of virtual addresses, as ${dump} shows no physical ones\n`,
    });
  });
});

test('what is executable in a dump is judged by its leaves', async () => {
  const dump = join(scratchFolder(), 'dump.txt');
  writeFileSync(
    dump,
    [
      '---[ Linear Mapping start ]---',
      '0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED',
      '0xffff000000200000-0xffff000000201000           4K PTE       RW x  SHD AF            UXN    MEM/NORMAL-TAGGED',
      '0xffff000000201000-0xffff000000400000        2044K PTE       ro NX SHD AF            UXN    MEM/NORMAL-TAGGED',
      '0xffff000000400000-0xffff000040000000        1020M PMD',
      '0xffff000040000000-0xffff008000000000         511G PUD',
      '0xffff008000000000-0xffff800000000000      130560G PGD',
      '---[ Linear Mapping end ]---',
      '',
    ].join('\n'),
  );
  const document = await inspected(dump);
  expect(document).toMatchObject({
    executableBytes: 4096,
    readOnlyBytes: 2044 * 1024,
    tables: { pmd: 1, pte: 1 },
  });
  expect(document.findings).toEqual([
    { kind: 'writable-executable', va: '0xffff000000200000', bytes: 4096, text: 'writable and executable' },
  ]);
  editFile(dump, (text) =>
    text
      .split('\n')
      .filter((line) => !/(PMD|PUD|PGD)$/.test(line))
      .join('\n'),
  );
  expect(await inspected(dump)).toMatchObject({
    tables: null,
    tableBytes: null,
    regions: { foldableTables: null },
  });
});

describe('--picture', () => {
  test.each(['map.png', 'map.svg'])('%s', async (name) => {
    const file = join(scratchFolder(), name);
    const { code, stderr } = await linmapHere('inspect', scenario, '--picture', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const head = readFileSync(file).subarray(0, 4).toString('latin1');
    expect(head).toBe(name.endsWith('png') ? '\x89PNG' : '<svg');
  });

  test('a place that cannot be written', async () => {
    const file = join(scratchFolder(), 'missing', 'map.svg');
    const { code, stderr } = await linmapHere('inspect', scenario, '--picture', file);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: expected a place to write a file`);
    expect(existsSync(file)).toBe(false);
  });
});

test('--help shows examples that work', async () => {
  expect((await workingHelp('inspect')).examples).toBeGreaterThan(0);
});

describe('docs/inspect.md', () => {
  const page = readFileSync(join(root, 'docs/inspect.md'), 'utf8');
  const examples = [...page.matchAll(/^```console\n\$ linmap (.+)\n([\s\S]*?)^```$/gm)];

  test.each(examples.map(([, command = '', output = '']) => [command, output]))(
    '$ linmap %s',
    async (command, output) => {
      const { code, stdout, stderr } = await linmapHere(...command.split(' '));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(output);
    },
  );

  test('there are examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2);
  });

  test('every kind of finding and every field is named', () => {
    for (const kind of FINDING_KINDS) expect(page).toContain(`| \`${kind}\` |`);
    for (const field of Object.keys(inspectDocument.shape)) {
      if (field !== 'schema') expect(page).toContain(`\`${field}\``);
    }
  });
});
