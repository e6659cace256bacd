// node:fs over files in memory: as much of it as importing and replaying a capture asks for.
import { Buffer } from 'node:buffer';
import { resolve } from 'node:path';
import { fileError, MemoryFile, MemoryTree } from './memory-files.js';

const tree = new MemoryTree();
tree.makeFolder(resolve('.'), true);

type Data = string | Uint8Array;
type PathOrFile = string | number;

class Status {
  constructor(
    private readonly entry: MemoryFile | 'folder',
    readonly size = entry === 'folder' ? 0 : entry.bytes.length,
  ) {}

  isFile(): boolean {
    return this.entry !== 'folder';
  }

  isDirectory(): boolean {
    return this.entry === 'folder';
  }

  isBlockDevice(): boolean {
    return false;
  }
}

/** An open file and how far it has been read. */
interface OpenFile {
  file: MemoryFile;
  position: number;
}

const open = new Map<number, OpenFile>();
/** 0 to 2 are what they always are. */
let lastDescriptor = 2;

export function existsSync(path: string): boolean {
  return tree.find(resolve(path)) !== undefined;
}

export function statSync(path: string, options: { throwIfNoEntry?: boolean } = {}): Status | undefined {
  const entry = tree.find(resolve(path));
  if (entry !== undefined) return new Status(entry);
  if (options.throwIfNoEntry === false) return undefined;
  throw fileError('ENOENT', 'no such file or directory', 'stat', path);
}

/** There are no links. */
export const lstatSync = statSync;

export function realpathSync(path: string): string {
  return resolve(path);
}

export function readdirSync(path: string): string[];
export function readdirSync(
  path: string,
  options: { withFileTypes: true },
): { name: string; isDirectory(): boolean }[];
export function readdirSync(path: string, options?: { withFileTypes: true }) {
  const names = tree.names(resolve(path));
  if (options === undefined) return names;
  return names.map((name) => ({
    name,
    isDirectory: () => tree.find(resolve(path, name)) === 'folder',
  }));
}

export function mkdirSync(path: string, options: { recursive?: boolean } = {}): void {
  tree.makeFolder(resolve(path), options.recursive ?? false);
}

let madeFolders = 0;

export function mkdtempSync(prefix: string): string {
  const path = resolve(`${prefix}${++madeFolders}`);
  tree.makeFolder(path, false);
  return path;
}

export function renameSync(from: string, to: string): void {
  tree.move(resolve(from), resolve(to));
}

export function rmSync(path: string): void {
  tree.remove(resolve(path));
}

export function readFileSync(path: PathOrFile): Buffer;
export function readFileSync(path: PathOrFile, encoding: 'utf8'): string;
export function readFileSync(path: PathOrFile, encoding?: 'utf8'): Buffer | string {
  const bytes = asBuffer(
    (typeof path === 'number' ? opened(path).file : tree.file(resolve(path), 'open')).bytes,
  );
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

export function writeFileSync(path: PathOrFile, data: Data): void {
  const bytes = Buffer.from(data);
  if (typeof path === 'number') opened(path).file.append(bytes);
  else tree.put(resolve(path), new MemoryFile(bytes), 'open');
}

export function appendFileSync(path: string, data: Data): void {
  tree.file(resolve(path), 'open').append(Buffer.from(data));
}

/** @param flags `r` for reading, `wx` for writing a file that does not exist yet */
export function openSync(path: string, flags: string): number {
  const place = resolve(path);
  if (flags === 'r')
    return enter(tree.find(place) === 'folder' ? new MemoryFile() : tree.file(place, 'open'));
  if (tree.find(place) !== undefined) throw fileError('EEXIST', 'file already exists', 'open', path);
  const file = new MemoryFile();
  tree.put(place, file, 'open');
  return enter(file);
}

function enter(file: MemoryFile): number {
  open.set(++lastDescriptor, { file, position: 0 });
  return lastDescriptor;
}

function opened(descriptor: number): OpenFile {
  const file = open.get(descriptor);
  if (file === undefined) throw fileError('EBADF', 'bad file descriptor', 'read', String(descriptor));
  return file;
}

export function closeSync(descriptor: number): void {
  open.delete(descriptor);
}

export function fstatSync(descriptor: number): Status {
  return new Status(opened(descriptor).file);
}

/** No file here is one of /proc. */
export function statfsSync(): { type: number } {
  return { type: 0 };
}

/** @param position null: where the last such read ended */
export function readSync(
  descriptor: number,
  into: Uint8Array,
  offset: number,
  length: number,
  position: number | null,
): number {
  const file = opened(descriptor);
  const from = position ?? file.position;
  const bytes = file.file.bytes.subarray(from, from + length);
  into.set(bytes, offset);
  if (position === null) file.position += bytes.length;
  return bytes.length;
}

export function writeSync(descriptor: number, data: Uint8Array, offset = 0): number {
  const bytes = data.subarray(offset);
  opened(descriptor).file.append(bytes);
  return bytes.length;
}

const CHUNK = 1 << 16;

/** The bytes of a file as they come from a disk: in pieces, and one turn of the event loop for each. */
class ReadStream {
  bytesRead = 0;

  constructor(
    private readonly path: string,
    private readonly chunk: number,
  ) {}

  /** Errors come out of the iteration. */
  on(): this {
    return this;
  }

  destroy(): void {}

  pipe<To extends { from(source: AsyncIterable<Uint8Array>): void }>(to: To): To {
    to.from(this);
    return to;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const { bytes } = tree.file(resolve(this.path), 'open');
    for (let at = 0; at < bytes.length; at += this.chunk) {
      const piece = bytes.subarray(at, at + this.chunk);
      this.bytesRead += piece.length;
      yield asBuffer(piece);
    }
  }
}

export function createReadStream(path: string, options: { highWaterMark?: number } = {}): ReadStream {
  return new ReadStream(path, options.highWaterMark ?? CHUNK);
}

/** Takes all that a source gives, see pipeline() of stream.ts. */
export class WriteStream {
  constructor(private readonly path: string) {}

  async take(source: AsyncIterable<Uint8Array>): Promise<void> {
    const descriptor = openSync(this.path, 'wx');
    for await (const chunk of source) writeSync(descriptor, chunk);
    closeSync(descriptor);
  }
}

export function createWriteStream(path: string): WriteStream {
  return new WriteStream(path);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
