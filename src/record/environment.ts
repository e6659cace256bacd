// Where a run was made: what its times depend on, and which source it was built from.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { modulePath } from '../core/module.js';
import type { Environment, Run } from './run.js';

/** The machine and runtime of this process. Its fingerprint leaves out what varies from run to run. */
export function environment(): Environment {
  const bytes = readFileSync(modulePath());
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const facts = {
    cpu,
    cores: cpus().length,
    architecture: process.arch,
    platform: process.platform,
    node: process.version,
    v8: process.versions.v8,
  };
  return {
    fingerprint: createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12),
    ...facts,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
    wasm: { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length },
  };
}

/** Commit of the sources this was built from; null outside a git checkout. */
export function sourceCommit(): Run['commit'] {
  const cwd = dirname(dirname(modulePath()));
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { hash: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
  } catch {
    return null;
  }
}
