import type { Address } from '../../io/address.js';

/** A stream of which all is known but chance: what closed forms are about. */
export interface StreamLaw {
  /** uniform, Zipf: each access is independent of those before. cyclic: all pages in one order, again and again. */
  readonly name: 'uniform' | 'Zipf' | 'cyclic';
  readonly pages: number;
  /** Page 0 … pages - 1: by rank, or in the order of a lap. */
  va(index: number): Address;
  /** Of Zipf. */
  readonly exponent: number;
  /** Accesses of a page before the next. */
  readonly touches: number;
  /** Pages that follow each other in rank or lap are neighbours in memory. */
  readonly inOrder: boolean;
}
