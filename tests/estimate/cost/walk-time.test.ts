import { expect, test } from 'vitest';
import { estimateWalkTime } from '../../../src/estimate/cost/walk-time.js';

test('walk cycles for each 1000 instructions, and what of them is waited for', () => {
  const { walkCycles, exposedCycles, exposedNs } = estimateWalkTime(50_000, 1_000_000, 2.5);
  expect(walkCycles).toBe(50);
  expect(exposedCycles).toEqual({ low: 10, typical: 30, high: 50 });
  expect(exposedNs).toEqual({ low: 4, typical: 12, high: 20 });
});

test('no walks cost nothing', () => {
  expect(estimateWalkTime(0, 1000, 3).exposedNs).toEqual({ low: 0, typical: 0, high: 0 });
});

test.each([
  [1, 0, 3],
  [1, -1, 3],
  [1, Number.NaN, 3],
  [1, 1000, 0],
])('%s walk cycles of %s instructions at %s GHz are refused', (cycles, instructions, ghz) => {
  expect(() => estimateWalkTime(cycles, instructions, ghz)).toThrow(RangeError);
});
