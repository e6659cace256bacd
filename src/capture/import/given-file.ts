// The files a person means: those they name, those in folders they name and those in archives.
import { lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readText, reason } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';
import { isArchive } from '../archive/archive-format.js';
import { readHead } from '../archive/head.js';
import { type ArchiveLimits, unpackArchive } from '../archive/unpack.js';
import type { Role } from './role.js';

export interface GivenFile {
  /** As errors and notes name it: a path as given, or `capture.tar.gz: linmap-capture/system/iomem`. */
  name: string;
  /** The part of the path that may say what the file is and when it was read, with `/` between steps. */
  place: string;
  /** Where its bytes are. */
  path: string;
  /** Its name alone was given; files of folders and archives that are of no use are passed over. */
  named: boolean;
  /** Stated by an option. */
  role: Role | null;
}

interface FindOptions {
  limits: ArchiveLimits;
  /** An empty folder for what archives hold. */
  working: string;
  /** A folder that is never an input: the one to be written. */
  output: string;
}

/** The text of a file, decompressed. @throws InputError that names it as the person does */
export function readGiven(file: GivenFile): string {
  return blameGiven(file, () => readText(file.path));
}

/** Runs what reads a file at its path; its errors name the file as the person does. */
export function blameGiven<T>(file: GivenFile, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw renamed(file, error);
  }
}

/** As `blameGiven`, for what reads as a stream. */
export async function blameGivenAsync<T>(file: GivenFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw renamed(file, error);
  }
}

function renamed(file: GivenFile, error: unknown): unknown {
  if (!(error instanceof InputError) || error.file !== file.path) return error;
  const { line, message } = error;
  const place = line === null ? file.path : `${file.path}:${line}`;
  return new InputError(file.name, line, message.slice(place.length + 2));
}

const MAX_DEPTH = 8;
const MAX_FILES = 4096;

/** What a person gave: a path, and the role that an option states for it. */
export interface Argument {
  path: string;
  role: Role | null;
}

/**
 * Every file that the arguments mean, archives unpacked, in the order given and sorted within a folder. Hidden files and
 * links inside folders are passed over.
 * @throws InputError for what does not exist, is no file or folder, is too much, or is an archive that is refused.
 */
export async function findGivenFiles(given: readonly Argument[], options: FindOptions): Promise<GivenFile[]> {
  const files: GivenFile[] = [];
  const seen = new Set<string>();
  for (const argument of given) {
    for (const file of filesOf(argument, resolve(options.output))) {
      const path = resolve(file.path);
      if (seen.has(path) && file.role === null) continue;
      seen.add(path);
      files.push(file);
    }
  }
  return unpackAll(withoutRepeats(files), options);
}

/** A file named by --before as well as on its own, or by a folder, is meant once, in the role that the option states. */
function withoutRepeats(files: readonly GivenFile[]): GivenFile[] {
  const stated = new Set(files.filter(({ role }) => role !== null).map(({ path }) => resolve(path)));
  return files.filter(({ path, role }) => role !== null || !stated.has(resolve(path)));
}

async function unpackAll(files: readonly GivenFile[], options: FindOptions): Promise<GivenFile[]> {
  const found: GivenFile[] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    if (!isArchive(readHead(file.path, file.name).bytes)) {
      found.push(file);
      continue;
    }
    if (file.role !== null) {
      throw new InputError(file.name, null, `expected page tables for --${file.role}, found an archive`);
    }
    const folder = join(options.working, `archive-${index}`);
    mkdirSync(folder);
    const { maxBytes, maxEntries } = options.limits;
    const unpacked = await unpackArchive(file.path, folder, { maxBytes: maxBytes - bytes, maxEntries });
    for (const { name, path, bytes: size } of unpacked) {
      bytes += size;
      found.push({ name: `${file.name}: ${name}`, place: name, path, named: false, role: null });
    }
  }
  return found;
}

function filesOf({ path, role }: Argument, output: string): GivenFile[] {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new InputError(path, null, 'expected a file or folder, found no such file or directory');
  }
  if (status.isFile()) {
    const place = `${basename(dirname(resolve(path)))}/${basename(path)}`;
    return [{ name: path, place, path, named: true, role }];
  }
  if (!status.isDirectory()) {
    throw new InputError(path, null, 'expected a file or folder, found a pipe or device');
  }
  if (role !== null) throw new InputError(path, null, 'expected a file, found a directory');
  const files = filesIn(path, basename(resolve(path)), output);
  if (files.length === 0) throw new InputError(path, null, 'expected a folder with files, found none');
  return files;
}

/** The files of a folder and those below it, which `place` leads to. */
function filesIn(folder: string, place: string, output: string, depth = 0): GivenFile[] {
  if (depth > MAX_DEPTH) {
    throw new InputError(folder, null, `expected folders at most ${MAX_DEPTH} deep, found more`);
  }
  const files: GivenFile[] = [];
  for (const name of entriesOf(folder)) {
    const path = join(folder, name);
    if (name.startsWith('.') || resolve(path) === output) continue;
    const below = `${place}/${name}`;
    const kind = lstatSync(path);
    if (kind.isDirectory()) files.push(...filesIn(path, below, output, depth + 1));
    else if (kind.isFile()) files.push({ name: path, place: below, path, named: false, role: null });
    if (files.length > MAX_FILES) {
      throw new InputError(folder, null, `expected a folder with at most ${MAX_FILES} files, found more`);
    }
  }
  return files;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new InputError(folder, null, `expected a readable folder, found ${reason(error)}`);
  }
}
