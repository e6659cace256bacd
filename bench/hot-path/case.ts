// What a hot-path case is: one path, ready to be timed in WASM and in plain TypeScript on maps that are proven equal.
import { Core } from '../../src/core/core.js';
import type { Batch } from '../../src/measure/sample.js';
import type { HotPath, Implementation } from '../../src/record/run.js';
import { differenceOfCounts, firstDifference } from './twin/agreement.js';
import { bitsOfCore } from './twin/bits.js';
import { TwinMap } from './twin/linear-map.js';

export const KIB = 2 ** 10;
export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
export const TIB = 2 ** 40;
export const PAGE = 4 * KIB;

export interface HotPathCase {
  readonly path: HotPath;
  /** What is timed, in words. */
  readonly title: string;
  /** What one operation is. */
  readonly operation: string;
  /**
   * Builds the maps and the batches that work on them.
   * @throws Error where core and twin do not do the same.
   */
  readonly start: () => Batches;
}

export type Batches = Readonly<Record<Implementation, Batch>>;

/** A core of its own, and a twin with room for `tables` tables that uses the core's bits. */
export function newPair(tables: number): { core: Core; map: TwinMap } {
  const core = new Core();
  return { core, map: new TwinMap(bitsOfCore(core), tables) };
}

/** Tables of 512 entries that `bytes` of pages need, the root and a partly filled one of each level included. */
export function tablesOfPages(bytes: number): number {
  return Math.ceil(bytes / (2 * MIB)) + Math.ceil(bytes / GIB) + Math.ceil(bytes / (512 * GIB)) + 1;
}

/** Runs one batch of each and compares what they leave. @throws Error where descriptors or counts differ. */
export function requireEqualWork({ wasm, typescript }: Batches, core: Core, map: TwinMap): void {
  for (const { prepare, run } of [wasm, typescript]) {
    prepare?.();
    run();
  }
  requireNone(firstDifference(core, map));
}

/** @throws Error where one has counted other events than the other. */
export function requireEqualCounts(core: Core, map: TwinMap): void {
  requireNone(differenceOfCounts(core, map));
}

function requireNone(difference: string | null): void {
  if (difference !== null) throw new Error(`WASM and TypeScript differ: ${difference}`);
}
