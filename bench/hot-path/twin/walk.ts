// Walk in plain TypeScript: the algorithm of assembly/walk.ts with the levels unrolled. Page descriptors of a group of
// addresses are fetched together before the first is looked at, so that their cache misses overlap.
import { INDEX_MASK, PAGE_SHIFT } from './geometry.js';
import type { TwinMap } from './linear-map.js';

const LEVEL0_SHIFT = 39;
const LEVEL1_SHIFT = 30;
const LEVEL2_SHIFT = 21;
const PAGE_MASK = (1 << PAGE_SHIFT) - 1;

/** Addresses that are walked together. */
const GROUP = 256;
/** Of each address of the group whose walk reaches the last level: the entry there, and the address's index. */
const entries = new Uint32Array(GROUP);
const places = new Uint32Array(GROUP);

/**
 * Translates the first `n` addresses of `from` into packed words in `to`, as the core's walkBatch() does; both hold
 * two words an address, the low one first: PA, with log2 of the leaf's size in bits 63:56, or 0 where there is no
 * valid translation. Returns the number of translations found.
 */
export function walkBatch(map: TwinMap, from: Uint32Array, to: Uint32Array, n: number): number {
  let found = 0;
  for (let first = 0; first < n; first += GROUP) {
    found += walkGroup(map, from, to, 2 * first, 2 * Math.min(first + GROUP, n));
  }
  return found;
}

function walkGroup(map: TwinMap, from: Uint32Array, to: Uint32Array, start: number, end: number): number {
  const { words, bits } = map;
  const { typeMask, valid } = bits;
  const addressLow = bits.address.low;
  const addressHigh = bits.address.high;
  const root = map.root >>> 2;
  let found = 0;
  let pages = 0;
  for (let i = start; i < end; i += 2) {
    const low = from[i] as number;
    const high = from[i + 1] as number;
    let shift = LEVEL0_SHIFT;
    let at = root + (((high >>> (LEVEL0_SHIFT - 32)) & INDEX_MASK) << 1);
    let desc = words[at] as number;
    if ((desc & typeMask) === typeMask) {
      shift = LEVEL1_SHIFT;
      const index = ((high << (32 - LEVEL1_SHIFT)) | (low >>> LEVEL1_SHIFT)) & INDEX_MASK;
      at = ((desc & addressLow) >>> 2) + (index << 1);
      desc = words[at] as number;
      if ((desc & typeMask) === typeMask) {
        shift = LEVEL2_SHIFT;
        at = ((desc & addressLow) >>> 2) + (((low >>> LEVEL2_SHIFT) & INDEX_MASK) << 1);
        desc = words[at] as number;
        if ((desc & typeMask) === typeMask) {
          entries[pages] = ((desc & addressLow) >>> 2) + (((low >>> PAGE_SHIFT) & INDEX_MASK) << 1);
          places[pages] = i;
          pages++;
          continue;
        }
      }
    }
    if ((desc & valid) === 0) {
      to[i] = 0;
      to[i + 1] = 0;
    } else {
      to[i] = (desc & addressLow) | (low & ((1 << shift) - 1));
      to[i + 1] = ((words[at + 1] as number) & addressHigh) | (shift << 24);
      found++;
    }
  }
  touch(map, pages);
  return found + translatePages(map, from, to, pages);
}

/** Fetches the first `pages` of `entries`; a value that nobody keeps would not be fetched. */
function touch(map: TwinMap, pages: number): void {
  const { words } = map;
  let any = 0;
  for (let page = 0; page < pages; page++) any |= words[entries[page] as number] as number;
  map.touched = any;
}

function translatePages(map: TwinMap, from: Uint32Array, to: Uint32Array, pages: number): number {
  const { words, bits } = map;
  const { valid } = bits;
  const addressLow = bits.address.low;
  const addressHigh = bits.address.high;
  let found = 0;
  for (let page = 0; page < pages; page++) {
    const i = places[page] as number;
    const at = entries[page] as number;
    const desc = words[at] as number;
    if ((desc & valid) === 0) {
      to[i] = 0;
      to[i + 1] = 0;
    } else {
      to[i] = (desc & addressLow) | ((from[i] as number) & PAGE_MASK);
      to[i + 1] = ((words[at + 1] as number) & addressHigh) | (PAGE_SHIFT << 24);
      found++;
    }
  }
  return found;
}
