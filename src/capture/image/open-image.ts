// Opening a memory image: a file, /proc/kcore, or what is packed in one.
import { closeSync, fstatSync, openSync, readSync, statfsSync } from 'node:fs';
import { readInput } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import { FlattenedSource, isFlattened } from './flattened.js';
import { type ImageSource, MemorySource } from './image-source.js';

/** PROC_SUPER_MAGIC of statfs(2). */
const PROCFS = 0x9fa0;
const SNIFFED = 16;

/**
 * Opens an image for reading by position. A gzipped one is decompressed into memory first.
 * makedumpfile's flattened format is put back in order.
 * @throws InputError where the file cannot be read, or not by position.
 */
export function openImage(path: string): ImageSource {
  const file = new FileSource(path);
  try {
    const head = new Uint8Array(SNIFFED);
    const found = file.read(head, 0);
    if (found > 1 && head[0] === 0x1f && head[1] === 0x8b) {
      file.close();
      return unflattened(new MemorySource(path, readInput(path)));
    }
    return unflattened(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

function unflattened(source: ImageSource): ImageSource {
  const head = new Uint8Array(SNIFFED);
  source.read(head, 0);
  return isFlattened(head) ? new FlattenedSource(source) : source;
}

class FileSource implements ImageSource {
  readonly size: number | null;
  readonly live: boolean;
  readonly #file: number;
  #open = true;

  constructor(readonly name: string) {
    try {
      this.#file = openSync(name, 'r');
    } catch (error) {
      throw unreadable(name, error);
    }
    const status = fstatSync(this.#file);
    if (!status.isFile() && !status.isBlockDevice()) {
      this.close();
      const found = status.isDirectory() ? 'a directory' : 'a pipe or terminal';
      throw new InputError(name, null, `expected a file that can be read at any place, found ${found}`);
    }
    this.live = statfsSync(name).type === PROCFS;
    this.size = status.isFile() && !this.live ? status.size : null;
  }

  read(into: Uint8Array, position: number): number {
    try {
      return readSync(this.#file, into, 0, into.length, position);
    } catch (error) {
      throw unreadable(this.name, error);
    }
  }

  close(): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

function unreadable(name: string, error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const found =
    code === 'ENOENT'
      ? 'no such file or directory'
      : code === 'EACCES' || code === 'EPERM'
        ? 'no permission (reading kernel memory takes root, and a kernel that is not locked down)'
        : error instanceof Error
          ? error.message
          : String(error);
  return new InputError(name, null, `expected a readable file, found ${found}`);
}
