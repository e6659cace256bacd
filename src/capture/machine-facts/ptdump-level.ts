import type { PtdumpLevel } from '../texts/ptdump.js';

/** A folded level prints the name of the root: 1G blocks of 4K/39, and up to 6.14 the blocks of two levels. */
export function levelNamed(name: PtdumpLevel, rootLevel: number): number {
  if (name === 'PGD') return rootLevel;
  return { P4D: 0, PUD: 1, PMD: 2, PTE: 3 }[name];
}
