/** An import that a test tries: the files that are sent, the folder that it makes, and how it may end. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type Import,
  type ImportOptions,
  importCapture,
} from '../../../src/capture/import/import-capture.js';
import { InputError } from '../../../src/io/input-error.js';
import { scratchFolder } from '../../scratch-folder.js';
import { QUIET } from './sent-files.js';

export class TrialImport {
  readonly scratch = scratchFolder();
  readonly sent = join(this.scratch, 'sent');
  /** Made by the import, not before. */
  out = join(this.scratch, 'out');

  constructor() {
    mkdirSync(this.sent);
  }

  /** Puts a file among those sent; its path. */
  send(name: string, content: string | Uint8Array): string {
    const path = join(this.sent, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  run(paths: readonly string[], options: Partial<ImportOptions> = {}): Promise<Import> {
    return importCapture(
      paths.map((path) => ({ path, role: null })),
      this.out,
      { ...QUIET, ...options },
    );
  }

  /** The one line with which an import is refused; nothing may be left of it. */
  async refusal(paths: readonly string[], options: Partial<ImportOptions> = {}): Promise<string> {
    const before = readdirSync(this.scratch).sort();
    const error = await this.run(paths, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(readdirSync(this.scratch).sort()).toEqual(before);
    expect((error as Error).message).not.toMatch(/[\r\n]/);
    return (error as Error).message;
  }
}
