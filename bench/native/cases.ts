// The contests: every path in sizes that fit a cache and in sizes that do not, each with what it is to reach.
import { GIB, MIB, PAGE, TIB } from '../hot-path/case.js';
import { builds, uniformBuild } from './builds.js';
import { changes } from './changes.js';
import type { NativeCase } from './contest.js';
import { splits } from './splits.js';
import { walks } from './walks.js';

export const NATIVE_CASES: readonly NativeCase[] = [
  walks({ how: 'each', memory: 256 * GIB, leaves: 'blocks', target: 1.05 }),
  walks({ how: 'each', memory: GIB, leaves: 'pages', target: 1.2 }),
  walks({ how: 'each', memory: 256 * GIB, leaves: 'pages', target: 1.2 }),
  walks({ how: 'batch', against: 'each', memory: 256 * GIB, leaves: 'pages', target: 0.3 }),
  walks({ how: 'batch', memory: 256 * GIB, leaves: 'pages', target: 1.15 }),
  splits({ memory: TIB, target: 1.1 }),
  splits({ memory: 16 * TIB, target: 1.25 }),
  changes({ bytes: PAGE, calls: 16384, target: 0.95 }),
  changes({ bytes: 2 * MIB, calls: 512, target: 1.8 }),
  changes({ bytes: 32 * MIB, calls: 64, target: 1.8 }),
  builds({ title: '1 GiB of pages (tables in cache)', memory: GIB, leaf: PAGE, times: 8, target: 1.15 }),
  builds({ title: '64 GiB of pages (tables in DRAM)', memory: 64 * GIB, leaf: PAGE, times: 1, target: 1.05 }),
  builds({
    title: '256 GiB of contiguous 2 MiB blocks',
    memory: 256 * GIB,
    leaf: 2 * MIB,
    times: 16,
    target: 1.4,
  }),
  builds({ title: '4 TiB of 1 GiB blocks', memory: 4 * TIB, leaf: GIB, times: 64, target: 1.5 }),
  uniformBuild({ memory: 256 * GIB, times: 256, target: 0.001 }),
];

/** What `--filter` sees. */
export function nativeCaseName({ path, title, against }: NativeCase): string {
  return `native ${path}: ${title}${against === undefined ? '' : `, ${against}`}`;
}
