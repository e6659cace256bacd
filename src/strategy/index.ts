// All strategies, in the order of reports. A new one is a file of its own and a line here.
import { contiguousRuns } from './contiguous-runs.js';
import { hugeSize } from './huge-size.js';
import { pageBasis } from './page-basis.js';
import { pagesOnly } from './pages-only.js';
import { seriesV3 } from './series-v3.js';
import type { Strategy } from './strategy.js';

export type { Strategy } from './strategy.js';

export const STRATEGIES: readonly Strategy[] = [pageBasis, hugeSize, contiguousRuns, pagesOnly, seriesV3];

/** The strategy of that id, or undefined. */
export function strategyOf(id: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.id === id);
}
