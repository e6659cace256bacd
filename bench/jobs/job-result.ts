// What jobs add to a run, and putting it together.
import type { Run } from '../../src/record/run.js';

type Lists = Required<
  Pick<
    Run,
    | 'warnings'
    | 'replays'
    | 'traceStrategies'
    | 'comparisons'
    | 'laterCosts'
    | 'tableMemory'
    | 'flushes'
    | 'tlb'
  >
>;

/** What one job, or all of them, add to a run. */
export type JobResult = Partial<Lists>;

/** The parts one after the other, each list in the order of the parts. */
export function joinResults(parts: readonly JobResult[]): Lists {
  const listOf = <K extends keyof Lists>(name: K): Lists[K] =>
    parts.flatMap((part): Lists[K][number][] => part[name] ?? []) as Lists[K];
  return {
    warnings: listOf('warnings'),
    replays: listOf('replays'),
    traceStrategies: listOf('traceStrategies'),
    comparisons: listOf('comparisons'),
    laterCosts: listOf('laterCosts'),
    tableMemory: listOf('tableMemory'),
    flushes: listOf('flushes'),
    tlb: listOf('tlb'),
  };
}
