/** How many TLBI instructions one flush takes. */
import { describe, expect, it } from 'vitest';
import type { System } from '../../src/core/core.js';
import { pageEndOf } from '../../src/machine/va-layout.js';
import type { Granule } from '../model/geometry.js';
import { releaseCore } from './builds.js';
import { operate } from './costs.js';

const core = releaseCore();

/** [single, range, all] of flushing `pages` pages from byte `offset` of the linear map on. */
function tlbi(granule: Granule, vaBits: number, system: System, offset: number, bytes: number): number[] {
  core.reset(granule, vaBits, pageEndOf(granule, vaBits), system);
  operate(core, 'flush', offset, bytes);
  const { tlbi, dsbIshst, dsbIsh, isb, descriptorWrites } = core.counters();
  expect([dsbIshst, dsbIsh, isb, descriptorWrites]).toEqual([1, system.repeatTlbi ? 2 : 1, 1, 0]);
  return [tlbi.single, tlbi.range, tlbi.all];
}

describe('flush_tlb_kernel_range()', () => {
  it.each([
    // pages, with ranges: single and range; without: 4K, 16K, 64K, null for everything
    [0, [0, 0], [0, 0, 0]],
    [1, [1, 0], [1, 1, 1]],
    [2, [0, 1], [2, 2, 2]],
    [3, [1, 1], [3, 3, 3]],
    [8, [0, 1], [8, 8, 8]],
    [16, [0, 1], [16, 16, 16]],
    [511, [1, 2], [511, 511, 511]],
    [512, [0, 1], [null, 512, 512]],
    [513, [1, 1], [null, 513, 513]],
    [2047, [1, 2], [null, 2047, 2047]],
    [2048, [0, 1], [null, null, 2048]],
    [8191, [1, 3], [null, null, 8191]],
    [8192, [0, 1], [null, null, null]],
    [262144, [0, 1], [null, null, null]],
    [2097151, [1, 4], [null, null, null]],
    [2097152, [0, 1], [null, null, null]],
    [2097153, null, [null, null, null]],
  ])('%i pages', (pages, ranged, single) => {
    const all = [0, 0, 1];
    for (const granule of [4096, 16384, 65536] as const) {
      const withRanges = tlbi(granule, 48, { tlbiRange: true }, 0, pages * granule);
      expect(withRanges).toEqual(ranged === null ? all : [...ranged, 0]);
    }
    for (const [index, granule] of ([4096, 16384, 65536] as const).entries()) {
      const count = single[index] ?? null;
      expect(tlbi(granule, 48, {}, 0, pages * granule)).toEqual(count === null ? all : [count, 0, 0]);
    }
  });

  it.each([
    // With LPA2 the operand of a range counts in 64K: pages before that boundary go one by one.
    [4096, 1, 31, [15, 1]],
    [4096, 1, 15, [15, 0]],
    [4096, 15, 2, [2, 0]],
    [4096, 15, 3, [1, 1]],
    [4096, 16, 16, [0, 1]],
    // 15 lead up to 64K; what is left falls apart into four scales and one page.
    [4096, 1, 15 + 2097151 - 16, [16, 4]],
    [16384, 1, 5, [3, 1]],
    [16384, 3, 1, [1, 0]],
    [16384, 1, 3 + 2097151 - 4, [4, 4]],
  ] as const)('LPA2, granule %i, from page %i, %i pages: %j', (granule, first, pages, expected) => {
    const lpa2 = { tlbiRange: true, lpa2: true };
    expect(tlbi(granule, 52, lpa2, first * granule, pages * granule)).toEqual([...expected, 0]);
    // Without LPA2 any page will do.
    const plain = tlbi(granule, 48, { tlbiRange: true }, first * granule, pages * granule);
    expect((plain[0] ?? 0) + (plain[1] ?? 0)).toBeLessThanOrEqual(5);
  });

  it('rounds out to pages', () => {
    expect(tlbi(4096, 48, { tlbiRange: true }, 4095, 2)).toEqual([0, 1, 0]);
    expect(tlbi(4096, 48, { tlbiRange: true }, 1, 1)).toEqual([1, 0, 0]);
    expect(tlbi(65536, 48, {}, 65535, 2)).toEqual([2, 0, 0]);
  });

  it('repeats one TLBI and one dsb ish where the workaround is active, whatever was flushed', () => {
    const ranged = { tlbiRange: true, repeatTlbi: true };
    expect(tlbi(4096, 48, ranged, 0, 4096)).toEqual([2, 0, 0]);
    expect(tlbi(4096, 48, ranged, 0, 512 * 4096)).toEqual([1, 1, 0]);
    expect(tlbi(4096, 48, ranged, 0, 2097153 * 4096)).toEqual([1, 0, 1]);
    expect(tlbi(4096, 48, { repeatTlbi: true }, 0, 8 * 4096)).toEqual([9, 0, 0]);
    expect(tlbi(4096, 48, ranged, 0, 0)).toEqual([1, 0, 0]);
  });

  it('flush_tlb_all() is one', () => {
    core.reset(4096, 48, pageEndOf(4096, 48), { tlbiRange: true });
    operate(core, 'flushAll', 0, 0);
    const { tlbi, dsbIshst, dsbIsh, isb } = core.counters();
    expect([tlbi, dsbIshst, dsbIsh, isb]).toEqual([{ single: 0, range: 0, all: 1 }, 1, 1, 1]);
  });
});
