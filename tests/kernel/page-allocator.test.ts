/** Physical pages: aligned, inside memory, nobody’s twice, and the same for the same seed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consecutiveRuns } from '../../src/kernel/alias-policy.js';
import { BACKINGS, type Backing, PageAllocator } from '../../src/kernel/page-allocator.js';
import type { Machine } from '../../src/machine/machine.js';
import { runs } from '../core/runs.js';
import { GiB, MiB } from '../core/sizes.js';
import { machineWith } from './machines.js';

const GRANULES = [
  [4096, 48],
  [16384, 47],
  [65536, 48],
] as const;

/** Memory with a hole, a bank that is not mapped, an image and a pool. */
function crowded([granule, vaBits]: (typeof GRANULES)[number]): Machine {
  const machine = machineWith({ granule, vaBits, memory: 2 * GiB, image: true, kfence: 'early' });
  const more = [
    { start: 4 * GiB, size: GiB, noMap: true },
    { start: 6 * GiB, size: 58 * GiB, noMap: false },
  ];
  return { ...machine, memory: [...machine.memory, ...more] };
}

const request = fc.record({
  count: fc.integer({ min: 1, max: 300 }),
  backing: fc.constantFrom<Backing>(...BACKINGS.filter((backing) => !backing.startsWith('huge'))),
});

describe('pages', () => {
  it('are the machine’s, aligned, given once, and the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...GRANULES),
        fc.array(request, { maxLength: 6 }),
        fc.nat(1000),
        (regime, requests, seed) => {
          const machine = crowded(regime);
          const { granule, image, kfence } = machine;
          const take = () => {
            const allocator = new PageAllocator(machine, seed);
            return requests.map(({ count, backing }) => allocator.pages(count, backing, granule));
          };
          const taken = take();
          expect(take()).toEqual(taken);
          expect(taken.map(({ length }) => length)).toEqual(requests.map(({ count }) => count));
          const all = taken.flat();
          expect(new Set(all).size).toBe(all.length);
          for (const page of all) {
            expect(page % granule).toBe(0);
            const bank = machine.memory.find(
              ({ start, size }) => page >= start && page + granule <= start + size,
            );
            expect(bank?.noMap).toBe(false);
            const { pool } = kfence;
            for (const [from = 0, to = 0] of [
              [image?.text, image?.bssStop],
              [pool?.start, (pool?.start ?? 0) + (pool?.size ?? 0)],
            ]) {
              expect(page < to && page + granule > from).toBe(false);
            }
          }
        },
      ),
      { numRuns: runs(30) },
    );
  });

  it('of another seed are others', () => {
    const [one, other] = [1, 2].map((seed) =>
      new PageAllocator(machineWith(), seed).pages(8, 'scattered', 4096),
    );
    expect(one).not.toEqual(other);
  });

  it('come as so many runs of naturally aligned powers of two as the number has ones', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...GRANULES),
        fc.integer({ min: 1, max: 1023 }),
        fc.nat(100),
        ([granule, vaBits], count, seed) => {
          const allocator = new PageAllocator(machineWith({ granule, vaBits, memory: 64 * GiB }), seed);
          const pages = allocator.pages(count, 'runs', granule);
          const ones = [...count.toString(2)].flatMap((bit, i, bits) =>
            bit === '1' ? [2 ** (bits.length - 1 - i)] : [],
          );
          const found = consecutiveRuns(pages, granule);
          // Neighbours by chance are possible, and are one run.
          expect(found.length).toBeLessThanOrEqual(ones.length);
          let first = 0;
          for (const length of ones) {
            const run = pages.slice(first, first + length);
            expect(consecutiveRuns(run, granule)).toHaveLength(1);
            expect((run[0] ?? 0) % (length * granule)).toBe(0);
            first += length;
          }
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it.each([
    [25, [16, 8, 1]],
    [5, [4, 1]],
    [15, [8, 4, 2, 1]],
    [300, [256, 32, 8, 4]],
    [2049, [1024, 1024, 1]],
  ])('%i pages are runs of %j', (count, lengths) => {
    const pages = new PageAllocator(machineWith({ memory: 256 * GiB })).pages(count, 'runs', 4096);
    expect(consecutiveRuns(pages, 4096).map(({ size }) => size / 4096)).toEqual(lengths);
  });

  it('of small blocks keep together in page blocks, by size', () => {
    const allocator = new PageAllocator(machineWith({ memory: 256 * GiB }));
    const blocks = (bytes: number) =>
      new Set(
        Array.from({ length: (2 * MiB) / bytes }, () =>
          Math.floor(allocator.allocateGrouped(bytes) / (2 * MiB)),
        ),
      );
    const [pages, groups] = [blocks(4096), blocks(65536)];
    expect([pages.size, groups.size]).toEqual([1, 1]);
    expect(pages).not.toEqual(groups);
  });

  it('huge units are aligned to themselves', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(64 * 1024, 2 * MiB, 32 * MiB),
        fc.integer({ min: 1, max: 3 }),
        (unit, units) => {
          const allocator = new PageAllocator(machineWith({ memory: 16 * GiB }));
          const pages = allocator.pages((units * unit) / 4096, 'huge-pmd', unit);
          for (let at = 0; at < pages.length; at += unit / 4096) {
            const [first = 0] = pages.slice(at);
            expect(first % unit).toBe(0);
            expect(consecutiveRuns(pages.slice(at, at + unit / 4096), 4096)).toEqual([
              { pa: first, size: unit },
            ]);
          }
        },
      ),
      { numRuns: runs(20) },
    );
  });
});

describe('memory that is full', () => {
  it('gives its last page, and then says so', () => {
    const allocator = new PageAllocator(machineWith({ memory: MiB }));
    const pages = Array.from({ length: 256 }, () => allocator.allocate(4096));
    expect(new Set(pages).size).toBe(256);
    expect(() => allocator.allocate(4096)).toThrow(RangeError);
  });

  it('has no block larger than a bank, but pages where it has no page block', () => {
    const allocator = new PageAllocator(machineWith({ memory: MiB }));
    expect(() => allocator.allocate(2 * MiB)).toThrow(RangeError);
    expect(allocator.pages(5, 'runs', 4096)).toHaveLength(5);
  });
});
