// The sizes of leaf that a map is made of, and how a change moved memory from one to another.
import type { LeafCounts } from '../core/core.js';
import { levelSize } from '../map/linear-map.js';
import type { MapState } from '../record/run.js';
import { formatUnit } from './number.js';

export type LeafSize = keyof LeafCounts;

/** Largest first. */
export const LEAF_SIZES = ['pud', 'pmdCont', 'pmd', 'pteCont', 'pte'] as const satisfies readonly LeafSize[];

/** Descriptors in a contiguous group, by granule: CONT_PTES and CONT_PMDS of the kernel. */
const CONTIGUOUS: Readonly<Record<number, { pte: number; pmd: number }>> = {
  4096: { pte: 16, pmd: 16 },
  16384: { pte: 128, pmd: 32 },
  65536: { pte: 32, pmd: 32 },
};

/** A leaf size by its reach: `1G block`, `32M contiguous`, `2M block`, `64K contiguous`, `4K page`. */
export function leafName(granule: number, size: LeafSize): string {
  const groups = CONTIGUOUS[granule] ?? { pte: 1, pmd: 1 };
  switch (size) {
    case 'pud':
      return `${formatUnit(levelSize(granule, 1))} block`;
    case 'pmdCont':
      return `${formatUnit(levelSize(granule, 2) * groups.pmd)} contiguous`;
    case 'pmd':
      return `${formatUnit(levelSize(granule, 2))} block`;
    case 'pteCont':
      return `${formatUnit(granule * groups.pte)} contiguous`;
    case 'pte':
      return `${formatUnit(granule)} page`;
  }
}

/** Bytes that each leaf size won or lost. */
export function leafChange(before: MapState, after: MapState): LeafCounts {
  const change = { ...after.leafBytes };
  for (const size of LEAF_SIZES) change[size] -= before.leafBytes[size];
  return change;
}

/** Memory that came to be mapped by leaves smaller than a block, in bytes. */
export interface BelowBlock {
  pages: number;
  contiguous: number;
}

/** What a change left below blocks that was not there before. Never negative. */
export function newlyBelowBlock(before: MapState, after: MapState): BelowBlock {
  const change = leafChange(before, after);
  return { pages: Math.max(0, change.pte), contiguous: Math.max(0, change.pteCont) };
}

/** Whether most of a map is mapped in pages already, so that nothing is left to break up. */
export function isPageMapped(state: MapState): boolean {
  const all = LEAF_SIZES.reduce((sum, size) => sum + state.leafBytes[size], 0);
  return state.leafBytes.pte > all / 2;
}
