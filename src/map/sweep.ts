// Two ascending lists of ranges, walked side by side.
import type { Address } from '../io/address.js';
import { type LeafRun, type LinearMap, runEnd } from './linear-map.js';
import type { Span } from './span.js';

type Visit<T, U> = (va: Address, end: Address, one: T | undefined, other: U | undefined) => void;

/**
 * Visits, ascending, the largest ranges over which neither list changes and at least one has something.
 * @param ones,others ascending, each without overlaps
 */
export function sweep<T extends Span, U extends Span>(
  ones: readonly T[],
  others: readonly U[],
  visit: Visit<T, U>,
): void {
  let i = 0;
  let j = 0;
  let position = Number.NEGATIVE_INFINITY;
  for (;;) {
    const one = ones[i];
    const other = others[j];
    if (one === undefined && other === undefined) return;
    const oneStart = one === undefined ? Number.POSITIVE_INFINITY : Math.max(one.va, position);
    const otherStart = other === undefined ? Number.POSITIVE_INFINITY : Math.max(other.va, position);
    const va = Math.min(oneStart, otherStart);
    const oneHere = oneStart === va ? one : undefined;
    const otherHere = otherStart === va ? other : undefined;
    const end = Math.min(oneHere?.end ?? oneStart, otherHere?.end ?? otherStart);
    visit(va, end, oneHere, otherHere);
    if (oneHere?.end === end) i++;
    if (otherHere?.end === end) j++;
    position = end;
  }
}

/** A run of leaves with its end. */
interface LeafSpan extends Span {
  run: LeafRun;
}

/** The runs of a map in normal form, as spans. */
export function leafSpans({ leaves, granule }: LinearMap): LeafSpan[] {
  return leaves.map((run) => ({ va: run.va, end: runEnd(run, granule), run }));
}
