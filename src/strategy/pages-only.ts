import { eachPage } from '../kernel/alias-policy.js';
import { pageBasis } from './page-basis.js';
import type { Strategy } from './strategy.js';

/**
 * Linux up to 6.17: the linear map consists of pages, apply_to_page_range() refuses blocks, and the alias loop goes
 * over every page of the area, whatever was asked for, without looking at errors.
 */
export const pagesOnly: Strategy = {
  ...pageBasis,
  id: 'pages-only',
  title: 'pages only',
  status: 'Linux up to 6.17',
  summary: 'memory mapped by pages; one call for every page of the whole area',
  ranges: ({ areaPages, granule }) => eachPage(areaPages, granule),
  ignoresErrors: true,
  boot: { pagesOnly: true },
};
