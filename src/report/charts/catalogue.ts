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

const CHARTS: readonly ((run: Run) => Chart | null)[] = [
  tlbiOnTraces,
  storesOnTraces,
  leafSizesOnTraces,
  pageBasisVsHugeSize,
  leafSizesLeft,
  tableMemoryChart,
  tlbMisses,
  missCurves,
  changeTime,
  hotPathChart,
  nativeChart,
  scalingTime,
  scalingMemory,
];

/** New configurations for the pictures that the run has data for. */
export function chartsOf(run: Run): Chart[] {
  return CHARTS.map((make) => make(run)).filter((chart) => chart !== null);
}
