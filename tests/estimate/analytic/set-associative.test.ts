import { expect, it } from 'vitest';
import { setAssociativeMisses } from '../../../src/estimate/analytic/set-associative.js';
import { StackDistances } from '../../../src/estimate/analytic/stack-distances.js';
import { Permutation } from '../../../src/estimate/streams/permutation.js';
import { Random } from '../../../src/estimate/streams/random.js';
import { ZipfRanks } from '../../../src/estimate/streams/zipf-ranks.js';
import { LruBuffer, wordsOf } from './lru-buffer.js';

const random = new Random(3);
const ranks = new ZipfRanks(5000, 0.8);
const scatter = new Permutation(2 ** 20, 4);
const pages = Array.from({ length: 200_000 }, () => scatter.at(ranks.next(random)));
const distances = new StackDistances();
distances.pass(wordsOf(pages));
const curve = distances.curve();

it.each([
  [1280, 5],
  [1024, 4],
  [2048, 8],
  [512, 1],
])('%d entries of %d ways miss within one point of what the binomial says', (entries, ways) => {
  const sets = Array.from({ length: entries / ways }, () => new LruBuffer(ways));
  const misses = pages.filter((page) => !sets[page % sets.length]?.touch(page)).length;
  const estimate = setAssociativeMisses(curve, entries, ways);
  expect(Math.abs(estimate - misses) / pages.length).toBeLessThan(0.01);
});

it('with one set is the curve itself', () => {
  for (const entries of [1, 48, 300]) {
    expect(setAssociativeMisses(curve, entries, entries)).toBeCloseTo(curve.misses(entries), 6);
  }
});

it('refuses entries that make no whole sets', () => {
  expect(() => setAssociativeMisses(curve, 1000, 3)).toThrow(RangeError);
});
