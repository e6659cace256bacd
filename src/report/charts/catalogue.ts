// All pictures of a run, in reading order.
import type { Run } from '../../record/run.js';
import { changeTime } from './change-time.js';
import type { Chart } from './chart.js';
import { hotPathChart } from './hot-path.js';
import { leafSizesLeft } from './leaf-sizes-left.js';
import { leafSizesOnTraces } from './leaf-sizes-on-traces.js';
import { missCurves } from './miss-curves.js';
import { nativeChart } from './native.js';
import { pageBasisVsHugeSize } from './page-basis-vs-huge-size.js';
import { scalingMemory, scalingTime } from './scaling.js';
import { storesOnTraces, tlbiOnTraces } from './strategies-on-traces.js';
import { tableMemoryChart } from './table-memory.js';
import { tlbMisses } from './tlb-misses.js';

/** By id. */
const CHARTS: Readonly<Record<string, (run: Run) => Chart | null>> = {
  'traces-tlbi': tlbiOnTraces,
  'traces-stores': storesOnTraces,
  'traces-leaf-sizes': leafSizesOnTraces,
  'page-basis-vs-huge-size': pageBasisVsHugeSize,
  'leaf-sizes-left': leafSizesLeft,
  'table-memory': tableMemoryChart,
  'tlb-misses': tlbMisses,
  'miss-curves': missCurves,
  'change-time': changeTime,
  'hot-path': hotPathChart,
  native: nativeChart,
  'scaling-time': scalingTime,
  'scaling-memory': scalingMemory,
};

/** Ids of all pictures that a run may have. */
export const CHART_IDS: readonly string[] = Object.keys(CHARTS);

/** New configurations for the pictures that the run has data for. */
export function chartsOf(run: Run): Chart[] {
  return Object.values(CHARTS)
    .map((make) => make(run))
    .filter((chart) => chart !== null);
}
