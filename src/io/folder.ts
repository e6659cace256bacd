// Folders to write into.
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reason, temporaryBeside } from './file.js';
import { InputError } from './input-error.js';

/**
 * Makes a folder, and those above it that are missing. All of them or none.
 * @throws InputError where it cannot be made, or something else has its name
 */
export function makeFolder(path: string): void {
  makeMissing(path);
}

/**
 * Finds out now whether makeFolder() will do and files can be written there, for work whose results come late. Leaves
 * nothing behind.
 * @throws InputError as makeFolder(), and where the folder takes no files
 */
export function tryFolder(path: string): void {
  const made = makeMissing(path);
  try {
    tryFile(path);
  } finally {
    removeEmpty(made);
  }
}

/** @returns the folders that were made, outermost first */
function makeMissing(path: string): string[] {
  const made: string[] = [];
  let making = '';
  try {
    // One by one, because mkdir's own `recursive` tries for ever where a folder cannot be made in one that is there,
    // as below /proc.
    for (making of missingFolders(path)) {
      if (makeOne(making)) made.push(making);
    }
    return made;
  } catch (error) {
    removeEmpty(made);
    const found = isMissing(error) ? `that ${dirname(making)} takes none` : reason(error);
    throw new InputError(path, null, `expected a folder that can be made, found ${found}`);
  }
}

/** Outermost first; the path itself at least, where it is no folder. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  let at = resolve(path);
  if (isFolder(at)) return missing;
  do {
    missing.unshift(at);
    at = dirname(at);
  } while (!existsSync(at) && at !== dirname(at));
  return missing;
}

/** Whether it was made here rather than by somebody else in the meantime. */
function makeOne(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (isFolder(folder)) return false;
    throw error;
  }
}

function tryFile(folder: string): void {
  const file = temporaryBeside(join(folder, 'try'));
  try {
    closeSync(openSync(file, 'wx'));
    rmSync(file);
  } catch (error) {
    const found = isMissing(error) ? 'one that takes none' : reason(error);
    throw new InputError(folder, null, `expected a folder to write files into, found ${found}`);
  }
}

function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // Somebody else has put something into it.
      return;
    }
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
