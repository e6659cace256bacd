import { eachPage } from '../kernel/alias-policy.js';
import { pageBasis } from './page-basis.js';
import type { Strategy } from './strategy.js';

/**
 * Series v3 of March 2025: blocks without contiguous groups; every touched block is split to pages at once, with a
 * flush of its own; barriers after every store, as before 6.16. The alias loop is that of its time: every page of
 * the area, errors not looked at.
 */
export const seriesV3: Strategy = {
  ...pageBasis,
  id: 'series-v3',
  title: 'series v3',
  status: 'posted March 2025, replaced',
  summary: 'blocks split straight to pages, with one more flush; one call for every page of the whole area',
  ranges: ({ areaPages, granule }) => eachPage(areaPages, granule),
  ignoresErrors: true,
  operation: 'changeSeriesV3',
  boot: { noContiguous: true, lazyMmu: false },
};
