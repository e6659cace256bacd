import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../scratch-folder.js';
import { editFile } from './edit-file.js';
import { inspectDocument } from './inspect-document.js';
import { root } from './linmap.js';
import { documentHere, linmapHere, refusalHere } from './linmap-here.js';

const shipped = 'captures/4k48-bbml2-ptdump/texts/kernel_page_tables.txt';
const LEAVES = 'RW NX SHD AF            UXN    MEM/NORMAL-TAGGED';

/** A dump of which one range was kept, that pages of any size can be. */
function cutDump(): string {
  const file = join(scratchFolder(), 'cut.txt');
  writeFileSync(
    file,
    [
      '---[ Linear Mapping start ]---',
      `0xffff000000000000-0xffff000000200000           2M PTE       ${LEAVES}`,
      '---[ Linear Mapping end ]---',
      '',
    ].join('\n'),
  );
  return file;
}

async function inspected(...args: string[]) {
  return inspectDocument.parse(await documentHere('inspect', ...args));
}

describe('a dump that any granule could have printed', () => {
  test('is taken for one, which is said', async () => {
    const dump = cutDump();
    const { granule, assumed } = await inspected(dump);
    expect(granule).toBe(65536);
    expect(assumed[0]).toBe('64K pages, by cut.txt: its ranges could be of 4K or 16K pages too (--granule)');
    const { stdout } = await linmapHere('inspect', dump);
    expect(stdout).toMatch(/^assumed +64K pages, by cut\.txt: /m);
  });

  test.each([
    ['4K', 4096, 512],
    ['16k', 16384, 128],
    ['65536', 65536, 32],
  ])('is of the one that --granule %s says', async (option, granule, pte) => {
    const document = await inspected(cutDump(), '--granule', option);
    expect(document).toMatchObject({ granule, vaBits: 48, leaves: { pte, pmd: 0 } });
    expect(document.assumed.join('\n')).not.toContain('could be');
  });

  test('and is none of the one that it is taken for, says so', async () => {
    const dump = cutDump();
    editFile(dump, (text) =>
      text.replace('200000           2M', '010000          64K').replace('   UXN', 'CON UXN'),
    );
    expect(await refusalHere('inspect', dump)).toMatch(
      /cut\.txt:2: expected contiguous groups .*; assumed: 64K pages, by cut\.txt: .* \(--granule\)$/,
    );
    expect((await inspected(dump, '--granule', '4K')).leaves).toMatchObject({ pteCont: 16, pte: 0 });
  });

  test('is compared with another', async () => {
    const dump = cutDump();
    const earlier = cutDump();
    editFile(earlier, (text) => text.replace('RW', 'ro'));
    const { against } = await inspected(dump, '--against', earlier, '--granule', '4K');
    expect(against).toMatchObject({ differenceCount: 512, bytes: { permission: 2 ** 21 } });
    expect(against?.assumed.join('\n')).not.toContain('could be');
    expect((await inspected(dump, '--against', earlier)).against?.assumed[0]).toContain('could be of 4K');
  });

  test('does not show where the linear map starts, which is said', async () => {
    const dump = cutDump();
    editFile(dump, (text) =>
      text.replace('0xffff000000000000-0xffff000000200000', '0xffff000040000000-0xffff000040200000'),
    );
    const { vaBits, assumed } = await inspected(dump, '--granule', '4K');
    expect(vaBits).toBe(48);
    expect(assumed[0]).toBe(
      '48 VA bits, by cut.txt: its first memory, as nothing shows where the linear map starts',
    );
  });
});

test('a whole dump tells, and nothing is said', async () => {
  const dump = join(scratchFolder(), 'dump.txt');
  copyFileSync(join(root, shipped), dump);
  const alone = await inspected(dump);
  expect(alone.assumed.join('\n')).not.toMatch(/ pages, by | VA bits, by /);
  expect(await inspected(dump, '--granule', '4K')).toEqual(alone);
  expect(await refusalHere('inspect', dump, '--granule', '64K')).toMatch(
    /dump\.txt:\d+: expected a range that PMD entries of 64K pages tile, found 0xffff[0-9a-f]{12}-0xffff[0-9a-f]{12}$/,
  );
  expect(await refusalHere('inspect', dump, '--granule', '16K')).toMatch(
    /dump\.txt:\d+: expected a range that /,
  );
});

describe('--granule where something says it already', () => {
  test('may repeat a machine.json', async () => {
    expect((await inspected(shipped, '--granule', '4K')).machine).toBe('4k48-bbml2-ptdump');
  });

  test.each([
    [
      'contradicts a machine.json',
      [shipped, '--granule', '64K'],
      /^captures\/4k48-bbml2-ptdump\/machine\.json: expected 64K pages, as --granule says, found 4K$/,
    ],
    [
      'contradicts the one of --machine',
      [shipped, '--machine', 'captures/16k-bbml2/machine.json', '--granule', '4K'],
      /^captures\/16k-bbml2\/machine\.json: expected 4K pages, as --granule says, found 16K$/,
    ],
    [
      'is said of a map',
      ['captures/4k-bbml2', '--granule', '4K'],
      /^captures\/4k-bbml2\/boot\.map\.json: expected kernel_page_tables for --granule, found a map, which says its own$/,
    ],
    [
      'contradicts a map without a machine',
      ['captures/core/4k-bbml2-kaslr.map.json', '--granule', '64K'],
      /^captures\/core\/4k-bbml2-kaslr\.map\.json: expected 64K pages, as --granule says, found 4K$/,
    ],
    [
      'is said of a memory image',
      ['captures/core/4k-bbml2-kaslr.elf.gz', '--granule', '4K'],
      /^captures\/core\/4k-bbml2-kaslr\.elf\.gz: expected kernel_page_tables for --granule, found a memory image, which says its own$/,
    ],
    ['is none', ['captures/4k-bbml2', '--granule', '8K'], /Expected 4K, 16K or 64K\.$/],
  ])('%s', async (_, args, message) => {
    expect(await refusalHere('inspect', ...args)).toMatch(message);
  });

  test('counts for the dump beside a map', async () => {
    const map = 'captures/4k48-bbml2-ptdump/boot.map.json';
    const { against } = await inspected(map, '--against', cutDump(), '--granule', '4K');
    expect(against?.assumed.join('\n')).not.toContain('could be');
    expect(await refusalHere('inspect', map, '--against', cutDump())).toMatch(
      /cut\.txt: a map of granule 65536, /,
    );
  });
});
