import { eachPage } from '../kernel/alias-policy.js';
import type { Strategy } from './strategy.js';

/** change_memory_common() of Linux 7.2: one __change_memory_common() a page. The others are described against it. */
export const pageBasis: Strategy = {
  id: 'page-basis',
  title: 'page basis',
  status: 'Linux 6.18 to 7.2',
  summary: 'one call for each page of the area',
  ranges: ({ pages, granule }) => eachPage(pages, granule),
  operation: 'change',
  ignoresErrors: false,
  acceptsHugeAreas: false,
  boot: {},
};
