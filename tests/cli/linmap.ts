import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchFolder } from '../scratch-folder.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const main = join(root, 'dist/src/cli/main.js');

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line in the project's folder, as a process of its own. */
export function linmap(...args: string[]): Run {
  return linmapWith({}, ...args);
}

export function linmapWith(environment: NodeJS.ProcessEnv, ...args: string[]): Run {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** The command for a shell. */
export const linmapCommand = `"${process.execPath}" "${main}"`;

/** A copy of a captured machine, to spoil. */
export function scratchMachine(machine: string): string {
  const folder = scratchFolder();
  cpSync(join(root, 'captures', machine), folder, { recursive: true });
  return folder;
}
