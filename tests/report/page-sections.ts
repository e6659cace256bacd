/** Ids of the sections that a report page has, in its order. */
export const PAGE_SECTIONS = [
  'answer',
  'machines',
  'page-basis',
  'configurations',
  'published',
  'map',
  'what-if',
  'hot-path',
  'regressions',
  'method',
  'drop',
  'data',
];
