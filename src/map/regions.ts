// A map by regions of equal size: where it is split, and what larger leaves would give back.
import type { LeafCounts } from '../core/core.js';
import type { Address } from '../io/address.js';
import { type LinearMap, levelSize } from './linear-map.js';
import { compareLeafSizes, leafSizeOf, noLeaves } from './summary.js';
import { leafSpans, sweep } from './sweep.js';

export interface Region {
  va: Address;
  /** PA of its first mapped byte. */
  pa: number;
  /** Tables that serve this region and nothing outside it. */
  tables: number;
  /** Mapped bytes by leaf size. */
  bytes: LeafCounts;
  /** What the same translations and attributes need in the largest leaves: bytes that move into larger ones … */
  foldableBytes: number;
  /** … and tables that are then left over. */
  foldableTables: number;
}

/**
 * Every region with something mapped in it, by VA.
 * @param folded the same map in the largest leaves (`bestLeaves()`)
 * @param size bytes of a region, a power of two
 */
export function regionsOf(map: LinearMap, folded: LinearMap, size: number, contiguous: bigint): Region[] {
  const regions = new Map<number, Region>();
  const at = (index: number, pa: number): Region => {
    const known = regions.get(index);
    if (known) return known;
    const region = {
      va: index * size,
      pa,
      tables: 0,
      bytes: noLeaves(),
      foldableBytes: 0,
      foldableTables: 0,
    };
    regions.set(index, region);
    return region;
  };
  sweep(leafSpans(map), leafSpans(folded), (va, end, now, best) => {
    if (!now) return;
    const name = leafSizeOf(now.run, contiguous);
    const grows = best !== undefined && compareLeafSizes(leafSizeOf(best.run, contiguous), name) > 0;
    for (let from = va; from < end; ) {
      const index = Math.floor(from / size);
      const to = Math.min(end, (index + 1) * size);
      const region = at(index, now.run.pa + from - now.run.va);
      region.bytes[name] += to - from;
      if (grows) region.foldableBytes += to - from;
      from = to;
    }
  });
  countTables(map, size, (index) => {
    const region = regions.get(index);
    if (region) region.tables += 1;
  });
  const best = new Map<number, number>();
  countTables(folded, size, (index) => best.set(index, (best.get(index) ?? 0) + 1));
  for (const [index, region] of regions) {
    // Where nothing folds, tables beyond the best map's are empty ones, or serve what lies outside the linear map.
    if (region.foldableBytes > 0) region.foldableTables = Math.max(0, region.tables - (best.get(index) ?? 0));
  }
  return [...regions.values()].sort((a, b) => a.va - b.va);
}

/** Those that are split most first: by tables, then by bytes that larger leaves could hold, then by VA. */
export function mostSplitFirst(regions: readonly Region[]): Region[] {
  return regions.toSorted((a, b) => b.tables - a.tables || b.foldableBytes - a.foldableBytes || a.va - b.va);
}

function countTables({ tables, granule }: LinearMap, size: number, count: (index: number) => void): void {
  for (const { level, va } of tables) {
    if (levelSize(granule, level) <= size) count(Math.floor(va / size));
  }
}
