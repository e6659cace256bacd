// Counters and maps of plausible size, put together by hand.
import type { LeafCounts } from '../../src/core/core.js';
import type { Counters } from '../../src/core/counters.js';
import type { MapState } from '../../src/record/run.js';

export const KIB = 2 ** 10;
export const MIB = 2 ** 20;
export const GIB = 2 ** 30;

export const STRATEGIES = ['page-basis', 'huge-size', 'contiguous-runs', 'pages-only', 'series-v3'];
export const CONFIGURATIONS = ['pages', 'blocks', 'on', 'off'];
export const GRANULES = [4096, 16384, 65536];

export interface Cost {
  calls: number;
  stores: number;
  pteTables?: number;
  pmdTables?: number;
  dsbIshst: number;
  dsbIsh: number;
  isb: number;
  tlbi: number;
}

export function counters(cost: Cost): Counters {
  const { calls, stores, pteTables = 0, pmdTables = 0, dsbIshst, dsbIsh, isb, tlbi } = cost;
  return {
    calls,
    descriptorReads: stores + 4 * calls,
    descriptorWrites: stores,
    tablesAllocated: { p4d: 0, pud: 0, pmd: pmdTables, pte: pteTables },
    splits: {
      pudToContPmd: pmdTables,
      pudToPmd: 0,
      contPmd: pteTables,
      pmdToContPte: pteTables,
      pmdToPte: 0,
      contPte: calls > 0 ? 32 : 0,
    },
    tlbi: { single: tlbi, range: 0, all: 0 },
    dsbIshst,
    dsbIsh,
    isb,
    boundaries: calls,
  };
}

const NONE: LeafCounts = { pud: 0, pmdCont: 0, pmd: 0, pteCont: 0, pte: 0 };

export function state(leafBytes: Partial<LeafCounts>, tableBytes: number): MapState {
  return {
    leaves: NONE,
    leafBytes: { ...NONE, ...leafBytes },
    tables: { p4d: 0, pud: 1, pmd: 1, pte: 3 },
    tableBytes,
  };
}

/** A map of blocks after boot: the image in contiguous pages, the rest in the largest leaves there are. */
export function blocksState(granule: number, memory: number): MapState {
  const image = 6 * MIB;
  if (granule === 4096) {
    const pmd = 58 * MIB;
    const pmdCont = 960 * MIB;
    return state({ pud: memory - GIB, pmdCont, pmd, pteCont: GIB - pmdCont - pmd }, 20 * KIB);
  }
  return state({ pmdCont: memory - GIB, pmd: GIB - image, pteCont: image }, 6 * granule);
}

export function pagesState(granule: number, memory: number): MapState {
  return state({ pte: memory }, pagesTableBytes(granule, memory));
}

export function pagesTableBytes(granule: number, memory: number): number {
  const entries = granule / 8;
  const pte = Math.ceil(memory / (granule * entries));
  const pmd = Math.ceil(pte / entries);
  return (pte + pmd + (granule === 65536 ? 0 : Math.ceil(pmd / entries))) * granule;
}

/** `before` with memory moved to smaller leaves, out of the largest. */
export function brokenUp(
  before: MapState,
  pages: number,
  contiguous: number,
  tables: number,
  granule: number,
): MapState {
  const from = before.leafBytes.pud > 0 ? 'pud' : 'pmdCont';
  const bytes = before.leafBytes;
  const leafBytes = {
    ...bytes,
    [from]: bytes[from] - pages - contiguous,
    pteCont: bytes.pteCont + contiguous,
    pte: bytes.pte + pages,
  };
  return { ...before, leafBytes, tableBytes: before.tableBytes + tables * granule };
}
