import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STAGES } from '../../src/kernel/boot.js';
import { readMap } from '../../src/map/map-file.js';
import { summariseMap } from '../../src/map/summary.js';
import { capturedFiles } from '../map/captured-files.js';
import { scratchFolder } from '../scratch-folder.js';
import { mapDocument } from './documents.js';
import { editFile } from './edit-file.js';
import { root, scratchMachine } from './linmap.js';
import { linmapHere, refusalHere } from './linmap-here.js';

const machines = capturedFiles(/(^|\/)machine\.json$/);
const synthetic = ['--granule', '4K', '--va-bits', '48'];

async function mapOf(...args: string[]) {
  const { code, stdout, stderr } = await linmapHere('map', ...args, '--json');
  expect(stderr).toBe('');
  return { code, document: mapDocument.parse(JSON.parse(stdout)) };
}

describe.each(machines)('%s', (machine) => {
  const hasBoot = existsSync(join(root, 'captures', dirname(machine), 'boot'));

  test.each(STAGES)('stage %s is as captured', async (stage) => {
    const { code, document } = await mapOf('--machine', join('captures', machine), '--stage', stage);
    expect(code).toBe(0);
    expect(document.stage).toBe(stage);
    if (stage === 'final') expect(document.comparison).toMatchObject({ unexplained: 0 });
    else if (hasBoot)
      expect(document.comparison).toMatchObject({ equal: true, differenceCount: 0, differences: [] });
    else expect(document.comparison).toBeNull();
  });
});

test('there are captured machines', () => {
  expect(machines.length).toBeGreaterThanOrEqual(9);
});

describe('a map that differs ends with 1', () => {
  test('at a stage of the boot', async () => {
    const folder = scratchMachine('4k-bbml2-boot');
    const machine = join(folder, 'machine.json');
    editFile(machine, (text) => text.replace('"bbml2": true', '"bbml2": false'));
    const { code, document } = await mapOf('--machine', machine, '--stage', 'mapped');
    expect(code).toBe(1);
    expect(document.comparison).toMatchObject({ equal: false });
    const text = await linmapHere('map', '--machine', machine, '--stage', 'mapped');
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^equal +NO: [\d\u202f]+ descriptors other than in /m);
  });

  test('after boot, where nothing explains it', async () => {
    const folder = scratchMachine('4k-bbml2');
    const boot = join(folder, 'boot.map.json');
    // The blocks of the image's text with another memory type.
    editFile(boot, (text) => text.replace('0xe0000000000781', '0xe0000000000789'));
    const { code, document } = await mapOf('--machine', join(folder, 'machine.json'));
    expect(code).toBe(1);
    expect(document.comparison).toMatchObject({ unexplained: 18 });
    const text = await linmapHere('map', '--machine', join(folder, 'machine.json'));
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^explained +NO: 18 descriptors of /m);
    expect(text.stdout).toMatch(/^ +0xffff000000200000 36 MiB: leaf 0xe0000000000781 in the built map, /m);
  });

  test('without a captured map there is nothing to compare with', async () => {
    const folder = scratchMachine('4k-bbml2');
    rmSync(join(folder, 'boot.map.json'));
    const { code, document } = await mapOf('--machine', join(folder, 'machine.json'));
    expect(code).toBe(0);
    expect(document.comparison).toBeNull();
  });
});

