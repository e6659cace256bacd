import { readFileSync } from 'node:fs';
import { packageFile } from '../io/package-file.js';

/** linmap's version, from its package.json. */
export function linmapVersion(): string {
  const path = packageFile('package.json');
  if (path === null) throw new Error('linmap has lost its package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
