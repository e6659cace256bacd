import { describe, expect, test } from 'vitest';
import { checkKnees } from '../../../src/estimate/published/knees.js';
import { pointerChaseMeter } from '../../../src/estimate/published/pointer-chase.js';
import { flatten } from '../../../src/machine/cores/core-model.js';
import { APPLE_M1 } from '../../../src/machine/cores/presets/apple-m1.js';
import { NEOVERSE_N1 } from '../../../src/machine/cores/presets/neoverse-n1.js';

const measure = pointerChaseMeter();

describe('the simulator bends where the presets were measured to', () => {
  test.each(checkKnees(measure))('$id', ({ verdict, deviationPercent }) => {
    expect(Math.abs(deviationPercent)).toBeLessThan(5);
    expect(verdict).toBe('within');
  });
});

test('a fully associative level holds its entries exactly, and misses always beyond them', () => {
  const chase = (pages: number) => ({ pages, stridePages: 1, pageBytes: 4096 });
  const core = flatten(NEOVERSE_N1);
  expect(measure(core, chase(48), 'first')).toBe(0);
  expect(measure(core, chase(49), 'first')).toBe(1);
  expect(measure(core, chase(49), 'second')).toBe(0);
});

test('a stride as large as the sets leaves one of them', () => {
  const chase = (pages: number) => ({ pages, stridePages: 256, pageBytes: 16384 });
  const core = flatten(APPLE_M1);
  expect(measure(core, chase(12), 'second')).toBe(0);
  expect(measure(core, chase(13), 'second')).toBe(1);
});

test('what no machine has is refused', () => {
  const core = flatten(NEOVERSE_N1);
  expect(() => measure(core, { pages: 1, stridePages: 1, pageBytes: 8192 }, 'first')).toThrow(RangeError);
  expect(() => measure(core, { pages: 2 ** 19, stridePages: 1, pageBytes: 4096 }, 'first')).toThrow(
    RangeError,
  );
});
