import { describe, expect, test } from 'vitest';
import { QUANTITIES } from '../../../src/estimate/cost/platform.js';
import { ANY_PLATFORM, PLATFORMS } from '../../../src/estimate/cost/platforms.js';

describe.each(PLATFORMS)('$id', ({ costs }) => {
  test.each(QUANTITIES)('%s is an interval with a source', (name) => {
    const { low, typical, high, source } = costs[name];
    expect(low).toBeGreaterThan(0);
    expect(typical).toBeGreaterThanOrEqual(low);
    expect(high).toBeGreaterThan(low);
    expect(high).toBeGreaterThanOrEqual(typical);
    expect(source).not.toBe('');
  });
});

test('any platform holds what the others are typically like', () => {
  for (const { costs } of PLATFORMS) {
    for (const name of QUANTITIES) {
      expect(costs[name].typical).toBeGreaterThanOrEqual(ANY_PLATFORM.costs[name].low);
      expect(costs[name].typical).toBeLessThanOrEqual(ANY_PLATFORM.costs[name].high);
    }
  }
});
