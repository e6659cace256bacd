/** A simple core, to be changed where a test needs it: LRU, any size, walks at once, no walk cache. */
import type { FlatCoreModel, FlatTlbModel } from '../../../src/machine/cores/core-model.js';

export function fully(entries: number): FlatTlbModel {
  return { entries, ways: entries, policy: 'lru', sizes: 'any' };
}

export function plainCore(change: Partial<FlatCoreModel> = {}): FlatCoreModel {
  return {
    schema: 'linmap.core/1',
    id: 'plain',
    title: 'Plain',
    ghz: 1,
    l1Data: fully(4),
    l1Instruction: fully(4),
    l2: { unified: { entries: 64, ways: 4, policy: 'lru', sizes: 'any' } },
    l2HitCycles: 5,
    probeCycles: 3,
    walkCache: { kind: 'none', entries: 0, ways: 0, levels: [], cycles: 0 },
    walkers: 1,
    cyclesPerAccess: 1,
    mergesContiguous: true,
    aggregation: 1,
    lines: {
      l2: { bytes: 2 ** 20, ways: 8, cycles: 10 },
      system: { bytes: 2 ** 24, ways: 16, cycles: 100 },
      dramCycles: 400,
    },
    ...change,
  };
}
