import type { MissCurve } from './miss-curve.js';

/**
 * LRU misses of `entries` in sets of `ways`, estimated from the fully associative curve: the units between two touches
 * fall into sets independently, so an access of distance d misses where at least `ways` of d - 1 units, each with
 * probability 1 / sets, fell into its set. Units that follow each other spread better than that: the estimate is
 * then high. Distances beyond the curve's depth count as misses.
 * Source: Smith, A Comparative Study of Set Associative Memory Mapping Algorithms, 1978; Hill and Smith, 1989.
 * @throws RangeError where the entries do not make whole sets
 */
export function setAssociativeMisses(curve: MissCurve, entries: number, ways: number): number {
  const sets = entries / ways;
  if (!Number.isInteger(sets) || sets < 1) {
    throw new RangeError(`entries that make whole sets of ${ways} ways, not ${entries}`);
  }
  let misses = curve.misses(curve.depth);
  // [k]: probability that k of the units so far fell into the set, for k below `ways`.
  const fell = new Float64Array(ways);
  fell[0] = 1;
  for (let distance = 1; distance <= curve.depth; distance++) {
    const held = fell.reduce((sum, probability) => sum + probability, 0);
    misses += curve.atDistance(distance) * Math.max(0, 1 - held);
    for (let k = ways - 1; k >= 0; k--) {
      const stay = (fell[k] ?? 0) * (1 - 1 / sets);
      fell[k] = stay + (k > 0 ? (fell[k - 1] ?? 0) / sets : 0);
    }
  }
  return misses;
}
