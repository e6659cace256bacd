/** Files in chunks: the same bytes as in one piece, whatever their size and compression. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readChunks, streamChunks } from '../../src/io/chunks.js';
import { InputError } from '../../src/io/input-error.js';
import { sharedFolder } from '../scratch-folder.js';

const folder = sharedFolder();

function file(bytes: Uint8Array): string {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  return path;
}

/** All bytes, by either way; chunks are copied, for they are only lent. */
async function bytesOf(path: string): Promise<[Buffer, Buffer]> {
  const read: Buffer[] = [];
  for (const chunk of readChunks(path)) read.push(Buffer.from(chunk));
  const streamed: Buffer[] = [];
  for await (const chunk of streamChunks(path)) streamed.push(Buffer.from(chunk));
  return [Buffer.concat(read), Buffer.concat(streamed)];
}

const sample = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, i) => (i * i) >>> 3));

describe('chunks', () => {
  it.each([0, 1, 2, 1000, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3_000_000])('of %i bytes', async (size) => {
    const bytes = sample(size);
    const twice = Buffer.concat([gzipSync(bytes), gzipSync(bytes)]);
    for (const [given, expected] of [
      [bytes, bytes],
      [gzipSync(bytes), bytes],
      [twice, Buffer.concat([bytes, bytes])],
    ] as const) {
      const [read, streamed] = await bytesOf(file(given));
      expect([read.equals(expected), streamed.equals(expected)]).toEqual([true, true]);
    }
  });

  it('of what cannot be read name the file', async () => {
    const wrong: [string, RegExp][] = [
      [join(folder, 'none'), /none: expected a readable file, found no such file or directory$/],
      [folder, /: expected a readable file, found a directory$/],
    ];
    for (const [path, message] of wrong) {
      await expect(bytesOf(path)).rejects.toThrow(message);
      await expect(streamChunks(path).next()).rejects.toThrow(message);
    }
    const cut = file(gzipSync(sample(100_000)).subarray(0, 500));
    expect(() => [...readChunks(cut)]).toThrow(InputError);
    const all = async () => {
      for await (const _ of streamChunks(cut));
    };
    await expect(all()).rejects.toThrow(/file: expected complete gzip data, found an end in the middle$/);
  });

  it('may be left in the middle', async () => {
    const path = file(gzipSync(sample(3_000_000)));
    for await (const chunk of streamChunks(path)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    for (const chunk of readChunks(file(sample(3_000_000)))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it('leave the errors of their user alone', async () => {
    const path = file(gzipSync(sample(3_000_000)));
    const mine = new Error('mine');
    const use = async () => {
      for await (const _ of streamChunks(path)) throw mine;
    };
    await expect(use()).rejects.toBe(mine);
  });
});
