import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pagesOfRange, tlbiOperations } from './flush.js';
import { type Granule, geometryOf, isAligned } from './geometry.js';

describe('flushing', () => {
  const start = -(2 ** 47);
  it.each([
    [0, 0, 0, 0, 0],
    [1, 1, 1, 1, 1],
    [2, 1, 2, 2, 2],
    [3, 2, 3, 3, 3],
    [8, 1, 8, 8, 8],
    [16, 1, 16, 16, 16],
    [511, 3, 511, 511, 511],
    [512, 1, 'all', 512, 512],
    [513, 2, 'all', 513, 513],
    [8192, 1, 'all', 'all', 'all'],
    [262144, 1, 'all', 'all', 'all'],
    [2097151, 5, 'all', 'all', 'all'],
    [2097152, 1, 'all', 'all', 'all'],
    [2097153, 'all', 'all', 'all', 'all'],
  ])('%i pages take %s operations with ranges, else %s, %s or %s', (pages, ranged, ...single) => {
    const issued = (granule: Granule, tlbiRange: boolean) => {
      const operations = tlbiOperations(
        geometryOf(granule, 48, false),
        tlbiRange,
        start,
        start + pages * granule,
      );
      return operations[0]?.kind === 'all' ? 'all' : operations.length;
    };
    expect(issued(4096, true)).toBe(ranged);
    expect(([4096, 16384, 65536] as const).map((granule) => issued(granule, false))).toEqual(single);
  });

  it('covers exactly the range, with operands that fit, and few operations under LPA2', () => {
    const granules = fc.constantFrom<Granule>(4096, 16384);
    fc.assert(
      fc.property(granules, fc.nat(64), fc.integer({ min: 1, max: 2097152 }), (granule, first, pages) => {
        const from = start + first * granule;
        let next = from;
        const operations = tlbiOperations(geometryOf(granule, 52, true), true, from, from + pages * granule);
        for (const operation of operations) {
          if (operation.kind === 'all') throw new Error('no range of this size flushes everything');
          expect(operation.va).toBe(next);
          next += granule * (operation.kind === 'range' ? pagesOfRange(operation.scale, operation.num) : 1);
          if (operation.kind === 'range') {
            expect(operation.num).toBeLessThanOrEqual(31);
            expect(isAligned(operation.va, 65536)).toBe(true);
          }
        }
        expect(next).toBe(from + pages * granule);
        expect(operations.length).toBeLessThanOrEqual(granule === 4096 ? 20 : 8);
      }),
    );
  });
});
