import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { studentTCdf, studentTQuantile } from '../../src/measure/student-t.js';

describe('studentTQuantile()', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, and for 0.9995 any printed table.
  it.each([
    [0.9, 1, 3.078],
    [0.95, 2, 2.92],
    [0.975, 1, 12.706],
    [0.975, 5, 2.571],
    [0.975, 10, 2.228],
    [0.975, 30, 2.042],
    [0.975, 100, 1.984],
    [0.99, 4, 3.747],
    [0.995, 8, 3.355],
    [0.999, 8, 4.501],
    [0.999, 17, 3.646],
    [0.9995, 10, 4.587],
  ])('is the printed value at %f with %i degrees of freedom', (p, freedom, printed) => {
    expect(studentTQuantile(p, freedom)).toBeCloseTo(printed, 3);
  });

  it('undoes studentTCdf() and is symmetric', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        (p, n) => {
          expect(studentTCdf(studentTQuantile(p, n), n)).toBeCloseTo(p, 10);
          expect(studentTQuantile(1 - p, n)).toBeCloseTo(-studentTQuantile(p, n), 4);
        },
      ),
    );
  });

  it('refuses what is no probability, and no freedom', () => {
    for (const p of [0, 1, -0.1, Number.NaN]) expect(() => studentTQuantile(p, 5)).toThrow(RangeError);
    expect(() => studentTQuantile(0.5, 0)).toThrow(RangeError);
  });
});

describe('studentTCdf()', () => {
  // One and two degrees of freedom have closed forms.
  it.each([-40, -3, -0.5, 0, 0.1, 1, 7, 1000])('is the closed form at %f', (t) => {
    expect(studentTCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
    expect(studentTCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12);
  });

  it('ends at 0 and 1', () => {
    expect([studentTCdf(Number.NEGATIVE_INFINITY, 3), studentTCdf(Number.POSITIVE_INFINITY, 3)]).toEqual([
      0, 1,
    ]);
  });
});
