import { describe, expect, it } from 'vitest';
import { measureAgainstNative, requireEqualCounters } from '../../bench/tlb/native.js';
import { SPEED_STREAMS } from '../../bench/tlb/speed.js';
import type { TlbResult } from '../../src/estimate/tlb-simulator.js';

const SHORT = { sample: 2 ** 13, pairs: 10, warmUpPairs: 2 };

describe('measureAgainstNative()', () => {
  it.for(SPEED_STREAMS)(
    'has WASM and C count and translate the same accesses alike: %s',
    async (stream, { skip }) => {
      const result = await measureAgainstNative({ ...SHORT, stream });
      if ('skipped' in result) return skip(result.skipped);
      expect(result.checksumsEqual).toBe(true);
      expect(result.ratio.low).toBeGreaterThan(0);
      expect(result.ratio.median).toBeGreaterThanOrEqual(result.ratio.low);
      expect(result.ratio.high).toBeGreaterThanOrEqual(result.ratio.median);
      expect(result.wasmNsPerAccess).toBeGreaterThan(0);
      expect(result.nativeNsPerAccess).toBeGreaterThan(0);
    },
  );

  it('says that there is no compiler, and leaves it at that', async () => {
    expect(await measureAgainstNative({ ...SHORT, compiler: 'no-such-compiler' })).toEqual({
      skipped: 'no C compiler: no-such-compiler is not there',
    });
  });
});

describe('requireEqualCounters()', () => {
  const counts = {
    accesses: 10,
    l1Misses: 5,
    l2Misses: 3,
    walks: 2,
    linesFetched: { l2: 4, system: 0, dram: 0 },
    lookupCycles: 15,
    walkCycles: 56,
    faults: 0,
  } as TlbResult;

  it('takes equal counters', () => {
    expect(() => requireEqualCounters(counts, [10, 5, 3, 2, 4, 15, 56, 0])).not.toThrow();
  });

  it('names the counter that differs', () => {
    expect(() => requireEqualCounters(counts, [10, 5, 4, 2, 4, 15, 56, 0])).toThrow(
      'l2Misses: 3 in WASM, 4 in the C twin',
    );
  });
});
