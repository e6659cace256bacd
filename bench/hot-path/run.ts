// Timing of the hot paths: WASM and plain TypeScript take turns, case by case.
import { type Clock, wallClock } from '../../src/measure/clock.js';
import { type SamplingPlan, sampleInTurns } from '../../src/measure/sample.js';
import type { HotPathRecord } from '../../src/record/run.js';
import { HOT_PATH_CASES, hotPathName } from './cases.js';

/** Budgets for eight cases in 16 s and in 2 s, what it takes to build their maps included. */
const FULL: SamplingPlan = {
  warmUp: { leastMs: 100, mostMs: 350 },
  forMs: 1100,
  turns: { least: 10, most: 400 },
  batchesPerTurn: 2,
};
const QUICK: SamplingPlan = {
  warmUp: { leastMs: 30, mostMs: 80 },
  forMs: 90,
  turns: { least: 4, most: 100 },
  batchesPerTurn: 2,
};

export interface HotPathOptions {
  quick: boolean;
  /** Leaves out the cases whose hotPathName() it does not match. */
  filter?: RegExp;
  onProgress?: (text: string) => void;
  clock?: Clock;
}

/**
 * Times every case in both implementations, nanoseconds per operation.
 * @throws Error where the two do not come to the same descriptors, before anything is timed.
 */
export async function measureHotPath(options: HotPathOptions): Promise<HotPathRecord[]> {
  const { quick, filter, onProgress, clock = wallClock } = options;
  const cases = HOT_PATH_CASES.filter((one) => filter?.test(hotPathName(one)) ?? true);
  const records: HotPathRecord[] = [];
  for (const [index, one] of cases.entries()) {
    onProgress?.(`timing ${one.path}: ${one.title} (${index + 1} of ${cases.length})`);
    // Progress is drawn, and the maps of the case before are collected, while nothing is timed.
    await new Promise((resolve) => setImmediate(resolve));
    const { path, title, operation } = one;
    const timings = sampleInTurns(one.start(), quick ? QUICK : FULL, clock);
    for (const implementation of ['wasm', 'typescript'] as const) {
      records.push({ path, title, operation, implementation, nsPerOperation: timings[implementation] });
    }
  }
  return records;
}
