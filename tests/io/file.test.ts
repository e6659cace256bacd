import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { findInput, readInput, readText, writeWhole } from '../../src/io/file.js';
import { InputError } from '../../src/io/input-error.js';
import { scratchFolder } from '../scratch-folder.js';

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
});

const place = (name: string) => join(folder, name);

function put(name: string, data: string | Uint8Array): string {
  writeFileSync(place(name), data);
  return place(name);
}

function refusal(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('reading', () => {
  test('plain and gzipped files read the same, whatever their names', () => {
    expect(readText(put('a', 'trace'))).toBe('trace');
    expect(readText(put('b', gzipSync('trace')))).toBe('trace');
    expect(readInput(put('c.gz', new Uint8Array([1, 2])))).toEqual(Buffer.from([1, 2]));
    expect(readText(put('empty', ''))).toBe('');
  });

  test('a missing file', () => {
    const error = refusal(() => readText(place('absent.json')));
    expect(error.message).toBe(
      `${place('absent.json')}: expected a readable file, found no such file or directory`,
    );
    expect(error).toMatchObject({ file: place('absent.json'), line: null });
  });

  test('a directory', () => {
    expect(refusal(() => readInput(folder)).message).toBe(
      `${folder}: expected a readable file, found a directory`,
    );
  });

  test('gzip data that stops early', () => {
    const whole = gzipSync('a'.repeat(1000));
    const path = put('short.gz', whole.subarray(0, whole.length - 12));
    expect(refusal(() => readInput(path)).message).toBe(
      `${path}: expected complete gzip data, found an end in the middle`,
    );
  });

  test('gzip data with a damaged middle', () => {
    const bytes = gzipSync(Buffer.from(Array.from({ length: 999 }, (_, i) => (i * i) % 251)));
    bytes.fill(0xff, 100, 140);
    expect(refusal(() => readInput(put('bad.gz', bytes))).message).toContain('expected complete gzip data');
  });

  test('more than the cap, before and after decompression', () => {
    const maxBytes = 4096;
    const bomb = put('bomb.gz', gzipSync(Buffer.alloc(2 ** 20)));
    expect(refusal(() => readInput(bomb, { maxBytes })).message).toBe(
      `${bomb}: expected at most 4 KiB decompressed, found more`,
    );
    const large = put('large', Buffer.alloc(8192));
    expect(refusal(() => readInput(large, { maxBytes })).message).toBe(
      `${large}: expected at most 4 KiB, found 8 KiB`,
    );
    expect(readInput(put('fits', Buffer.alloc(4096)), { maxBytes })).toHaveLength(4096);
  });
});

describe('finding', () => {
  test('a name or its gzipped form, the plain one first', () => {
    put('trace.txt.gz', gzipSync('x'));
    expect(findInput(folder, 'trace.txt')).toBe(place('trace.txt.gz'));
    put('trace.txt', 'x');
    expect(findInput(folder, 'trace.txt')).toBe(place('trace.txt'));
  });

  test('neither', () => {
    expect(refusal(() => findInput(folder, 'trace.txt')).message).toBe(
      `${place('trace.txt')}: expected this file or trace.txt.gz, found neither`,
    );
  });
});

describe('writing', () => {
  test('replaces the file, leaves nothing beside it', () => {
    put('out.json', 'old and longer');
    writeWhole(place('out.json'), 'new');
    expect(readFileSync(place('out.json'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out.json']);
  });

  test('compresses where the name says so', () => {
    writeWhole(place('out.gz'), 'text');
    expect(gunzipSync(readFileSync(place('out.gz'))).toString()).toBe('text');
  });

  test('writes through a link', () => {
    symlinkSync(put('target', 'old'), place('link'));
    writeWhole(place('link'), 'new');
    expect(readFileSync(place('target'), 'utf8')).toBe('new');
  });

  test('leaves no temporary file where the rename fails', () => {
    mkdirSync(place('taken'));
    put(join('taken', 'inside'), 'x');
    const error = refusal(() => writeWhole(place('taken'), 'data'));
    expect(error.message).toContain(`${place('taken')}: expected a place to write a file`);
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  test('names a folder that is not there', () => {
    expect(refusal(() => writeWhole(place('no/out'), 'data')).message).toBe(
      `${place('no/out')}: expected a place to write a file, found no such file or directory`,
    );
  });
});
