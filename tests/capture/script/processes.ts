/** Programs that this machine has, and processes that run on it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The shells that are here, of those that the script is for. */
export const SHELLS: readonly (readonly string[])[] = [['sh'], ['dash'], ['bash'], ['busybox', 'sh']].filter(
  ([program = '']) => isInstalled(program),
);

export function isInstalled(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0;
}

/** The number of a CPU that this process may run on. */
export function firstCpu(): string {
  return /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
}

/** Names of processes of a process group that have not ended. */
export function livingMembers(group: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, name = '', state = '', members = ''] = /\((.*)\) (\S) \d+ (\d+) /s.exec(stat) ?? [];
        return Number(members) === group && state !== 'Z' ? [name] : [];
      } catch {
        return [];
      }
    });
}
