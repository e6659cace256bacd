import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const captures = fileURLToPath(new URL('../../captures', import.meta.url));

/** Paths, below the captures folder, of the captured files whose name matches. */
export function capturedFiles(name: RegExp): string[] {
  return readdirSync(captures, { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .sort();
}

export function capturedFile(path: string): string {
  return join(captures, path);
}
