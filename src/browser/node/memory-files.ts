// Files and folders in memory, by absolute path: what a page has in place of a file system.

/** As node:fs throws them: callers go by `code`, and by `syscall` to tell the place's fault from their own. */
export function fileError(code: string, message: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${message}, ${syscall} '${path}'`), { code, syscall, path });
}

/** A file that grows at its end, as every file that is written here does. */
export class MemoryFile {
  #bytes: Uint8Array;
  #length: number;

  /** @param bytes the content, taken as it is: not copied until something is written */
  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length, 1024));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }
}

type Entry = MemoryFile | 'folder';

/** A tree of folders with one root. Paths are absolute and plain: no `.` or `..`, no slash at the end. */
export class MemoryTree {
  readonly #entries = new Map<string, Entry>([['/', 'folder']]);

  find(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  /** @throws as open(2) does where there is no such file */
  file(path: string, syscall: string): MemoryFile {
    const entry = this.#entries.get(path);
    if (entry === 'folder') throw fileError('EISDIR', 'illegal operation on a directory', syscall, path);
    if (entry === undefined) throw this.#missing(path, syscall);
    return entry;
  }

  /** Puts a file into a folder that exists. */
  put(path: string, file: MemoryFile, syscall: string): void {
    this.#requireFolder(parentOf(path), syscall);
    if (this.#entries.get(path) === 'folder') {
      throw fileError('EISDIR', 'illegal operation on a directory', syscall, path);
    }
    this.#entries.set(path, file);
  }

  makeFolder(path: string, recursive: boolean): void {
    const known = this.#entries.get(path);
    if (known === 'folder' && recursive) return;
    if (known !== undefined) throw fileError('EEXIST', 'file already exists', 'mkdir', path);
    if (recursive) this.makeFolder(parentOf(path), true);
    this.#requireFolder(parentOf(path), 'mkdir');
    this.#entries.set(path, 'folder');
  }

  /** Names in a folder. */
  names(path: string): string[] {
    this.#requireFolder(path, 'scandir');
    const prefix = path === '/' ? path : `${path}/`;
    return [...this.#entries.keys()]
      .filter((key) => key.length > prefix.length && key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .filter((name) => !name.includes('/'));
  }

  /** Moves a file or a folder with all that is in it. */
  move(from: string, to: string): void {
    if (!this.#entries.has(from)) throw this.#missing(from, 'rename');
    this.#requireFolder(parentOf(to), 'rename');
    for (const key of [...this.#entries.keys()]) {
      if (key !== from && !key.startsWith(`${from}/`)) continue;
      this.#entries.set(to + key.slice(from.length), this.#entries.get(key) as Entry);
      this.#entries.delete(key);
    }
  }

  /** Removes a file or a folder with all that is in it; what is missing is no error. */
  remove(path: string): void {
    for (const key of [...this.#entries.keys()]) {
      if (key === path || key.startsWith(`${path}/`)) this.#entries.delete(key);
    }
  }

  #requireFolder(path: string, syscall: string): void {
    const entry = this.#entries.get(path);
    if (entry === 'folder') return;
    if (entry === undefined) throw this.#missing(path, syscall);
    throw fileError('ENOTDIR', 'not a directory', syscall, path);
  }

  #missing(path: string, syscall: string): Error {
    const file = this.#entries.get(parentOf(path)) instanceof MemoryFile;
    return file
      ? fileError('ENOTDIR', 'not a directory', syscall, path)
      : fileError('ENOENT', 'no such file or directory', syscall, path);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
