// Files in pieces, decompressed where they are gzip: for those that are larger than memory should hold.
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { readInput, reason } from './file.js';
import { InputError } from './input-error.js';

const CHUNK = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The bytes of a file in order. A chunk is the reader's own buffer and holds only until the next is asked for.
 * gzip is decompressed whole first, to 2 GiB at most; `streamChunks` has no such limit.
 * @throws InputError where there is no such file, or it is a directory, unreadable or corrupt.
 */
export function* readChunks(path: string): Generator<Buffer> {
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    let length = attempt(path, () => readSync(file, buffer, 0, CHUNK, null));
    if (isGzip(buffer, length)) {
      yield readInput(path, {});
      return;
    }
    while (length > 0) {
      yield buffer.subarray(0, length);
      length = attempt(path, () => readSync(file, buffer, 0, CHUNK, null));
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a file in order, of any size, plain or gzip, in bounded memory.
 * @throws InputError where there is no such file, or it is a directory, unreadable or corrupt.
 */
export async function* streamChunks(path: string): AsyncGenerator<Buffer> {
  if (!(await startsAsGzip(path))) {
    const plain = createReadStream(path, { highWaterMark: CHUNK });
    yield* fromStream(path, plain);
    return;
  }
  const unzip = createGunzip({ chunkSize: CHUNK });
  // The reader of `unzip` sees its errors; the pipe only has to be waited for.
  const piped = pipeline(createReadStream(path, { highWaterMark: CHUNK }), unzip).catch(() => undefined);
  yield* fromStream(path, unzip);
  await piped;
}

async function* fromStream(path: string, stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only what reading throws is the file's fault, not what the caller does with a chunk.
      const { done, value } = await chunks.next().catch((error: unknown) => {
        throw unreadable(path, error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await chunks.return?.();
  }
}

async function startsAsGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      // What is no regular file cannot be read from its beginning twice.
      if (!(await file.stat()).isFile()) return false;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return isGzip(buffer, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function isGzip(head: Buffer, length: number): boolean {
  return length >= 2 && head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1];
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const expected = code.startsWith('Z_') ? 'complete gzip data' : 'a readable file';
  return new InputError(path, null, `expected ${expected}, found ${reason(error)}`);
}
