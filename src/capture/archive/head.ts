// The first bytes of a file, decompressed where it is gzipped: enough to tell what it is.
import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { reason } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';

/** As much of a longer stream as is decompressed. */
const GZIPPED_HEAD = 32 * 1024;
const HEAD = 64 * 1024;
/** gzip makes at most 1032 times as many bytes. */
const MOST_FROM_HEAD = 1032 * HEAD;

interface Head {
  bytes: Buffer;
  /** The file itself is gzip data; `bytes` are not. */
  gzipped: boolean;
}

/**
 * The first 64 KiB of a file, or what 32 KiB of gzip data decompress to, cut to that.
 * @param name the file as a person would name it, for errors
 * @throws InputError where it cannot be read or its gzip data is corrupt.
 */
export function readHead(path: string, name = path): Head {
  const raw = firstBytes(path, name);
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return { bytes: raw, gzipped: false };
  try {
    // The head of a longer stream ends in the middle, which this flush mode takes for an end.
    const isWhole = raw.length < HEAD;
    const bytes = isWhole
      ? gunzipSync(raw, { maxOutputLength: MOST_FROM_HEAD })
      : gunzipSync(raw.subarray(0, GZIPPED_HEAD), { finishFlush: constants.Z_SYNC_FLUSH });
    return { bytes: bytes.subarray(0, HEAD), gzipped: true };
  } catch (error) {
    throw new InputError(name, null, `expected complete gzip data, found ${reason(error)}`);
  }
}

function firstBytes(path: string, name: string): Buffer {
  const bytes = Buffer.alloc(HEAD);
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      // Files of /proc give less than was asked for.
      while (length < HEAD) {
        const read = readSync(file, bytes, length, HEAD - length, null);
        if (read === 0) break;
        length += read;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new InputError(name, null, `expected a readable file, found ${reason(error)}`);
  }
  return bytes.subarray(0, length);
}
