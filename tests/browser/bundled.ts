// Parts of the page's script, bundled as the page has them, to be run here: with files in memory in place of Node's.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';
import type * as documents from '../../src/browser/drop/documents.js';
import type * as importing from '../../src/browser/drop/import-files.js';
import type * as module from '../../src/browser/module.js';
import { modulePath } from '../../src/core/module.js';
import { root } from '../cli/linmap.js';

const PARTS = ['drop/import-files', 'drop/documents', 'module'];

export type Bundled = typeof importing & typeof documents & typeof module;

/** The parts that import and replay files, with the core compiled. */
export async function bundledDrop(): Promise<Bundled> {
  const folder = mkdtempSync(join(tmpdir(), 'linmap-bundle-'));
  try {
    const entry = join(folder, 'entry.ts');
    const lines = PARTS.map(
      (part) => `export * from ${JSON.stringify(join(root, `src/browser/${part}.ts`))};\n`,
    );
    writeFileSync(entry, lines.join(''));
    const outfile = join(folder, 'drop.mjs');
    await bundle({ entry, outfile, format: 'esm' });
    const parts = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Bundled;
    await parts.compileCore(new Uint8Array(readFileSync(modulePath())));
    return parts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
