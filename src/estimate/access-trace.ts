// Access traces in files: brotli-compressed where the name ends in `.br`, else as they are. Memory is bounded: a file
// is read, decompressed and decoded piece by piece.
import { createReadStream, type ReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { InputError } from '../io/input-error.js';
import type { AccessChunk } from './access.js';
import { TraceDecoder, TraceFormatError } from './trace-decoder.js';

const PIECE_BYTES = 2 ** 16;

/**
 * The accesses of a trace, in order, as chunks of some ten thousand, each of which is written over by the next one.
 * @throws InputError where the file cannot be read, is no brotli data or no access trace, or ends too early; what
 *   comes before the fault has been given out by then
 */
export async function* readAccessTrace(
  path: string,
  decoder: TraceDecoder = new TraceDecoder(),
): AsyncGenerator<AccessChunk, void, undefined> {
  try {
    for await (const bytes of readDecompressed(path)) yield* decoder.decode(bytes);
    decoder.end();
  } catch (error) {
    if (!(error instanceof TraceFormatError)) throw error;
    throw new InputError(path, null, error.message);
  }
}

async function* readDecompressed(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  try {
    yield* path.endsWith('.br') ? decompress(file) : file;
  } catch (error) {
    throw readError(path, file, error);
  } finally {
    file.destroy();
  }
}

function decompress(file: ReadStream): AsyncIterable<Uint8Array> {
  const brotli = createBrotliDecompress({ chunkSize: PIECE_BYTES });
  // Errors of either stream end the other; they reach the reader of `brotli`.
  pipeline(file, brotli, () => {});
  return brotli;
}

/** What a stream's error says about the file. A fault of this program goes on as it is. */
function readError(path: string, file: ReadStream, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if ('errno' in error && 'syscall' in error) {
    const reason = getSystemErrorMap().get(Number(error.errno))?.[1] ?? code;
    return new InputError(path, null, `expected a readable file, found ${reason}`);
  }
  if (code === 'Z_BUF_ERROR') {
    const found = file.bytesRead === 0 ? 'nothing' : `the end at byte ${file.bytesRead}`;
    return new InputError(path, null, `expected complete brotli data, found ${found}`);
  }
  if (code.startsWith('ERR_') || code.startsWith('Z_')) {
    return new InputError(path, null, `expected brotli data, found ${code} before byte ${file.bytesRead}`);
  }
  return error;
}
