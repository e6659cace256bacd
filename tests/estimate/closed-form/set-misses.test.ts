import { describe, expect, it } from 'vitest';
import { recentUnits } from '../../../src/estimate/analytic/recent-units.js';
import { setMisses } from '../../../src/estimate/closed-form/set-misses.js';
import { Random } from '../../../src/estimate/streams/random.js';
import { ZipfRanks } from '../../../src/estimate/streams/zipf-ranks.js';

const ACCESSES = 400_000;

function placed(weights: readonly number[], sets: number) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    requests: weights.map((weight) => ({ rate: weight / total, apart: 0, lap: Infinity })),
    count: weights.map(() => 1),
    set: weights.map((_, unit) => unit % sets),
  };
}

function simulated(next: () => number, entries: number, ways: number, accesses: number): number {
  const recent = recentUnits(entries, ways, true);
  let misses = 0;
  for (let i = 0; i < accesses; i++) {
    const unit = next();
    if (!recent.touch((unit + 1) << 12, 0, unit % (entries / ways))) misses++;
  }
  return misses / accesses;
}

describe('misses of sets, as simulated', () => {
  it.each([
    [64, 4, 500],
    [160, 5, 500],
    [128, 1, 500],
  ])('uniform: %d entries of %d ways, %d units', (entries, ways, units) => {
    const random = new Random(1);
    const expected = simulated(() => random.below(units), entries, ways, ACCESSES);
    const weights = Array.from({ length: units }, () => 1);
    const misses = setMisses(placed(weights, entries / ways), [], { entries, ways }, ACCESSES);
    expect(Math.abs(misses - expected)).toBeLessThan(0.005);
  });

  it.each([0.6, 1, 1.4])('Zipf with exponent %d: sets that lie by popularity', (s) => {
    const random = new Random(2);
    const ranks = new ZipfRanks(2000, s);
    const expected = simulated(() => ranks.next(random) - 1, 256, 4, ACCESSES);
    const weights = Array.from({ length: 2000 }, (_, rank) => (rank + 1) ** -s);
    const misses = setMisses(placed(weights, 64), [], { entries: 256, ways: 4 }, ACCESSES);
    expect(Math.abs(misses - expected)).toBeLessThan(0.005);
  });

  it('counts first touches of a stream that is short', () => {
    const random = new Random(3);
    const expected = simulated(() => random.below(1000), 1024, 8, 2000);
    const weights = Array.from({ length: 1000 }, () => 1);
    const misses = setMisses(placed(weights, 128), [], { entries: 1024, ways: 8 }, 2000);
    expect(Math.abs(misses - expected)).toBeLessThan(0.02);
  });
});
