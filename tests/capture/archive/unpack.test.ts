import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { ARCHIVE_LIMITS, unpackArchive } from '../../../src/capture/archive/unpack.js';
import { InputError } from '../../../src/io/input-error.js';
import { scratchFolder } from '../../scratch-folder.js';
import { type TarEntry, tarFile } from './tar-file.js';

let scratch: string;
let folder: string;
let archive: string;
beforeEach(() => {
  scratch = scratchFolder();
  folder = join(scratch, 'unpacked');
  archive = join(scratch, 'a.tar.gz');
  mkdirSync(folder);
});

/** The one line with which an archive is refused, without the archive's name. */
async function refusal(bytes: Uint8Array, limits = ARCHIVE_LIMITS): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(archive, bytes);
  const error = await unpackArchive(archive, folder, limits).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as InputError;
  expect(message).not.toMatch(/[\p{Cc}]/u);
  expect(message.startsWith(`${archive}: `)).toBe(true);
  return message.slice(archive.length + 2);
}

const refusalOf = (...entries: TarEntry[]) => refusal(gzipSync(tarFile(entries)));

describe('an archive that is taken', () => {
  test.each([
    ['.tar.gz', gzipSync],
    ['.tar', (bytes: Buffer) => bytes],
  ])('%s: files with their names and bytes, folders left out', async (_, pack) => {
    const big = Buffer.from(Array.from({ length: 300_000 }, (__, at) => (at * 7919) % 251));
    const bytes = tarFile([
      { name: './' },
      { name: 'linmap-capture/', type: '5' },
      { name: './linmap-capture//MANIFEST', data: 'format=linmap.archive/1\n' },
      { name: 'linmap-capture/empty' },
      { name: 'linmap-capture/before/big', data: big },
    ]);
    writeFileSync(archive, pack(bytes));
    const files = await unpackArchive(archive, folder);
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['linmap-capture/MANIFEST', 24],
      ['linmap-capture/empty', 0],
      ['linmap-capture/before/big', 300_000],
    ]);
    expect(readFileSync(files[0]?.path as string, 'utf8')).toBe('format=linmap.archive/1\n');
    expect(readFileSync(files[2]?.path as string).equals(big)).toBe(true);
  });

  test('what the tar of this machine makes, with names longer than a header holds', async () => {
    const source = join(scratch, 'source');
    const deep = 'd'.repeat(90);
    mkdirSync(join(source, deep, deep), { recursive: true });
    writeFileSync(join(source, deep, deep, 'f'.repeat(120)), 'x');
    execFileSync('tar', ['-czf', archive, '-C', source, '.']);
    const files = await unpackArchive(archive, folder);
    expect(files.map(({ name }) => name)).toEqual([`${deep}/${deep}/${'f'.repeat(120)}`]);
  });
});

