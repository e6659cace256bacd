// A tar archive, gzipped or not, unpacked as a stream. Nothing that the archive says decides where bytes are written.
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser } from 'tar/parse';
import type { ReadEntry } from 'tar/read-entry';
import { reason } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import { formatSize } from '../../io/size.js';
import { foreignFormat, isArchive } from './archive-format.js';
import { badEntryName, plainEntryName, quoteEntryName } from './entry-name.js';
import { readHead } from './head.js';

export interface ArchiveLimits {
  /** Bytes of the whole archive, decompressed. */
  maxBytes: number;
  maxEntries: number;
}

/** Twice what the page tables of 4 TiB take, mapped by 4K pages. */
export const ARCHIVE_LIMITS: ArchiveLimits = { maxBytes: 16 * 2 ** 30, maxEntries: 4096 };

/** A file of an archive, unpacked. */
interface UnpackedFile {
  /** Its name in the archive: `linmap-capture/system/iomem`. */
  name: string;
  /** Where its bytes are. */
  path: string;
  bytes: number;
}

/** What captures compress to lies far below; page tables and traces reach 30:1. */
const MAX_RATIO = 200;
/** So few bytes are no bomb, whatever they were compressed to. */
const RATIO_COUNTS_FROM = 64 * 2 ** 20;

const FILES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);

/** Entries that are refused, in words. */
const REFUSED: Readonly<Record<string, string>> = {
  Link: 'a hard link',
  SymbolicLink: 'a symbolic link',
  CharacterDevice: 'a character device',
  BlockDevice: 'a block device',
  FIFO: 'a named pipe',
  SparseFile: 'a sparse file',
};

/**
 * Unpacks every file of an archive into a folder, under names of our own choice.
 * @param folder an empty folder
 * @throws InputError naming archive and entry, for anything but plain files and folders with harmless names, for more
 *   than the limits allow, and for data that is corrupt or ends early. What was written until then stays in `folder`.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<UnpackedFile[]> {
  const { gzipped } = readHead(archive);
  const file = createReadStream(archive);
  const source: Readable = gzipped ? file.pipe(createGunzip()) : file;
  // pipe() does not hand errors on.
  file.on('error', (error) => source.destroy(error));
  const unpacking = new Unpacking(archive, folder, limits);
  try {
    for await (const chunk of source) unpacking.take(chunk as Buffer, file.bytesRead);
    unpacking.finish();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(archive, null, `expected a complete archive, found ${reason(error)}`);
  } finally {
    file.destroy();
    unpacking.close();
  }
  return unpacking.files;
}

class Unpacking {
  readonly files: UnpackedFile[] = [];
  readonly #names = new Set<string>();
  readonly #parser: Parser;
  #entries = 0;
  #bytes = 0;
  #ended = false;
  #open: { file: number; entry: UnpackedFile } | null = null;

  constructor(
    private readonly archive: string,
    private readonly folder: string,
    private readonly limits: ArchiveLimits,
  ) {
    this.#parser = new Parser({ onReadEntry: (entry) => this.#begin(entry) });
    this.#parser.on('ignoredEntry', (entry: ReadEntry) => this.#refuse(entry));
    this.#parser.on('nullBlock', () => {
      this.#ended = true;
    });
    this.#parser.on('warn', (_code: string, message: string) => {
      throw this.#damaged(message);
    });
  }

  /** @param compressed bytes of the archive read until now */
  take(chunk: Buffer, compressed: number): void {
    if (this.#bytes === 0 && !isArchive(chunk)) {
      throw new InputError(this.archive, null, 'expected a tar archive, found something else');
    }
    this.#bytes += chunk.length;
    const { maxBytes } = this.limits;
    if (this.#bytes > maxBytes) {
      const most = formatSize(maxBytes);
      throw this.#error(`expected at most ${most} unpacked (--max-size), found more`);
    }
    if (this.#bytes > RATIO_COUNTS_FROM && this.#bytes > MAX_RATIO * compressed) {
      throw this.#error(
        `expected data that was compressed to 1/${MAX_RATIO} at most, found less; unpack it and import the folder`,
      );
    }
    this.#parser.write(chunk);
  }

  finish(): void {
    if (this.#bytes === 0) throw new InputError(this.archive, null, 'expected a tar archive, found no data');
    this.#parser.end();
    if (this.#open) throw this.#damaged('the end of the data in the middle');
    if (!this.#ended) throw this.#damaged('no end of the archive');
  }

  close(): void {
    if (this.#open) closeSync(this.#open.file);
    this.#open = null;
  }

  #begin(entry: ReadEntry): void {
    const name = this.#accept(entry);
    if (entry.type === 'Directory' || name === '') {
      entry.resume();
      return;
    }
    // Entries come one after the other, so a number is a name that no archive can choose.
    const path = join(this.folder, String(this.files.length));
    const unpacked: UnpackedFile = { name, path, bytes: entry.size };
    const file = openSync(path, 'wx', 0o600);
    this.#open = { file, entry: unpacked };
    entry.on('data', (data: Buffer) => this.#write(file, data));
    entry.on('end', () => this.#end(unpacked));
  }

  #write(file: number, data: Buffer): void {
    try {
      for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
    } catch (error) {
      throw new InputError(
        this.folder,
        null,
        `expected room to unpack ${this.archive}, found ${reason(error)}`,
      );
    }
  }

  #end(unpacked: UnpackedFile): void {
    this.close();
    const { bytes } = readHead(unpacked.path, `${this.archive}: ${unpacked.name}`);
    const foreign = isArchive(bytes) ? 'tar' : foreignFormat(bytes);
    if (foreign !== null)
      throw this.#error(`expected no archive in the archive, found ${foreign} data`, unpacked.name);
    this.files.push(unpacked);
  }

  /** The entry's plain name. @throws InputError for an entry that is not taken. */
  #accept(entry: ReadEntry): string {
    const { maxEntries, maxBytes } = this.limits;
    if (++this.#entries > maxEntries) {
      throw this.#error(`expected at most ${maxEntries} entries, found more`, entry.path);
    }
    const wrong = badEntryName(entry.path);
    if (wrong !== null) throw this.#error(`expected a path inside the archive, found ${wrong}`, entry.path);
    if (entry.type !== 'Directory' && !FILES.has(entry.type)) return this.#refuse(entry);
    // GNU tar writes a sparse file of the pax format under such a name, with a map of its holes as data.
    if (/(?:^|\/)GNUSparseFile\.\d+\//.test(entry.path)) {
      throw this.#error('expected a file or a folder, found a sparse file', entry.path);
    }
    if (entry.size > maxBytes) {
      const [most, found] = [formatSize(maxBytes), formatSize(entry.size)];
      throw this.#error(`expected at most ${most} (--max-size), found ${found}`, entry.path);
    }
    const name = plainEntryName(entry.path);
    if (name !== '' && this.#names.has(name))
      throw this.#error('expected one entry of this name, found two', name);
    this.#names.add(name);
    return name;
  }

  #refuse(entry: ReadEntry): never {
    const found = entry.meta
      ? 'a header of more than 1 MiB'
      : (REFUSED[entry.type] ?? `a ${entry.type} entry`);
    throw this.#error(`expected a file or a folder, found ${found}`, entry.path);
  }

  #damaged(message: string): InputError {
    return this.#error(`expected a complete archive, found ${message}`, this.#open?.entry.name);
  }

  #error(detail: string, name = this.#open?.entry.name): InputError {
    const entry = name === undefined ? '' : `entry ${quoteEntryName(name)}: `;
    return new InputError(this.archive, null, `${entry}${detail}`);
  }
}
