import type { Bits } from './leaf-change.js';
import { type LeafRun, type LinearMap, normalise, runEnd } from './linear-map.js';

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
  const left = normalise(one).leaves;
  const right = normalise(other).leaves;
  let bytes = 0;
  let i = 0;
  let j = 0;
  let from = Number.NEGATIVE_INFINITY;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    const startA = a ? Math.max(a.va, from) : Number.POSITIVE_INFINITY;
    const startB = b ? Math.max(b.va, from) : Number.POSITIVE_INFINITY;
    const start = Math.min(startA, startB);
    const endA = a ? (startA === start ? runEnd(a, one.granule) : startA) : Number.POSITIVE_INFINITY;
    const endB = b ? (startB === start ? runEnd(b, other.granule) : startB) : Number.POSITIVE_INFINITY;
    const end = Math.min(endA, endB);
    const both = a !== undefined && b !== undefined && startA === start && startB === start;
    if (!both || !same(a, b)) bytes += end - start;
    from = end;
    if (a && runEnd(a, one.granule) <= from) i++;
    if (b && runEnd(b, other.granule) <= from) j++;
  }
  return bytes;
}
