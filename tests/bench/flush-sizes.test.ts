/** Flushes of the main job: on both sides of every limit, and as many TLBIs as the kernel's rules say. */
import { expect, it } from 'vitest';
import { flushSizes } from '../../bench/flush-sizes.js';
import { Core } from '../../src/core/core.js';
import type { FlushRecord } from '../../src/record/run.js';

const records = flushSizes(new Core());

function tlbi(granule: number, cpu: string, pages: number, firstPage = 0) {
  const record = records.find((one) => one.granule === granule && one.cpu === cpu);
  return record?.flushes.find((one) => one.pages === pages && one.firstPage === firstPage)?.tlbi;
}

it('without range operations goes page by page below the entries of one table', () => {
  for (const [granule, limit] of [
    [4096, 512],
    [16_384, 2048],
    [65_536, 8192],
  ] as const) {
    expect(tlbi(granule, 'single', limit - 1)).toEqual({ single: limit - 1, range: 0, all: 0 });
    expect(tlbi(granule, 'single', limit)).toEqual({ single: 0, range: 0, all: 1 });
  }
});

it('with them takes one for each scale that is in the size, up to the largest', () => {
  expect(tlbi(4096, 'range', 1)).toEqual({ single: 1, range: 0, all: 0 });
  expect(tlbi(4096, 'range', 2)).toEqual({ single: 0, range: 1, all: 0 });
  expect(tlbi(4096, 'range', 65)).toEqual({ single: 1, range: 1, all: 0 });
  expect(tlbi(4096, 'range', 2_097_152)).toEqual({ single: 0, range: 1, all: 0 });
  expect(tlbi(4096, 'range', 2_097_153)).toEqual({ single: 0, range: 0, all: 1 });
});

it('under LPA2 goes by pages up to a boundary of 64K', () => {
  expect(tlbi(4096, 'range-lpa2', 64, 0)).toEqual({ single: 0, range: 1, all: 0 });
  const { single = 0 } = tlbi(4096, 'range-lpa2', 64, 1) ?? {};
  expect(single).toBeGreaterThanOrEqual(15);
});

it('is whole: no flush without TLBI and barriers, and each is recorded once', () => {
  const keys = records.map(({ granule, cpu }) => `${granule} ${cpu}`);
  expect(new Set(keys).size).toBe(keys.length);
  const all = records.flatMap(({ flushes }: FlushRecord) => flushes);
  for (const { tlbi, dsbIshst, dsbIsh } of all) {
    expect(tlbi.single + tlbi.range + tlbi.all).toBeGreaterThan(0);
    expect(dsbIshst).toBe(1);
    expect(dsbIsh).toBeGreaterThan(0);
  }
});
