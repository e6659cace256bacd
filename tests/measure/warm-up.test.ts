import { describe, expect, it } from 'vitest';
import { warmUpUntilFlat } from '../../src/measure/warm-up.js';
import { FakeTime } from './fake-time.js';

/** Batches that take the times given, then the last of them for ever; how many were run. */
function warmUp(
  times: readonly number[],
  leastMs: number,
  mostMs: number,
): { flat: boolean; batches: number } {
  const time = new FakeTime();
  let batches = 0;
  const batch = () => {
    const ms = times[Math.min(batches++, times.length - 1)] as number;
    time.pass(ms);
    return ms;
  };
  const flat = warmUpUntilFlat(batch, { leastMs, mostMs }, time.clock);
  return { flat, batches };
}

const repeat = (times: number, ms: number) => Array.from({ length: times }, () => ms);

describe('warmUpUntilFlat()', () => {
  it('ends after two windows of five batches without a gain', () => {
    expect(warmUp([10], 0, 1e6)).toEqual({ flat: true, batches: 15 });
  });

  it('goes on while a compiler makes batches faster', () => {
    const tiers = [...repeat(8, 100), ...repeat(12, 40), ...repeat(1, 8)];
    expect(warmUp(tiers, 0, 1e6)).toEqual({ flat: true, batches: 35 });
  });

  it('is not fooled by one slow or one fast batch in a window', () => {
    const times = [...repeat(5, 10), 50, ...repeat(4, 10), ...repeat(4, 10), 1];
    expect(warmUp(times, 0, 1e6)).toEqual({ flat: true, batches: 15 });
  });

  it('spends the least time even if batches are flat at once', () => {
    expect(warmUp([10], 200, 1e6)).toEqual({ flat: true, batches: 20 });
  });

  it('gives up after the most time', () => {
    const falling = Array.from({ length: 1000 }, (_, i) => 100 * 0.98 ** i);
    expect(warmUp(falling, 0, 1000).flat).toBe(false);
  });
});
