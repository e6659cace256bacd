// What a run estimates, in figures of plausible size put together by hand.
import { totalTlbi } from '../../src/core/counters.js';
import { judge } from '../../src/estimate/published/published-check.js';
import type { LevelAnswerRecord } from '../../src/estimate/tlb-record.js';
import type {
  ComparisonRecord,
  PublishedCheck,
  TimeRecord,
  TlbConfigurationRecord,
  TlbRecord,
} from '../../src/record/run.js';
import { GIB, STRATEGIES } from './sample-state.js';

const CORES = ['ampereone', 'neoverse-n1'];
const ACCESSES = 500_000;
const INSTRUCTIONS = 2_500_000;

/** Misses of the second level, of walks begun, and cycles that one takes, by map. */
const MAPS: Readonly<Record<string, [number, number, number]>> = {
  pages: [321_000, 318_000, 350],
  blocks: [305, 288, 120],
  'blocks-after': [3280, 3240, 180],
  on: [305, 288, 120],
  'page-basis': [3280, 3240, 180],
  'huge-size': [3200, 3160, 180],
  'contiguous-runs': [3200, 3160, 180],
  'pages-only': [321_000, 318_000, 350],
  'series-v3': [22_600, 22_500, 50],
};

const CAPTURED = ['pages', 'blocks', 'blocks-after', 'on'];

function configuration(id: string, share: number, instructions: number | null): TlbConfigurationRecord {
  const [misses, begun, cycles] = MAPS[id] ?? [0, 0, 0];
  const [l2Misses, walks] = [Math.round(misses * share), Math.round(begun * share)];
  const perThousand = (n: number) => (n * 1000) / (instructions ?? 1);
  const linearMap = perThousand(l2Misses);
  return {
    id,
    accesses: ACCESSES,
    l1Misses: Math.min(ACCESSES, 3 * l2Misses),
    l2Misses,
    walks,
    merged: l2Misses - walks,
    linesFetched: { l2: walks, system: Math.round(walks / 20), dram: Math.round(walks / 2) },
    lookupCycles: 18 * l2Misses,
    walkCycles: walks * cycles,
    stallCycles: walks,
    faults: 0,
    mpki: instructions === null ? null : { linearMap, kernel: linearMap + 0.01, total: linearMap + 0.4 },
    walkCyclesPer1000Instructions: instructions === null ? null : perThousand(walks * cycles),
    coldMisses: Math.round(walks / 2),
    dataL2Misses: walks,
    lruMisses: walks,
    analytic: {
      dataAccesses: ACCESSES,
      l1: answer(Math.min(ACCESSES, 3 * l2Misses), null),
      l2: answer(l2Misses, id === 'pages' ? l2Misses : null),
    },
    curve: [64, 256, 1024, 1280, 1536, 2048].map((entries) => ({
      entries,
      missRatio: Math.min(1, (misses * 1536) / entries / ACCESSES),
    })),
    reachBytes: id === 'pages' ? 6 * 2 ** 20 : 256 * GIB,
  };
}

/** Theory has a hundred misses less. */
function answer(simulatedMisses: number, closedFormMisses: number | null): LevelAnswerRecord {
  const points = (misses: number) => (100 * (simulatedMisses - misses)) / ACCESSES;
  const stackMisses = Math.max(0, simulatedMisses - 100);
  return {
    simulatedMisses,
    stackMisses,
    stackPoints: points(stackMisses),
    noStackAnswer: null,
    fullyAssociativeMisses: stackMisses,
    binomialMisses: stackMisses,
    closedForm: closedFormMisses === null ? null : 'Zipf',
    closedFormMisses,
    closedFormPoints: closedFormMisses === null ? null : points(closedFormMisses),
    noClosedForm: closedFormMisses === null ? 'tables among the leaves' : null,
  };
}

export function sampleTlb(): TlbRecord[] {
  return CORES.flatMap((core) => [
    {
      core,
      machine: '4K/48, 256 GiB',
      stream: { name: 'zipf', captured: false, accesses: ACCESSES, instructions: INSTRUCTIONS },
      configurations: Object.keys(MAPS).map((id) => configuration(id, 1, INSTRUCTIONS)),
    },
    {
      core,
      machine: 'memcached',
      stream: { name: 'memcached', captured: true, accesses: ACCESSES, instructions: INSTRUCTIONS },
      configurations: CAPTURED.map((id) => configuration(id, 0.005, INSTRUCTIONS)),
    },
  ]);
}

/** A TLBI with its barriers takes 1.5 µs on a server and 0.3 µs on a small machine, a store some nanoseconds. */
const PLATFORMS = [
  ['mesh-server', 1500, 3],
  ['apple-m2', 300, 1],
  ['any', 1500, 3],
] as const;

export function sampleTimes(comparisons: readonly ComparisonRecord[]): TimeRecord[] {
  return comparisons
    .filter(({ result, strategy }) => result === 0 && STRATEGIES.includes(strategy))
    .flatMap(({ granule, configuration: id, workload, strategy, counters }) =>
      PLATFORMS.map(([platform, flush, store]) => {
        const typical = flush * totalTlbi(counters) + store * counters.descriptorWrites + 100;
        const dominating = totalTlbi(counters) > 1 ? ['flush', 'descriptorRead'] : ['tableAllocation'];
        const interval = { low: typical / 1.25, typical, high: typical * 2 };
        return { granule, configuration: id, workload, strategy, platform, ...interval, dominating };
      }),
    );
}

export function samplePublished(): PublishedCheck[] {
  const mapMem = (machine: string, published: number, estimated: number) =>
    judge({
      id: `map-mem-${machine}`,
      what: `map_mem(), ${machine}, base`,
      published,
      estimated,
      unit: 'ms',
      withinPercent: 20,
      note: 'One set of costs for all rows.',
      source: '<v2>',
    });
  return [
    judge({
      id: 'page-table-memory-256g',
      what: 'page-table memory saved by blocks, 256 GiB as sold',
      published: 516_148,
      estimated: 525_296,
      unit: 'kB',
      withinPercent: 2,
      note: 'MemTotal leaves out what firmware keeps.',
      source: '<v8>',
    }),
    mapMem('Apple M2 VM, 16 GiB', 153, 151),
    mapMem('Ampere Altra VM, 64 GiB', 2227, 1956),
    mapMem('Ampere Altra VM, 256 GiB', 8798, 8810),
    mapMem('Ampere Altra, 512 GiB', 838, 500),
    judge({
      id: 'memcached-size-0',
      what: 'change of kernel TLB misses with blocks, memcached trace, ampereone',
      published: -28.5,
      estimated: -94.4,
      unit: '%',
      withinPercent: null,
      note: 'Another machine and data set.',
      source: '<v8>',
    }),
  ];
}