describe('an archive that is refused', () => {
  test.each<[string, TarEntry, string]>([
    [
      'an absolute path',
      { name: '/etc/passwd' },
      'entry "/etc/passwd": expected a path inside the archive, found an absolute path',
    ],
    [
      'a drive',
      { name: 'C:\\x' },
      'entry "C:\\\\x": expected a path inside the archive, found an absolute path',
    ],
    [
      'a step up',
      { name: 'a/../../b' },
      'entry "a/../../b": expected a path inside the archive, found a path with ".."',
    ],
    ['a step up as Windows writes it', { name: 'a\\..\\b' }, 'found a path with ".."'],
    [
      'a name with a control character',
      { name: 'a\x1b[2Jb' },
      'entry "a\\u001b[2Jb": expected a path inside the archive, found control characters',
    ],
    ['a name with a line break', { name: 'a\nb' }, 'entry "a\\nb": '],
    [
      'a symbolic link',
      { name: 'a', type: '2', link: '/etc/passwd' },
      'entry "a": expected a file or a folder, found a symbolic link',
    ],
    [
      'a hard link',
      { name: 'a', type: '1', link: 'b' },
      'entry "a": expected a file or a folder, found a hard link',
    ],
    ['a character device', { name: 'a', type: '3' }, 'found a character device'],
    ['a block device', { name: 'a', type: '4' }, 'found a block device'],
    ['a named pipe', { name: 'a', type: '6' }, 'found a named pipe'],
    ['a sparse file', { name: 'a', type: 'S', data: 'x' }, 'found a sparse file'],
    [
      'a sparse file of the pax format',
      { name: './GNUSparseFile.12/core', data: 'x' },
      'found a sparse file',
    ],
    [
      'an archive',
      { name: 'a.tar', data: tarFile([{ name: 'b', data: 'c' }]) },
      'entry "a.tar": expected no archive in the archive, found tar data',
    ],
    [
      'a gzipped archive',
      { name: 'a.tgz', data: gzipSync(tarFile([{ name: 'b', data: 'c' }])) },
      'entry "a.tgz": expected no archive in the archive, found tar data',
    ],
    [
      'a zip',
      { name: 'a.zip', data: 'PK\x03\x04' },
      'entry "a.zip": expected no archive in the archive, found zip data',
    ],
  ])('%s', async (_, entry, expected) => {
    expect(await refusalOf({ name: 'first', data: 'x' }, entry)).toContain(expected);
  });

  test('two entries of one name, however they are written', async () => {
    expect(await refusalOf({ name: 'a/b', data: '1' }, { name: './a//b', data: '2' })).toBe(
      'entry "a/b": expected one entry of this name, found two',
    );
  });

  test('more entries, more bytes, a larger entry than allowed', async () => {
    const many = tarFile(Array.from({ length: 11 }, (_, at) => ({ name: `f${at}` })));
    expect(await refusal(many, { maxBytes: 2 ** 20, maxEntries: 10 })).toBe(
      'entry "f10": expected at most 10 entries, found more',
    );
    const large = tarFile([{ name: 'a', data: Buffer.alloc(3000) }]);
    expect(await refusal(large, { maxBytes: 2048, maxEntries: 10 })).toContain(
      'expected at most 2 KiB unpacked (--max-size), found more',
    );
    const stated = tarFile([{ name: 'a', size: 2 ** 32 }]);
    expect(await refusal(stated, { maxBytes: 2 ** 30, maxEntries: 10 })).toBe(
      'entry "a": expected at most 1 GiB (--max-size), found 4 GiB',
    );
  });

  test('a bomb', async () => {
    const bomb = gzipSync(tarFile([{ name: 'zeros', data: Buffer.alloc(96 * 2 ** 20) }]));
    expect(await refusal(bomb)).toContain(
      'entry "zeros": expected data that was compressed to 1/200 at most',
    );
  });

  test('one that is no archive, or an archive of another kind', async () => {
    expect(await refusal(Buffer.from('#!/bin/sh\n'))).toBe('expected a tar archive, found something else');
    expect(await refusal(gzipSync(''))).toBe('expected a tar archive, found no data');
    expect(await refusal(gzipSync(gzipSync(tarFile([{ name: 'a' }]))))).toContain('expected a tar archive');
  });

  test('wherever it ends early', async () => {
    const plain = tarFile([
      { name: 'a', data: Buffer.alloc(1000, 1) },
      { name: 'b', data: 'x' },
    ]);
    const end = plain.length - 1024;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: end }), fc.boolean(), async (length, zip) => {
        await refusal(zip ? gzipSync(plain.subarray(0, length)) : plain.subarray(0, length));
      }),
      { numRuns: 60 },
    );
    const gzipped = gzipSync(plain);
    expect(await refusal(gzipped.subarray(0, gzipped.length - 9))).toContain('an end in the middle');
  });
});

test('whatever bytes are changed, an archive is unpacked inside the folder or refused with one line', async () => {
  const plain = tarFile([
    { name: 'linmap-capture/', type: '5' },
    { name: 'linmap-capture/MANIFEST', data: 'format=linmap.archive/1\n' },
    { name: 'linmap-capture/trace.txt', data: Buffer.alloc(5000, 'trace ') },
  ]);
  const changes = fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(changes, async (changed) => {
      const bytes = Buffer.from(plain);
      for (const [at, value] of changed) bytes[at] = value;
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      writeFileSync(archive, bytes);
      const result = await unpackArchive(archive, folder).catch((reason: unknown) => reason);
      if (!Array.isArray(result)) expect(result).toBeInstanceOf(InputError);
      expect(readdirSync(scratch).sort()).toEqual(['a.tar.gz', 'unpacked']);
      for (const name of readdirSync(folder)) expect(name).toMatch(/^\d+$/);
    }),
    { numRuns: 500 },
  );
  expect(existsSync(folder)).toBe(true);
});
