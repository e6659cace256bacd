import { formatAddress } from '../../src/io/address.js';
import type { LinearMap } from '../../src/map/linear-map.js';

/**
 * Every descriptor of a 4K map by itself, the slow and obvious way: what `linmap.map/1` says two maps
 * are to be compared by. Keys sort by VA, then level.
 */
export function expand(map: LinearMap): Map<string, string> {
  const size = [2 ** 39, 2 ** 30, 2 ** 21, 2 ** 12];
  const descriptors = new Map<string, string>();
  for (const { level, va, pa, count, attributes } of map.leaves) {
    for (let index = 0; index < count; index++) {
      const offset = index * (size[level] ?? 0);
      descriptors.set(
        descriptorKey(va + offset, level),
        `leaf 0x${attributes.toString(16)} pa 0x${(pa + offset).toString(16)}`,
      );
    }
  }
  for (const { level, va, attributes } of map.tables) {
    descriptors.set(descriptorKey(va, level), `table 0x${attributes.toString(16)}`);
  }
  return descriptors;
}

export function descriptorKey(va: number, level: number): string {
  return `${formatAddress(va)} ${level}`;
}
