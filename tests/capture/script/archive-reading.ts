// An archive of the capture script, read with tar itself.
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the archive held: files below linmap-capture/, and its MANIFEST taken apart. */
export interface Archive {
  files: Map<string, Buffer>;
  text(name: string): string;
  values(key: string): string[];
  value(key: string): string | undefined;
}

/** Reads an archive with tar itself. */
export function readArchive(path: string): Archive {
  const folder = mkdtempSync(join(tmpdir(), 'linmap-archive-'));
  try {
    const { status, stderr } = spawnSync('tar', ['-C', folder, '-xzf', path], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tar: ${stderr}`);
    const files = new Map(
      walk(folder)
        .filter((file) => lstatSync(file).isFile())
        .map((file) => [file.slice(join(folder, 'linmap-capture/').length), readFileSync(file)] as const),
    );
    const text = (name: string) => files.get(name)?.toString() ?? '';
    const values = (key: string) =>
      text('MANIFEST')
        .split('\n')
        .filter((line) => line.startsWith(`${key}=`))
        .map((line) => line.slice(key.length + 1));
    return { files, text, values, value: (key) => values(key)[0] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files and folders below a folder, in the order of their names. */
export function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [path, ...walk(path)] : [path];
    });
}
