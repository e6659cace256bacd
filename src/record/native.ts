// What `linmap bench --native` measures: the core beside a plain C twin, both in one run, and what is to be reached.
import type { HotPath, HotPathRecord } from './run.js';

export interface NativeRecord {
  /** Why there is nothing to compare with; null where there is. */
  skipped: string | null;
  /** `cc (Debian 12.2.0) …`, and its flags. */
  compiler: { version: string; flags: string[] } | null;
  paths: NativePathRecord[];
  replays: ReplaySpeedRecord[];
}

/** One path in WASM, in C and, where there is a twin, in plain TypeScript. */
export interface NativePathRecord {
  path: HotPath;
  /** What was timed, in words. */
  title: string;
  /** What one operation is: `walk`, `split`, `page`, `descriptor`. */
  operation: string;
  /** What C did, where that is not what WASM did. */
  against: string | null;
  /** WASM time by C time: the median of the ratios of pairs, with its 95 % confidence interval. */
  ratio: { median: number; low: number; high: number; pairs: number };
  /** The same against C with vectors no wider than those of WASM; only where vectors play a part and C has wider ones. */
  narrowRatio?: NativePathRecord['ratio'];
  /** What the ratio is to be at most. */
  target: number;
  met: boolean;
  nsPerOperation: {
    wasm: HotPathRecord['nsPerOperation'];
    native: HotPathRecord['nsPerOperation'];
    typescript: HotPathRecord['nsPerOperation'] | null;
  };
}

/** Calls of a captured trace, applied by the core; its text has been parsed before. */
export interface ReplaySpeedRecord {
  /** `4k-bbml2/cbpf200` */
  title: string;
  calls: number;
  callsPerSecond: { median: number; low: number; high: number; samples: number };
  /** What it is to be at least. */
  target: number;
  met: boolean;
}
