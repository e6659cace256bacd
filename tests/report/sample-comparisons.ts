// What the strategies cost on built machines, about as the kernel's own arithmetic has it.
import type { ComparisonRecord } from '../../src/record/run.js';
import {
  blocksState,
  brokenUp,
  CONFIGURATIONS,
  counters,
  GIB,
  GRANULES,
  MIB,
  pagesState,
  STRATEGIES,
} from './sample-state.js';

interface Workload {
  id: string;
  pages: number;
  /** Calls of huge-size, and of contiguous-runs. */
  units: number;
  runs: number;
  /** Whether whole blocks are changed. */
  whole: boolean;
}

const WORKLOADS: Workload[] = [
  { id: 'module-load', pages: 206, units: 206, runs: 31, whole: false },
  { id: 'bpf-pack-2m', pages: 512, units: 512, runs: 1, whole: true },
  { id: 'vmalloc-2m-huge', pages: 512, units: 1, runs: 1, whole: true },
  { id: 'vmalloc-32m-huge', pages: 8192, units: 16, runs: 8, whole: true },
  { id: 'direct-map-1', pages: 1, units: 1, runs: 1, whole: false },
  { id: 'direct-map-8', pages: 8, units: 1, runs: 1, whole: false },
  { id: 'direct-map-64', pages: 64, units: 1, runs: 1, whole: false },
  { id: 'direct-map-512', pages: 512, units: 1, runs: 1, whole: true },
  { id: 'secretmem-page', pages: 1, units: 1, runs: 1, whole: false },
];

function callsOf({ id, pages, units, runs }: Workload, strategy: string): number {
  if (id.startsWith('direct-map') || id === 'secretmem-page') return 1;
  if (strategy === 'huge-size') return units;
  if (strategy === 'contiguous-runs') return runs;
  return pages;
}

function comparison(
  granule: number,
  configuration: string,
  workload: Workload,
  strategy: string,
): ComparisonRecord {
  const memoryBytes = 256 * GIB;
  const onPages = configuration === 'pages';
  const aliased = onPages || configuration === 'blocks';
  const before = onPages ? pagesState(granule, memoryBytes) : blocksState(granule, memoryBytes);
  const failed = strategy === 'pages-only' && configuration === 'blocks';
  const common = { granule, vaBits: 48, memoryBytes, configuration, workload: workload.id, strategy, before };
  const flushOnly = workload.id.startsWith('direct-map') ? 0 : 1;
  if (!aliased || failed) {
    const cost = {
      calls: 1,
      stores: failed ? 0 : workload.pages,
      dsbIshst: 2,
      dsbIsh: 1,
      isb: 2,
      tlbi: failed ? 1 : flushOnly,
    };
    return { ...common, result: failed ? -22 : 0, counters: counters(cost), after: before };
  }
  const calls = callsOf(workload, strategy);
  const leavesBlocks = calls <= 16 && workload.whole;
  const splits = onPages ? 0 : leavesBlocks ? 1 : 1 + Math.floor(workload.pages / 512);
  // The area's own table: a huge area has few entries there. The linear alias: every page, or whole blocks.
  const ownStores = workload.id.includes('huge') ? workload.units : workload.pages;
  const splitStores = splits * (leavesBlocks || !workload.whole ? 529 : 777);
  const stores = (leavesBlocks && !onPages ? calls : workload.pages) + splitStores + ownStores;
  const cost = {
    calls: calls + 1,
    stores,
    pteTables: leavesBlocks ? 0 : splits,
    pmdTables: onPages ? 0 : 1,
    dsbIshst: 2 * calls + splits + 3,
    dsbIsh: (calls + 1) * flushOnly,
    isb: 2 * calls + 3,
    tlbi: (calls + 1) * flushOnly,
  };
  const pages = onPages || leavesBlocks ? 0 : workload.pages * granule;
  const blocks = workload.whole ? 0 : splits * 2 * MIB - (pages % (2 * MIB));
  const contiguous = onPages || leavesBlocks || strategy === 'series-v3' ? 0 : blocks;
  const all = strategy === 'series-v3' ? pages + blocks * Number(!onPages) : pages;
  return {
    ...common,
    result: 0,
    counters: counters(cost),
    after: brokenUp(before, all, contiguous, onPages ? 0 : splits, granule),
  };
}

export function sampleComparisons(): ComparisonRecord[] {
  return GRANULES.flatMap((granule) =>
    CONFIGURATIONS.flatMap((configuration) =>
      WORKLOADS.flatMap((workload) =>
        STRATEGIES.map((strategy) => comparison(granule, configuration, workload, strategy)),
      ),
    ),
  );
}
