// What a strategy decides: how the change of an area's pages becomes calls on the linear map.
import type { BuildOptions } from './boot.js';

/** Pages of the linear map that one loop of the kernel changes alike. */
export interface AliasChange {
  /** PA of each page, in the loop's order. */
  pages: readonly number[];
  /** PA of every page of the vmalloc area they belong to; the same as `pages` where that is not known. */
  areaPages: readonly number[];
  /** Bytes of the huge units that the area may consist of, largest first; empty for an area of single pages. */
  units: readonly number[];
  /** Bytes of a page. */
  granule: number;
}

/** A physically contiguous part of the change, made by one call. */
export interface AliasRange {
  pa: number;
  size: number;
}

export interface AliasPolicy {
  /** The calls to make, in order. */
  ranges(change: AliasChange): AliasRange[];
  /** The core's operation that a call is. */
  operation: 'change' | 'changeSeriesV3';
  /** Errors of one call do not end the loop and are not reported. */
  ignoresErrors: boolean;
  /** Areas that may be huge are accepted, which change_memory_common() refuses today. */
  acceptsHugeAreas: boolean;
  /** How the kernel with this policy maps memory and batches barriers. */
  boot: BuildOptions;
}

/** Each page on its own: what every kernel with a split primitive does. */
export function eachPage(pages: readonly number[], granule: number): AliasRange[] {
  return pages.map((pa) => ({ pa, size: granule }));
}

/** Maximal runs of physically consecutive pages, in the order given. */
export function consecutiveRuns(pages: readonly number[], granule: number): AliasRange[] {
  const runs: AliasRange[] = [];
  let last: AliasRange | undefined;
  for (const pa of pages) {
    if (last && last.pa + last.size === pa) {
      last.size += granule;
    } else {
      last = { pa, size: granule };
      runs.push(last);
    }
  }
  return runs;
}
