// The course of a map as areas: what each leaf size won lies above zero, what it lost below, each side stacked.
import type { TimelinePoint } from '../../capture/timeline.js';
import { LEAF_SIZES, type LeafSize } from '../leaf-size.js';

interface LeafArea {
  size: LeafSize;
  /** Outer edge at each point, in bytes: its own on top of those of areas nearer to zero. */
  edge: number[];
  /** Lies on zero and not on the area before it. */
  isInnermost: boolean;
  /** The same size has no area before this one. */
  isFirstOfSize: boolean;
}

/** Areas of each side from zero outwards. The smallest leaves lie next to zero, where they are easiest to compare. */
export function leafAreas(points: readonly TimelinePoint[]): LeafArea[] {
  const [first] = points;
  if (first === undefined) return [];
  const areas: LeafArea[] = [];
  for (const side of [1, -1]) {
    let edge = points.map(() => 0);
    let isInnermost = true;
    for (const size of LEAF_SIZES.toReversed()) {
      const change = points.map(({ leafBytes }) => leafBytes[size] - first.leafBytes[size]);
      if (!change.some((bytes) => bytes * side > 0)) continue;
      edge = edge.map((inner, at) => inner + side * Math.max(0, side * (change[at] ?? 0)));
      areas.push({ size, edge, isInnermost, isFirstOfSize: areas.every((area) => area.size !== size) });
      isInnermost = false;
    }
  }
  return areas;
}
