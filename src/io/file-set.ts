// Files that belong together.
import { renameSync, rmSync, statSync } from 'node:fs';
import { followLink, reason, writeTemporary } from './file.js';
import { InputError } from './input-error.js';

export interface NewFile {
  path: string;
  data: string | Uint8Array;
}

interface Staged {
  path: string;
  temporary: string;
  target: string;
}

/**
 * Writes files that mean something only together. All of them lie complete beside their places before the first takes
 * its place, and renames are all that is left: what cannot be written leaves every old file, and no signal that a
 * handler answers comes in between. The last file is the one to look for: it goes in when all else is in place.
 * @param obsolete files of an earlier set that the new one has not; those that are not there are no error
 * @throws InputError naming the file that cannot be written
 */
export function writeTogether(files: readonly NewFile[], obsolete: readonly string[] = []): void {
  const staged: Staged[] = [];
  try {
    for (const file of files) staged.push(attempt(file.path, () => stage(file)));
    for (const { path, temporary, target } of staged.slice(0, -1)) {
      attempt(path, () => renameSync(temporary, target));
    }
    for (const path of obsolete) attempt(path, () => rmSync(path, { force: true }));
    for (const { path, temporary, target } of staged.slice(-1)) {
      attempt(path, () => renameSync(temporary, target));
    }
  } catch (error) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    throw error;
  }
}

function stage({ path, data }: NewFile): Staged {
  const target = followLink(path);
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw new Error('a directory');
  return { path, target, temporary: writeTemporary(target, data) };
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new InputError(path, null, `expected a place to write a file, found ${reason(error)}`);
  }
}
