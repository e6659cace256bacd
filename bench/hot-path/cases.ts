// The paths that everything else spends its time in, each in a size that fits the caches and in one that does not.
import { buildCase } from './build-case.js';
import { GIB, type HotPathCase, MIB, PAGE, TIB } from './case.js';
import { changeCase } from './change-case.js';
import { splitCase } from './split-case.js';
import { walkCase } from './walk-case.js';

const ONCE = 1;
/** The map of 1 GiB blocks is so small that one build would take about as long as reading the clock. */
const OFTEN = 64;

export const HOT_PATH_CASES: readonly HotPathCase[] = [
  walkCase('random walks over 256 GiB of 1 GiB blocks', 256 * GIB, 'blocks'),
  walkCase('random walks over 1 GiB of pages', GIB, 'pages'),
  walkCase('random walks over 64 GiB of pages', 64 * GIB, 'pages'),
  splitCase,
  changeCase('one random page a call in 4 GiB of pages', PAGE, 16384),
  changeCase('2 MiB a call in 4 GiB of pages', 2 * MIB, 512),
  buildCase('16 GiB of pages', 16 * GIB, { bytes: PAGE, asPages: true }, ONCE),
  buildCase('1 TiB of 1 GiB blocks', TIB, { bytes: GIB, asPages: false }, OFTEN),
];

/** What `--filter` sees. */
export function hotPathName({ path, title }: HotPathCase): string {
  return `hot path ${path}: ${title}`;
}
