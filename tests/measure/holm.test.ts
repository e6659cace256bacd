import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holmLevels } from '../../src/measure/holm.js';

it('divides by the tests that are left, as long as they reject', () => {
  // 0.005 and 0.01 are below 0.05 / 4 and 0.05 / 3; 0.03 is not below 0.05 / 2, and with it the levels stop.
  const levels = holmLevels([0.01, 0.04, 0.03, 0.005], 0.05);
  expect(levels).toEqual([0.05 / 3, 0.05 / 2, 0.05 / 2, 0.05 / 4]);
});

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

it('rejects all that Bonferroni rejects, and nothing that is not below alpha', () => {
  fc.assert(
    fc.property(pValues, (values) => {
      const levels = holmLevels(values, 0.05);
      for (const [i, p] of values.entries()) {
        if (p < 0.05 / values.length) expect(p).toBeLessThan(levels[i] as number);
        if (p >= 0.05) expect(p).toBeGreaterThanOrEqual(levels[i] as number);
      }
    }),
  );
});

it('never rejects a test and not one with a smaller p-value', () => {
  fc.assert(
    fc.property(pValues, (values) => {
      const levels = holmLevels(values, 0.05);
      const rejected = values.filter((p, i) => p < (levels[i] as number));
      const kept = values.filter((p, i) => p >= (levels[i] as number));
      expect(Math.max(-1, ...rejected)).toBeLessThanOrEqual(Math.min(2, ...kept));
    }),
  );
});
