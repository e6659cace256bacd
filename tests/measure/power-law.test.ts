import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitPowerLaw } from '../../src/measure/power-law.js';

const sizes = [1, 4, 16, 64, 256];

test('the exponent of an exact power law, whatever its factor', () => {
  const anywhere = { noNaN: true, noDefaultInfinity: true };
  fc.assert(
    fc.property(
      fc.double({ min: -3, max: 3, ...anywhere }),
      fc.double({ min: 1e-6, max: 1e6, ...anywhere }),
      (exponent, factor) => {
        const fit = fitPowerLaw(sizes.map((x) => ({ x, y: factor * x ** exponent })));
        expect(fit.exponent).toBeCloseTo(exponent, 9);
        expect(fit.standardError).toBeCloseTo(0, 6);
      },
    ),
  );
});

test('the standard error of a slope, as textbooks have it', () => {
  // In logarithms: x 0 1 2 3, y 0 1 1 2; slope 0.6, residuals -0.1 0.3 -0.3 0.1, squares of x about their mean 5.
  const e = Math.E;
  const fit = fitPowerLaw([
    { x: 1, y: 1 },
    { x: e, y: e },
    { x: e ** 2, y: e },
    { x: e ** 3, y: e ** 2 },
  ]);
  expect(fit.exponent).toBeCloseTo(0.6, 12);
  expect(fit.standardError).toBeCloseTo(Math.sqrt(0.2 / 2 / 5), 12);
});

test('two points leave no error; fewer, and what has no logarithm, are refused', () => {
  const two = fitPowerLaw([
    { x: 1, y: 3 },
    { x: 2, y: 6 },
  ]);
  expect(two.exponent).toBeCloseTo(1, 12);
  expect(two.standardError).toBe(0);
  for (const points of [
    [],
    [{ x: 1, y: 1 }],
    [
      { x: 1, y: 0 },
      { x: 2, y: 1 },
    ],
    [
      { x: 2, y: 1 },
      { x: 2, y: 3 },
    ],
  ]) {
    expect(() => fitPowerLaw(points)).toThrow(RangeError);
  }
});
