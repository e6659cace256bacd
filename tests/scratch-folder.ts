// Folders to write in, which are gone when nobody needs them any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** A folder for the test that runs, or for the one that a beforeEach is for. */
export function scratchFolder(): string {
  const folder = newFolder();
  onTestFinished(() => remove(folder));
  return folder;
}

/** A folder for all tests of a file or of a describe. */
export function sharedFolder(): string {
  const folder = newFolder();
  afterAll(() => remove(folder));
  return folder;
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'linmap-test-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });
