import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file that belongs to linmap, found from the sources and from dist/ alike; null where it is missing. */
export function packageFile(name: string): string | null {
  for (let dir = dirname(fileURLToPath(import.meta.url)); dir !== dirname(dir); dir = dirname(dir)) {
    const path = join(dir, name);
    if (existsSync(path)) return path;
  }
  return null;
}
