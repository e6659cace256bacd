// Where a pointer chase begins to miss: capacities and set indexes of presets, against what was measured.

import { coreOf } from '../../machine/cores/core-file.js';
import { type FlatCoreModel, flatten } from '../../machine/cores/core-model.js';
import { judge, type PublishedCheck } from './published-check.js';

type TlbLevel = 'first' | 'second';

/** A chase through `pages` pages, each visited once a round, `stridePages` apart. */
export interface PointerChase {
  pages: number;
  stridePages: number;
  pageBytes: number;
}

/**
 * Misses of a level for each access of the chase, once the TLBs are warm: data accesses to pages that nothing merges.
 * For the second level, accesses that the first level served count as no miss.
 */
export type MeasureMissRatio = (core: FlatCoreModel, chase: PointerChase, level: TlbLevel) => number;

interface PublishedKnee {
  core: string;
  level: TlbLevel;
  stridePages: number;
  pageBytes: number;
  /** Pages that still fit. */
  pages: number;
  source: string;
}

const KIB = 2 ** 10;
const V2 = { core: 'neoverse-v2', stridePages: 1, pageBytes: 4 * KIB, source: 'jiegec, arm-neoverse-v2.md' };
const V3 = { core: 'neoverse-v3', stridePages: 1, pageBytes: 4 * KIB, source: 'jiegec, arm-neoverse-v3.md' };
const M1 = { core: 'apple-m1', pageBytes: 16 * KIB, source: 'jiegec, apple-m1.md' };
const TAISHAN = {
  core: 'taishan-v110',
  stridePages: 1,
  pageBytes: 4 * KIB,
  source: 'Chips and Cheese, Kunpeng 920',
};

const KNEES: readonly PublishedKnee[] = [
  { ...V2, level: 'first', pages: 48 },
  { ...V2, level: 'second', pages: 2048 },
  { ...V3, level: 'first', pages: 96 },
  { ...V3, level: 'second', pages: 2048 },
  { ...TAISHAN, level: 'first', pages: 32 },
  { ...TAISHAN, level: 'second', pages: 1024 },
  { ...M1, stridePages: 1, level: 'first', pages: 160 },
  { ...M1, stridePages: 1, level: 'second', pages: 3072 },
  { ...M1, stridePages: 32, level: 'first', pages: 5 },
  { ...M1, stridePages: 32, level: 'second', pages: 96 },
  { ...M1, stridePages: 256, level: 'second', pages: 12 },
];

/** A chase that misses on a tenth of its accesses bends: tables in the second level may displace a page or two before. */
const OUTGROWN = 0.1;
const WITHIN_PERCENT = 5;

/** @param measure what the simulator says of a chase */
export function checkKnees(measure: MeasureMissRatio): PublishedCheck[] {
  return KNEES.map((knee) => {
    const { core, level, stridePages, pageBytes, pages, source } = knee;
    const model = flatten(coreOf(core));
    const misses = (count: number) => measure(model, { pages: count, stridePages, pageBytes }, level);
    return judge({
      id: `knee-${core}-${level}-stride-${stridePages}`,
      what: `pages before the ${level} level of ${core} misses, ${pageBytes / KIB}K pages ${apart(stridePages)}`,
      published: pages,
      estimated: kneeOf(misses, 2 * pages),
      unit: 'pages',
      withinPercent: WITHIN_PERCENT,
      note: 'Entries and ways are given to the model: this checks what it makes of them, indexes and replacement.',
      source,
    });
  });
}

/** The most pages, up to `limit`, that do not outgrow the TLB. Misses never get fewer with more pages. */
export function kneeOf(missRatio: (pages: number) => number, limit: number): number {
  let fits = 0;
  let outgrows = limit + 1;
  while (outgrows - fits > 1) {
    const middle = Math.floor((fits + outgrows) / 2);
    if (missRatio(middle) < OUTGROWN) fits = middle;
    else outgrows = middle;
  }
  return fits;
}

function apart(stridePages: number): string {
  return stridePages === 1 ? 'in a row' : `${stridePages} pages apart`;
}
