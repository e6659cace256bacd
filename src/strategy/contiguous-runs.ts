import { consecutiveRuns } from '../kernel/alias-policy.js';
import { pageBasis } from './page-basis.js';
import type { Strategy } from './strategy.js';

/** One call for each run of physically consecutive pages, which the large-order allocation of 6.19 makes common. */
export const contiguousRuns: Strategy = {
  ...pageBasis,
  id: 'contiguous-runs',
  title: 'contiguous runs',
  status: 'hypothetical',
  summary: 'one call for each run of physically consecutive pages',
  ranges: ({ pages, granule }) => consecutiveRuns(pages, granule),
};
