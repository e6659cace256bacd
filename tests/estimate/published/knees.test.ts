import { describe, expect, test } from 'vitest';
import { checkKnees, kneeOf, type MeasureMissRatio } from '../../../src/estimate/published/knees.js';
import type { FlatTlbModel } from '../../../src/machine/cores/core-model.js';

/** Under LRU a set that holds all its pages never misses, and one that does not misses always. */
const setCounting: MeasureMissRatio = (core, { pages, stridePages }, level) => {
  const second = 'unified' in core.l2 ? core.l2.unified : core.l2.data;
  return missRatio(level === 'first' ? core.l1Data : second, pages, stridePages);
};

function missRatio({ entries, ways }: FlatTlbModel, pages: number, stridePages: number): number {
  const sets = new Map<number, number>();
  for (let page = 0; page < pages; page++) {
    const set = (page * stridePages) % (entries / ways);
    sets.set(set, (sets.get(set) ?? 0) + 1);
  }
  const missing = [...sets.values()].filter((count) => count > ways);
  return missing.reduce((sum, count) => sum + count, 0) / pages;
}

describe('every published knee is met by LRU over the sets that the presets have', () => {
  test.each(checkKnees(setCounting))('$id', ({ deviationPercent, verdict }) => {
    expect(Math.abs(deviationPercent)).toBeLessThan(5);
    expect(verdict).toBe('within');
  });
});

test('the indexes of Apple M1 are exact', () => {
  const estimated = (id: string) => checkKnees(setCounting).find((check) => check.id === id)?.estimated;
  expect(estimated('knee-apple-m1-first-stride-32')).toBe(5);
  expect(estimated('knee-apple-m1-second-stride-32')).toBe(96);
  expect(estimated('knee-apple-m1-second-stride-256')).toBe(12);
});

test('a simulator that never misses, or always, is outside', () => {
  for (const ratio of [0, 1]) {
    for (const { verdict } of checkKnees(() => ratio)) expect(verdict).toBe('outside');
  }
});

test('the chase is measured on the core and pages that were published', () => {
  const asked = new Set<string>();
  checkKnees((core, { stridePages, pageBytes }, level) => {
    asked.add(`${core.id} ${pageBytes} ${stridePages} ${level}`);
    return 0;
  });
  expect(asked).toContain('apple-m1 16384 256 second');
  expect(asked).toContain('neoverse-v2 4096 1 first');
  expect(asked.size).toBe(11);
});

test.each([0, 1, 7, 48, 99, 100])('a knee at %s is found', (knee) => {
  expect(kneeOf((pages) => (pages > knee ? 1 : 0), 100)).toBe(knee);
});
