import { describe, expect, it } from 'vitest';
import { median, medianInterval } from '../../src/measure/statistics.js';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('median()', () => {
  it('is the middle value, or the mean of the two middle ones, in any order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('sorts as numbers and leaves its argument alone', () => {
    const values = [10, 9, 1];
    expect(median(values)).toBe(9);
    expect(values).toEqual([10, 9, 1]);
  });

  it('refuses an empty list', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('medianInterval()', () => {
  // Ranks and percent up to 20 values as textbooks print them in tables of intervals for the median; beyond, the
  // sums of binomial coefficients in exact integer arithmetic.
  it.each([
    [6, 1, 6, 96.9],
    [7, 1, 7, 98.4],
    [8, 1, 8, 99.2],
    [9, 2, 8, 96.1],
    [10, 2, 9, 97.9],
    [11, 2, 10, 98.8],
    [12, 3, 10, 96.1],
    [15, 4, 12, 96.5],
    [17, 5, 13, 95.1],
    [18, 5, 14, 96.9],
    [19, 5, 15, 98.1],
    [20, 6, 15, 95.9],
    [25, 8, 18, 95.67],
    [30, 10, 21, 95.72],
    [50, 18, 33, 96.72],
    [100, 40, 61, 96.48],
    [10_000, 4902, 5099, 95.12],
  ])('of %i values goes from value %i to value %i and covers %f %%', (n, low, high, percent) => {
    const interval = medianInterval(upTo(n));
    expect(interval).toMatchObject({ median: (n + 1) / 2, low, high });
    const rounding = Number.isInteger(percent * 10) ? 0.06 : 0.006;
    expect(Math.abs(interval.confidence * 100 - percent)).toBeLessThan(rounding);
  });

  it('is min … max where that covers less than was asked, and says what it covers', () => {
    expect(medianInterval(upTo(5))).toEqual({ median: 3, low: 1, high: 5, confidence: 0.9375 });
    expect(medianInterval([4])).toEqual({ median: 4, low: 4, high: 4, confidence: 0 });
  });

  it('narrows as the confidence falls', () => {
    // 1 - 2 (1 + 10 + 45) / 1024
    const { low, high, confidence } = medianInterval(upTo(10), 0.85);
    expect([low, high]).toEqual([3, 8]);
    expect(confidence).toBeCloseTo(0.890625, 12);
  });

  it('is not moved by how far away an outlier is', () => {
    const [near, far] = [11, 1e9].map((last) => medianInterval([...upTo(10), last]));
    expect(far).toEqual(near);
  });
});
