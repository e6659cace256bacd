/** Growth with the size of the machine: what is stored is exact, and times come from a clock that the test brings. */
import { describe, expect, it } from 'vitest';
import { measureScaling } from '../../bench/scaling.js';
import type { ScalingRecord } from '../../src/record/scaling.js';
import { GiB, MiB } from '../core/sizes.js';

const TiB = 1024 * GiB;

/** Each look at it takes a millisecond. */
function ticking(): () => number {
  let now = 0;
  return () => now++;
}

const curveOf = ({ curves }: ScalingRecord, id: string) => {
  const found = curves.find((curve) => curve.id === id);
  if (!found) throw new Error(`there is no ${id}`);
  return found;
};

describe('measureScaling()', async () => {
  const scaling = await measureScaling({ quick: false, clock: ticking() });

  it('goes from 1 GiB to 64 TiB, but where tables are stored or blocks are split', () => {
    for (const { id, points } of scaling.curves) {
      const largest = { 'build-pages-stored': 256 * GiB, 'split-blocks': 16 * TiB }[id] ?? 64 * TiB;
      const sizes = points.map(({ memoryBytes }) => memoryBytes);
      expect([id, sizes[0], sizes.at(-1)]).toEqual([id, GiB, largest]);
      expect(sizes.slice(1).map((size, at) => size / (sizes[at] as number))).toEqual(
        sizes.slice(1).map(() => 4),
      );
    }
    expect(new Set(scaling.curves.map(({ id }) => id)).size).toBe(scaling.curves.length);
  });

  it('stores tables as memory grows, unless one formula describes them', () => {
    expect(curveOf(scaling, 'build-pages-stored').memory.exponent).toBeCloseTo(1, 2);
    expect(curveOf(scaling, 'split-blocks').memory.exponent).toBeCloseTo(1, 2);
    const uniform = curveOf(scaling, 'build-pages').points;
    for (const { storedBytes } of uniform) expect(storedBytes).toBeLessThan(64 * 1024);
    // Two tables for each block that a page is split out of; the root, and one table of PUDs for each 512 GiB.
    const [first] = curveOf(scaling, 'split-blocks').points;
    expect(first?.storedBytes).toBe((2 + 2) * 4096);
  });

  it('does the same calls on a machine of any size', () => {
    for (const id of ['change-pages', 'change-blocks']) {
      const { points, memory } = curveOf(scaling, id);
      expect(memory.exponent).toBeLessThan(0.2);
      // A table for each of 2000 calls, two where a call goes over its end.
      expect(points.at(-1)?.storedBytes).toBeGreaterThan(2000 * 4096);
      expect(points.at(-1)?.storedBytes).toBeLessThan(2 * 2100 * 4096);
    }
  });

  it('builds 64 TiB in pages in less than 256 MiB, and takes 100,000 scattered changes within 4 GiB', () => {
    expect(scaling.largest).toMatchObject({ memoryBytes: 64 * TiB, changes: 100_000 });
    expect(scaling.largest?.builtBytes).toBeLessThan(256 * MiB);
    expect(scaling.largest?.changedBytes).toBeGreaterThan(90_000 * 4096);
    expect(scaling.largest?.changedBytes).toBeLessThan(4 * GiB);
  });

  it('gives times of the clock with their interval', () => {
    for (const { points } of scaling.curves) {
      for (const { nanoseconds } of points) {
        const { low, median, high, samples } = nanoseconds;
        expect(samples).toBeGreaterThanOrEqual(3);
        expect(low).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(high);
        expect(median).toBe(1e6);
      }
    }
  });
});
