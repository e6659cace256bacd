import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MissCurve } from '../../../src/estimate/analytic/miss-curve.js';
import { StackDistances } from '../../../src/estimate/analytic/stack-distances.js';
import { Random } from '../../../src/estimate/streams/random.js';
import { LruBuffer, wordsOf } from './lru-buffer.js';

function curveOf(pages: readonly number[]): MissCurve {
  const distances = new StackDistances();
  distances.pass(wordsOf(pages));
  return distances.curve();
}

function missesOf(pages: readonly number[], entries: number): number {
  const buffer = new LruBuffer(entries);
  return pages.filter((page) => !buffer.touch(page)).length;
}

/** Pages of which some are touched far more than others, and some again and again in order. */
function mixedPages(accesses: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: accesses }, (_, i) => {
    const kind = random.below(4);
    if (kind === 0) return random.below(20);
    if (kind === 1) return 1000 + (i % 300);
    return kind === 2 ? random.below(500) : random.below(9000);
  });
}

describe('a pass over accesses', () => {
  it('gives the misses of an LRU buffer of every capacity', () => {
    const accesses = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(accesses, (pages) => {
        const curve = curveOf(pages);
        for (let entries = 1; entries <= 32; entries++) {
          expect(curve.misses(entries)).toBe(missesOf(pages, entries));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does so over many axes of time and a table that has grown', () => {
    const pages = mixedPages(150_000, 1);
    const curve = curveOf(pages);
    for (const entries of [1, 2, 48, 299, 300, 301, 1280, 4095, 4096]) {
      expect(curve.misses(entries)).toBe(missesOf(pages, entries));
    }
  });

  it('keeps first touches apart from deep ones', () => {
    const lap = Array.from({ length: 100_000 }, (_, page) => page);
    const curve = curveOf([...lap, ...lap]);
    expect(curve.firstTouches).toBe(100_000);
    expect(curve.misses(4096)).toBe(200_000);
    expect(curve.accesses).toBe(200_000);
  });

  it('knows nothing of those that had its memory before', () => {
    const lap = Array.from({ length: 300_000 }, (_, page) => page);
    const before = new StackDistances();
    before.pass(wordsOf(lap));
    before.end();
    // Few units, then so many that the table grows to where it had been.
    const pages = [...mixedPages(20_000, 2), ...lap.slice(0, 100_000), ...lap.slice(0, 100_000)];
    const after = new StackDistances();
    after.pass(wordsOf(pages));
    expect(after.curve().firstTouches).toBe(new Set(pages).size);
    for (const entries of [1, 300, 4096]) {
      expect(after.curve().misses(entries)).toBe(missesOf(pages, entries));
    }
    after.end();
  });

  it('may come in any pieces', () => {
    const pages = mixedPages(5000, 2);
    const pieces = new StackDistances();
    for (let from = 0, length = 1; from < pages.length; from += length, length = (length * 3) % 601) {
      pieces.pass(wordsOf(pages.slice(from, from + length)));
    }
    const whole = curveOf(pages);
    for (let entries = 0; entries <= 4096; entries++) {
      expect(pieces.curve().misses(entries)).toBe(whole.misses(entries));
    }
  });

  it('tells the largest capacity from the one below', () => {
    const lap = Array.from({ length: 4096 }, (_, page) => page);
    const curve = curveOf([...lap, ...lap]);
    expect(curve.misses(4096)).toBe(4096);
    expect(curve.misses(4095)).toBe(8192);
    expect(() => curve.misses(4097)).toThrow(RangeError);
  });

  it('goes on from a warm-up that is not counted', () => {
    const distances = new StackDistances();
    distances.pass(wordsOf([1, 2, 3]));
    distances.resetCounts();
    distances.pass(wordsOf([3, 2, 1, 4]));
    const curve = distances.curve();
    expect([0, 1, 2, 3].map((entries) => curve.misses(entries))).toEqual([4, 3, 2, 1]);
    expect(curve.accesses).toBe(4);
    expect(distances.units).toBe(4);
  });

  it('has units of the size asked for', () => {
    const distances = new StackDistances({ unitBytes: 65536 });
    distances.pass(wordsOf([0, 15, 16, 31, 0]));
    expect(distances.units).toBe(2);
    expect(distances.curve().misses(1)).toBe(3);
    for (const unitBytes of [2048, 12288])
      expect(() => new StackDistances({ unitBytes })).toThrow(RangeError);
  });

  it('has all classes in one buffer, and tells their misses apart', () => {
    const distances = new StackDistances({ classes: ['linearMap', 'instruction'] });
    distances.pass(wordsOf([1]));
    distances.pass(wordsOf([2], 3));
    distances.pass(wordsOf([9], 2));
    distances.pass(wordsOf([1]));
    distances.pass(wordsOf([2], 3));
    expect(distances.curve(['linearMap']).misses(1)).toBe(2);
    expect(distances.curve(['linearMap']).misses(2)).toBe(1);
    expect(distances.curve().accesses).toBe(4);
    expect(distances.curve(['user']).accesses).toBe(0);
    expect(distances.curve(['user']).missRatio(1)).toBe(0);
  });
});
