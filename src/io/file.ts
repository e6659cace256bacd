import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { InputError } from './input-error.js';
import { formatSize } from './size.js';

/** No capture comes near this; a gzip bomb does. */
const MAX_BYTES = 2 * 2 ** 30;

interface ReadOptions {
  /** Largest size in bytes, after decompression. Default 2 GiB. */
  maxBytes?: number;
}

/**
 * The bytes of a file, decompressed where they start with the gzip magic, whatever its name.
 * @throws InputError where there is no such file, or it is a directory, unreadable, corrupt or too large.
 */
export function readInput(path: string, options: ReadOptions = {}): Buffer {
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const bytes = readBytes(path, maxBytes);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(path, bytes, maxBytes) : bytes;
}

/** As `readInput`, decoded as UTF-8. */
export function readText(path: string, options: ReadOptions = {}): string {
  const bytes = readInput(path, options);
  try {
    return bytes.toString('utf8');
  } catch {
    throw new InputError(
      path,
      null,
      `expected text, found ${formatSize(bytes.length)}, more than a string holds`,
    );
  }
}

/**
 * The path of `name` in `directory`, plain or with `.gz` appended; plain wins where both exist.
 * @throws InputError where neither exists.
 */
export function findInput(directory: string, name: string): string {
  const plain = join(directory, name);
  if (existsSync(plain)) return plain;
  if (existsSync(`${plain}.gz`)) return `${plain}.gz`;
  throw new InputError(plain, null, `expected this file or ${basename(name)}.gz, found neither`);
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, then renamed. Compressed
 * where the path ends in `.gz`. A pipe or device that exists already is written to as it is.
 * @throws InputError where the file cannot be written there.
 */
export function writeWhole(path: string, data: string | Uint8Array): void {
  const bytes = path.endsWith('.gz') ? gzipSync(data) : data;
  try {
    if (isRegularOrNew(path)) replaceFile(followLink(path), bytes);
    else writeFileSync(path, bytes);
  } catch (error) {
    throw new InputError(path, null, `expected a place to write a file, found ${reason(error)}`);
  }
}

function readBytes(path: string, maxBytes: number): Buffer {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) {
      throw new InputError(path, null, `expected at most ${formatSize(maxBytes)}, found ${formatSize(size)}`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(path, null, `expected a readable file, found ${reason(error)}`);
  }
}

function gunzip(path: string, bytes: Buffer, maxBytes: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') {
      throw new InputError(path, null, `expected at most ${formatSize(maxBytes)} decompressed, found more`);
    }
    throw new InputError(path, null, `expected complete gzip data, found ${reason(error)}`);
  }
}

/** A name for a file that is renamed to `path` once it is whole. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

function replaceFile(path: string, bytes: string | Uint8Array): void {
  const temporary = writeTemporary(path, bytes);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes a new file beside `path`, whole or not at all. @returns its name @throws the file system's error */
export function writeTemporary(path: string, bytes: string | Uint8Array): string {
  const temporary = temporaryBeside(path);
  // Exclusive: what is there under this name is not ours to overwrite or remove.
  const file = openSync(temporary, 'wx');
  try {
    try {
      writeFileSync(file, bytes);
    } finally {
      closeSync(file);
    }
    return temporary;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isRegularOrNew(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined || status.isFile() || status.isDirectory();
}

/** The file that a link means; the path itself where there is nothing yet. */
export function followLink(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** What went wrong with a file, in words. */
export function reason(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'no such file or directory';
    case 'EISDIR':
      return 'a directory';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file where a directory should be';
    case 'EACCES':
    case 'EPERM':
      return 'no permission';
    case 'EROFS':
      return 'a read-only file system';
    case 'ENOSPC':
      return 'no space left';
    case 'ENAMETOOLONG':
      return 'a name that is too long';
    case 'ELOOP':
      return 'links that lead to each other';
    case 'Z_BUF_ERROR':
      return 'an end in the middle';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