describe('synthetic machines', () => {
  // Tables for a range that fills them: one PTE table for 2 MiB, one PMD table for 1 GiB, one PUD table for 512 GiB.
  test('256 GiB of pages', async () => {
    const { document } = await mapOf(...synthetic, '--memory', '256G');
    expect(document).toMatchObject({
      memoryBytes: 2 ** 38,
      rodata: 'full',
      rodataSince618: 'on',
      tables: { p4d: 0, pud: 1, pmd: 256, pte: 131072 },
      tableBytes: (1 + 256 + 131072) * 4096,
      leaves: { pud: 0, pmdCont: 0, pmd: 0, pteCont: 0, pte: 2 ** 26 },
    });
  });

  test('with BBML2 the same memory needs one table', async () => {
    const { document } = await mapOf(...synthetic, '--memory', '256G', '--bbml2');
    expect(document.leaves).toEqual({ pud: 256, pmdCont: 0, pmd: 0, pteCont: 0, pte: 0 });
    expect(document.tables).toEqual({ p4d: 0, pud: 1, pmd: 0, pte: 0 });
  });

  test('6 TiB of pages', async () => {
    const { document } = await mapOf(...synthetic, '--memory', '6T');
    expect(document.leaves.pte).toBe(6 * 2 ** 28);
    expect(document.tables).toEqual({ p4d: 0, pud: 12, pmd: 6144, pte: 6 * 2 ** 19 });
  });

  test.each([
    [['--rodata', 'on'], { rodata: 'on', rodataSince618: 'noalias' }, 'on (noalias since 6.18)'],
    [['--rodata', 'off'], { rodata: 'off', rodataSince618: 'off' }, 'off'],
    [['--rodata', 'full', '--bbml2'], { rodata: 'full', rodataSince618: 'on' }, 'full (on since 6.18)'],
  ])('%s: blocks, and both names of the mode', async (args, names, label) => {
    const { document } = await mapOf(...synthetic, '--memory', '4G', ...args);
    expect(document).toMatchObject({ ...names, leaves: { pud: 4, pte: 0 } });
    const { stdout } = await linmapHere('map', ...synthetic, '--memory', '4G', ...args);
    expect(stdout.split('\n')).toContain(`rodata       ${label}`);
  });

  test('what forces pages does so, what does not leaves blocks', async () => {
    const pages = async (...args: string[]) =>
      (await mapOf(...synthetic, '--memory', '4G', ...args)).document.leaves.pte;
    expect(await pages('--rodata', 'on')).toBe(0);
    expect(await pages('--rodata', 'on', '--debug-pagealloc')).toBe(2 ** 20);
    expect(await pages('--bbml2', '--debug-pagealloc')).toBe(2 ** 20);
    expect(await pages('--rodata', 'on', '--kfence', 'late')).toBe(2 ** 20);
    expect(await pages('--rodata', 'on', '--kfence', 'early')).toBe(512);
    expect(await pages('--bbml2', '--kfence', 'late')).toBe(0);
  });

  test('a base that is no multiple of a block, in hex or as a size; an image', async () => {
    const { document } = await mapOf(...synthetic, '--memory', '1G', '--base', '0x40001000', '--bbml2');
    expect(document.leaves.pud).toBe(0);
    expect(document.leaves.pte).toBeGreaterThan(0);
    const size = await mapOf(
      '--granule',
      '64K',
      '--va-bits',
      '52',
      '--memory',
      '1G',
      '--base',
      '1G',
      '--image',
      '--bbml2',
    );
    expect(size.document).toMatchObject({ granule: 65536, vaBits: 52 });
    expect(size.document.leaves.pteCont).toBeGreaterThan(0);
  });

  test.each(['16K', '16384', '16k'])('granule %s', async (granule) => {
    expect((await mapOf('--granule', granule, '--va-bits', '47', '--memory', '1G')).document.granule).toBe(
      16384,
    );
  });
});

describe('--out', () => {
  test('what is written is what was counted', async () => {
    const folder = scratchFolder();
    const out = join(folder, 'map.json.gz');
    const { document } = await mapOf(
      '--machine',
      'captures/4k-bbml2/machine.json',
      '--stage',
      'mapped',
      '--out',
      out,
    );
    expect(summariseMap(readMap(out), 1n << 52n)).toEqual({
      leaves: document.leaves,
      bytes: document.leafBytes,
      tables: document.tables,
      tableBytes: document.tableBytes,
    });
    expect(readdirSync(folder)).toEqual(['map.json.gz']);
  });

  test('a map of hundreds of thousands of tables', async () => {
    const out = join(scratchFolder(), 'map.json.gz');
    const { document } = await mapOf(...synthetic, '--memory', '1T', '--out', out);
    expect(document.tables.pte).toBe(2 ** 19);
    expect(existsSync(out)).toBe(true);
  });

  test('a map that no file can hold is refused in a line', async () => {
    const out = join(scratchFolder(), 'map.json');
    expect(await refusalHere('map', ...synthetic, '--memory', '100T', '--out', out)).toBe(
      `${out}: expected a map of at most 4\u202f194\u202f304 tables, found 52\u202f531\u202f400`,
    );
    expect(existsSync(out)).toBe(false);
  });
});

test('for people: shares of memory and the memory of the tables', async () => {
  const { stdout } = await linmapHere('map', '--machine', 'captures/4k-bbml2/machine.json');
  expect(stdout).toMatch(/^page tables +5 \(20 KiB\): 1 PUD, 1 PMD, 3 PTE$/m);
  expect(stdout).toMatch(/^1G block +1 +1 GiB +50\.00 %$/m);
  expect(stdout).toMatch(/^4K page +16 +64 KiB +< 0\.01 %$/m);
  expect(stdout).toMatch(/^explained +yes, all that differs in captures\/4k-bbml2\/boot\.map\.json$/m);
});
