// A run as the main job would record it, with figures of the kernel's own order: whole, and without running anything.
import { type HotPathRecord, RUN_SCHEMA, type Run, type TableMemoryRecord } from '../../src/record/run.js';
import { sampleComparisons } from './sample-comparisons.js';
import { samplePublished, sampleTimes, sampleTlb } from './sample-estimates.js';
import { CONFIGURATIONS, GIB, GRANULES, pagesTableBytes } from './sample-state.js';
import { sampleReplays, sampleTraceStrategies } from './sample-traces.js';

function tableMemory(granule: number): TableMemoryRecord[] {
  const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 6144].map((gib) => gib * GIB);
  return sizes.flatMap((memoryBytes) =>
    CONFIGURATIONS.map((configuration) => ({
      granule,
      vaBits: 48,
      memoryBytes,
      configuration,
      tableBytes:
        configuration === 'pages'
          ? pagesTableBytes(granule, memoryBytes)
          : granule *
            Math.ceil(
              memoryBytes / (granule === 4096 ? 512 * GIB : granule === 16384 ? 64 * GIB : 4096 * GIB),
            ),
    })),
  );
}

const HOT_PATHS: [HotPathRecord['path'], string, string, number, number][] = [
  ['walk', 'random walks over 256 GiB of pages', 'walk', 18.4, 92.7],
  ['split', 'a 1 GiB block to one page and back', 'split', 412, 1710],
  ['change', '512 pages to read-only, one call each', 'page', 27.6, 63.1],
  ['build', '256 GiB in pages', 'descriptor', 0.83, 3.94],
];

function hotPath(): HotPathRecord[] {
  return HOT_PATHS.flatMap(([path, title, operation, wasm, typescript]) =>
    (
      [
        ['wasm', wasm, 0.02],
        ['typescript', typescript, 0.06],
      ] as const
    ).map(([implementation, median, spread]) => ({
      path,
      title,
      operation,
      implementation,
      nsPerOperation: { median, low: median * (1 - spread), high: median * (1 + 2 * spread), samples: 64 },
    })),
  );
}

export function sampleRun(): Run {
  return {
    schema: RUN_SCHEMA,
    version: '0.1.0',
    time: '2026-01-15T12:00:00Z',
    commit: { hash: '0123456789abcdef0123456789abcdef01234567', dirty: false },
    environment: {
      fingerprint: '5f3a9c10',
      cpu: 'Neoverse-V2',
      cores: 2,
      architecture: 'arm64',
      platform: 'linux',
      node: '20.20.2',
      v8: '11.3',
      loadAverage: 0.31,
      wasm: { sha256: '00'.repeat(32), bytes: 14_206 },
    },
    options: { quick: false, filter: null },
    warnings: [],
    replays: sampleReplays(),
    traceStrategies: sampleTraceStrategies(),
    comparisons: sampleComparisons(),
    tableMemory: GRANULES.flatMap(tableMemory),
    tlb: sampleTlb(),
    times: sampleTimes(sampleComparisons()),
    published: samplePublished(),
    hotPath: hotPath(),
    estimateSpeed: [{ title: 'TLB simulation, zipf', operation: 'access', perSecond: 61_500_000 }],
    elapsedMs: {
      total: 41_000,
      parts: { replays: 6_000, comparisons: 9_000, hotPath: 24_000, charts: 2_000 },
    },
  };
}

/** The same run with nothing measured. */
export function emptyRun(): Run {
  return {
    ...sampleRun(),
    replays: [],
    traceStrategies: [],
    comparisons: [],
    tableMemory: [],
    tlb: [],
    times: [],
    published: [],
    hotPath: [],
    estimateSpeed: [],
  };
}
