import type { Bits } from './leaf-change.js';
import { type LeafRun, type LinearMap, normalise } from './linear-map.js';
import { leafSpans, sweep } from './sweep.js';

/**
 * Bytes whose translation or permissions differ between two maps of one machine, whatever leaves they are made of:
 * everything in a leaf's descriptor counts but its size, its type and the contiguous hint.
 */
export function differingBytes(
  one: LinearMap,
  other: LinearMap,
  bits: Pick<Bits, 'valid' | 'contiguous' | 'typeMask'>,
): number {
  const sizeBits = bits.contiguous | (bits.typeMask & ~bits.valid);
  const same = (a: LeafRun, b: LeafRun) =>
    a.pa - a.va === b.pa - b.va && (a.attributes & ~sizeBits) === (b.attributes & ~sizeBits);
  let bytes = 0;
  sweep(leafSpans(normalise(one)), leafSpans(normalise(other)), (va, end, a, b) => {
    if (a === undefined || b === undefined || !same(a.run, b.run)) bytes += end - va;
  });
  return bytes;
}
