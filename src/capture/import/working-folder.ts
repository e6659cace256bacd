// A folder that something is made in before it appears where it was asked for, or does not appear at all.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { reason } from '../../io/file.js';
import { InputError } from '../../io/input-error.js';

/** Errors of the place, not of the program. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG', 'EMFILE']);
const ENDING = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Gives `use` an empty folder beside `target`, so that a rename can move what is made in it there. The folder is gone
 * when `use` ends, however it ends, and when the process exits in the middle.
 * @throws InputError where no folder can be made there
 */
export async function withWorkingFolder<T>(target: string, use: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | null = null;
  const remove = () => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  // These end a process without an exit event; the once-listener gone, the signal does what it would have done.
  const endBy = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal);
  };
  process.on('exit', remove);
  for (const signal of ENDING) process.once(signal, endBy);
  try {
    folder = makeBeside(target);
    return await use(folder);
  } catch (error) {
    throw folder === null ? error : atTarget(error, folder, target);
  } finally {
    for (const signal of ENDING) process.off(signal, endBy);
    process.off('exit', remove);
    remove();
  }
}

function makeBeside(target: string): string {
  const path = resolve(target);
  try {
    return mkdtempSync(join(dirname(path), `.${basename(path)}.`));
  } catch (error) {
    throw new InputError(target, null, `expected a place to make a folder, found ${reason(error)}`);
  }
}

/** What cannot be written in the working folder, cannot be written where the person wanted it. */
function atTarget(error: unknown, folder: string, target: string): unknown {
  if (error instanceof InputError) {
    if (!error.file.startsWith(folder) || error.line !== null) return error;
    return new InputError(target, null, error.message.slice(error.file.length + 2));
  }
  if (!(error instanceof Error) || !('code' in error) || !NO_ROOM.has(String(error.code))) return error;
  return new InputError(target, null, `expected room for the folder, found ${reason(error)}`);
}

/**
 * Refuses a place where a folder would take the place of something else.
 * @param isOurs whether a folder with these entries may be replaced; null: none may
 * @throws InputError for a file, and for a folder with something in it that may not be replaced
 */
export function requireFree(target: string, isOurs: ((folder: string) => boolean) | null): void {
  const status = statSync(target, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (!status.isDirectory()) throw new InputError(target, null, 'expected a folder to write, found a file');
  if (readdirSync(target).length === 0) return;
  if (isOurs === null) {
    throw new InputError(
      target,
      null,
      'expected a new or empty folder, found files in it (--force replaces an import)',
    );
  }
  if (!isOurs(target)) {
    throw new InputError(target, null, 'expected an earlier import to replace, found other files');
  }
}

/** Moves a folder to `target` in one step; what was there goes with the working folder. */
export function moveInto(folder: string, target: string, working: string): void {
  const old = join(working, 'replaced');
  const exists = existsSync(target);
  if (exists) renameSync(target, old);
  try {
    renameSync(folder, target);
  } catch (error) {
    if (exists) renameSync(old, target);
    throw error;
  }
}
