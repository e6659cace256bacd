// Misses of two LRU levels where all units come in one order, again and again: a set that has more units than ways
// never hits, another one always.
import type { LevelShape } from './independent.js';
import type { LevelUnits, Popularity } from './popularity.js';

/** Misses of both levels for each of `visits` of pages, the first of which finds empty levels; `l2` null where it hangs on which of tables and leaves come first. */
export function cyclicMisses(
  { l1, l2, parent, tables, share }: Popularity,
  pages: number,
  shapes: { l1: LevelShape; l2: LevelShape },
  visits: number,
): { l1: number; l2: number | null } {
  const scale = 1 / (share * pages);
  const firstSets = unitsBySet(l1, shapes.l1, () => true);
  const isMissed = (at: number) => (firstSets[l1.set[at] as number] as number) / share > shapes.l1.ways;
  let firstMisses = 0;
  const asked = new Uint8Array(l2.set.length);
  for (let at = 0; at < l1.set.length; at++) {
    if (!isMissed(at)) continue;
    firstMisses++;
    asked[parent[at] as number] = 1;
  }
  const secondSets = unitsBySet(l2, shapes.l2, (at) => asked[at] === 1);
  let misses = 0;
  let open = 0;
  for (let at = 0; at < asked.length; at++) {
    if (asked[at] === 0) continue;
    const set = l2.set[at] as number;
    const leaves = (secondSets[set] as number) / share;
    const inSet = tables.reduce((sum, { inSets }) => sum + (inSets[set] as number) / share, leaves);
    if (leaves > shapes.l2.ways) misses++;
    else if (inSet > shapes.l2.ways) open++;
  }
  const laps = visits / pages;
  const fromStart = (units: number, missed: number) =>
    (scale * (Math.min(1, laps) * units + Math.max(0, laps - 1) * missed)) / laps;
  return {
    l1: fromStart(l1.set.length, firstMisses),
    l2: laps > 1 && open * scale > UNDECIDED ? null : fromStart(l2.set.length, misses),
  };
}

/** Share of visits that may stay open. */
const UNDECIDED = 0.0025;

function unitsBySet(
  { set }: LevelUnits,
  { entries, ways }: LevelShape,
  counts: (at: number) => boolean,
): Float64Array {
  const inSets = new Float64Array(entries / ways);
  set.forEach((of, at) => {
    if (counts(at)) inSets[of] = (inSets[of] as number) + 1;
  });
  return inSets;
}
