import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval, outsideProbability, trimmedMean } from '../../src/measure/mean-interval.js';

describe('meanInterval()', () => {
  it('is the mean and so many standard errors', () => {
    const estimate = trimmedMean([1, 2, 3, 6]);
    expect(estimate).toMatchObject({ mean: 3, freedom: 3 });
    // Squares 4 + 1 + 0 + 9 over 3 degrees of freedom and 4 values.
    expect(estimate.error).toBeCloseTo(Math.sqrt(14 / 12), 12);
    // t(0.975, 3) = 3.182
    const { low, high } = meanInterval(estimate, 0.95);
    expect(high - 3).toBeCloseTo(3.182 * Math.sqrt(14 / 12), 2);
    expect(3 - low).toBeCloseTo(high - 3, 12);
  });

  it('leaves the fifth at each end out of the mean, and moves it in for the error', () => {
    // Kept are 3 … 8. Of 3 3 3 4 5 6 7 8 8 8 the squared distances from 5.5 add up to 42.5.
    const estimate = trimmedMean([3, 99, 8, 2, 4, 5, -1000, 9, 6, 7]);
    expect(estimate).toMatchObject({ mean: 5.5, freedom: 5 });
    expect(estimate.error).toBeCloseTo(Math.sqrt(42.5 / 30), 12);
  });

  it('knows nothing from one value, and everything from equal ones', () => {
    expect(meanInterval(trimmedMean([7]), 0.95)).toEqual({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
    expect(meanInterval(trimmedMean([7, 7, 7]), 0.999)).toEqual({ low: 7, high: 7 });
  });
});

describe('outsideProbability()', () => {
  it('is below a level just where the interval of that level lies outside the margin', () => {
    const values = fc.array(fc.double({ min: -0.1, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 30 });
    const level = fc.double({ min: 0.0005, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(values, level, (sample, alpha) => {
        const estimate = trimmedMean(sample);
        const p = outsideProbability(estimate, 0.03);
        fc.pre(Math.abs(p - alpha) > 1e-9);
        const { low, high } = meanInterval(estimate, 1 - alpha);
        expect(p < alpha).toBe(low > 0.03 || high < -0.03);
      }),
    );
  });

  it('is 1 for a single value', () => {
    expect(outsideProbability(trimmedMean([5]), 0.03)).toBe(1);
  });
});
