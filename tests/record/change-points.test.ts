// Change points against published examples; sources beside them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changePoints } from '../../src/record/change-points.js';
import { compareMeans, twoSided } from '../../src/record/change-points-t-test.js';
import { TIGERBEETLE, TIGERBEETLE_POINTS, TIGERBEETLE_STALE } from './published-series.js';

const indexes = (...args: Parameters<typeof changePoints>) => changePoints(...args).map(({ index }) => index);

describe("Student's t", () => {
  // Abramowitz and Stegun, table 26.10: t at which the two-sided probability is this much.
  test.each([
    [1, 12.706, 0.05],
    [4, 4.604, 0.01],
    [10, 2.228, 0.05],
    [30, 3.646, 0.001],
    [120, 1.98, 0.05],
  ])('%i degrees of freedom, t = %f', (degrees, t, probability) => {
    expect(twoSided(t, degrees) / probability).toBeCloseTo(1, 2);
    expect(twoSided(-t, degrees)).toBe(twoSided(t, degrees));
  });

  test('the definition where there is a closed form: Cauchy for one degree, and for two', () => {
    for (const t of [0.1, 1, 3, 25]) {
      expect(twoSided(t, 1)).toBeCloseTo(1 - (2 * Math.atan(t)) / Math.PI, 12);
      expect(twoSided(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
    }
  });

  test('values that do not vary: equal, or surely different', () => {
    expect(compareMeans([5, 5, 5], [5, 5]).pValue).toBe(1);
    expect(compareMeans([5, 5, 5], [6, 6]).pValue).toBe(0);
    expect(compareMeans([5], [6]).pValue).toBe(1);
  });
});

describe('examples of Apache Otava (commit 1ceb153, tests/)', () => {
  test('series_test.py: one drop each, and a series that starts with zeros', () => {
    const first = [1.02, 0.95, 0.99, 1.0, 1.12, 0.9, 0.5, 0.51, 0.48, 0.48, 0.55];
    expect(indexes(first)).toEqual([6]);
    expect(indexes([2.02, 2.03, 2.01, 2.04, 1.82, 1.85, 1.79, 1.81, 1.8, 1.76, 1.78])).toEqual([4]);
    expect(indexes([0, 0, 0, 1.0, 1.12, 0.9, 0.5, 0.51, 0.48, 0.48, 0.55])).toEqual([3, 6]);
    expect(indexes(first, { minMagnitude: 0.2 })).toEqual([6]);
    expect(indexes([2.02, 2.03, 2.01, 2.04, 1.82, 1.85, 1.79, 1.81], { minMagnitude: 0.2 })).toEqual([]);
  });

  test('analysis_test.py: windows of ten', () => {
    const high = [1.02, 0.95, 0.99, 1.0, 1.12, 1.0, 1.01, 0.98, 1.01, 0.96];
    const low = [0.5, 0.51, 0.48, 0.48, 0.55, 0.5, 0.49, 0.51, 0.5, 0.49];
    expect(indexes([...high, ...low], { window: 10, maxPValue: 0.0001 })).toEqual([10]);
  });

  test('change_point_divisive_test.py: three levels', () => {
    const series = [0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1, 149.0, 149.7, 149.5, 149.1, 148.8, 150.0];
    expect(indexes(series, { maxPValue: 0.01 })).toEqual([5, 8]);
  });

  test.each(TIGERBEETLE_POINTS)('tigerbeetle_test.py: p $maxPValue, magnitude $minMagnitude', (example) => {
    const { maxPValue, minMagnitude, points } = example;
    expect(indexes(TIGERBEETLE, { window: 30, maxPValue, minMagnitude })).toEqual(points);
  });

  test.each(TIGERBEETLE_STALE)('the same, p $maxPValue: but for $stale', ({ maxPValue, points, stale }) => {
    const found = indexes(TIGERBEETLE, { window: 30, maxPValue });
    expect(found).toEqual(points.filter((point) => !stale.includes(point)));
    for (const point of stale) {
      const at = points.indexOf(point);
      const before = TIGERBEETLE.slice(points[at - 1], point);
      const after = TIGERBEETLE.slice(point, points[at + 1] ?? TIGERBEETLE.length);
      expect(compareMeans(before, after).pValue).toBeGreaterThan(maxPValue);
    }
  });
});

test('steps of mongodb/signal-processing-algorithms (commit aec099a, tests/test_detection.py)', () => {
  const level = (value: number, count: number) => Array<number>(count).fill(value);
  expect(indexes([...level(50, 15), ...level(100, 15)])).toEqual([15]);
  const outlier = [50, 50, 100, ...level(50, 12)];
  expect(indexes([...outlier, ...level(100, 15), ...level(150, 15)])).toEqual([15, 30]);
  expect(indexes(level(50, 30))).toEqual([]);
});

describe('any series', () => {
  const series = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 120 });

  test('has change points in order, inside, each significant, with the means of its stretches', () => {
    fc.assert(
      fc.property(series, (values) => {
        const points = changePoints(values, { maxPValue: 0.01 });
        points.forEach(({ index, before, after, pValue }, at) => {
          const [start, end] = [points[at - 1]?.index ?? 0, points[at + 1]?.index ?? values.length];
          expect(index).toBeGreaterThan(start);
          expect(index).toBeLessThan(end);
          expect(pValue).toBeLessThan(0.01);
          expect(before).toBeCloseTo(mean(values.slice(start, index)), 9);
          expect(after).toBeCloseTo(mean(values.slice(index, end)), 9);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('has the same ones in other units, by a power of two', () => {
    fc.assert(
      fc.property(series, (values) => {
        expect(indexes(values.map((value) => value * 1024))).toEqual(indexes(values));
      }),
      { numRuns: 60 },
    );
  });
});

test('a level that moves by a tenth, in noise of a fiftieth, is found where it moves', () => {
  const noise = [0.3, -0.8, 1.1, -0.2, 0.6, -1.3, 0.9, -0.5, 0.1, 0.7, -1.0, 0.4];
  const values = Array.from(
    { length: 96 },
    (_, at) => (at < 60 ? 100 : 110) + 2 * (noise[at % 12] as number),
  );
  expect(indexes(values)).toEqual([60]);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
