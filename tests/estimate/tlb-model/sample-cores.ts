/** Random cores, so small that everything is evicted all the time. */
import fc from 'fast-check';
import type { FlatCoreModel, FlatTlbModel } from '../../../src/machine/cores/core-model.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const SIZES = [4 * KIB, 16 * KIB, 64 * KIB, 2 * MIB, 32 * MIB, 512 * MIB, 1024 * MIB];

const sizes = fc.oneof(
  fc.constant('any' as const),
  fc.subarray(SIZES.slice(1)).map((some) => [4 * KIB, ...some]),
  // A TLB that does not hold what is smaller than its smallest size.
  fc.subarray(SIZES, { minLength: 1 }),
);

const policies = fc.constantFrom('lru', 'lru', 'fifo', 'plru');

function tlb(mostSets: number): fc.Arbitrary<FlatTlbModel> {
  return fc
    .record({ sets: fc.nat(mostSets), ways: fc.integer({ min: 1, max: 12 }), policy: policies, sizes })
    .map(({ sets, ways, policy, sizes: held }) => {
      const count = policy === 'plru' ? 2 ** Math.floor(Math.log2(ways)) : ways;
      return { entries: count * 2 ** sets, ways: count, policy, sizes: held } as FlatTlbModel;
    });
}

const cycles = fc.nat(30);
const lineCache = fc
  .record({ sets: fc.nat(3), ways: fc.integer({ min: 1, max: 4 }), cycles })
  .map(({ sets, ways, cycles: time }) => ({ bytes: 64 * ways * 2 ** sets, ways, cycles: time }));

const walkCache = fc
  .record({
    kind: fc.constantFrom('separate' as const, 'in-l2' as const, 'none' as const),
    sets: fc.nat(2),
    ways: fc.integer({ min: 1, max: 4 }),
    levels: fc.subarray([-1, 0, 1, 2]),
    cycles,
  })
  .map(({ kind, sets, ways, ...rest }) => {
    const own = kind === 'separate';
    return { kind, entries: own ? ways * 2 ** sets : 0, ways: own ? ways : 0, ...rest };
  });

const anyCore = fc.record({
  schema: fc.constant('linmap.core/1' as const),
  id: fc.constant('sample'),
  title: fc.constant('A sample'),
  ghz: fc.constant(1),
  l1Data: tlb(1),
  l1Instruction: tlb(2),
  l2: fc.oneof(fc.record({ unified: tlb(3) }), fc.record({ data: tlb(2), instruction: tlb(2) })),
  l2HitCycles: cycles,
  probeCycles: cycles,
  walkCache,
  walkers: fc.constantFrom(0, 0, 1, 2, 3, 4),
  cyclesPerAccess: fc.nat(8),
  mergesContiguous: fc.boolean(),
  aggregation: fc.constantFrom(1, 1, 2, 4, 8),
  lines: fc.record({ l2: lineCache, system: fc.option(lineCache), dramCycles: cycles }),
});

const entries = fc.integer({ min: 1, max: 12 });
const usualSizes = fc.constantFrom('any' as const, [4 * KIB], [4 * KIB, 64 * KIB, 2 * MIB], SIZES);
const usualFirst = fc
  .record({ entries, sizes: usualSizes })
  .map(({ entries: ways, sizes: held }) => ({ entries: ways, ways, policy: 'lru' as const, sizes: held }));
const usualSecond = fc
  .record({ ways: fc.integer({ min: 1, max: 8 }), sets: fc.constantFrom(2, 4, 8), sizes: usualSizes })
  .map(({ ways, sets, sizes: held }) => ({
    entries: ways * sets,
    ways,
    policy: 'lru' as const,
    sizes: held,
  }));

/** One set at the first level, small sets at the second, LRU: what most cores are taken to have. */
const usualCore = fc
  .record({
    core: anyCore,
    l1Data: usualFirst,
    l1Instruction: usualFirst,
    l2: fc.oneof(
      fc.record({ unified: usualSecond }),
      fc.record({ data: usualSecond, instruction: usualSecond }),
    ),
    walkers: fc.constantFrom(0, 0, 0, 2),
  })
  .map(({ core, ...usual }) => ({ ...core, ...usual }));

export const sampleCore = fc.oneof(anyCore, usualCore) as fc.Arbitrary<FlatCoreModel>;
