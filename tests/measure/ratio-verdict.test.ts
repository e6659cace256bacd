import { describe, expect, it } from 'vitest';
import { judgeRatios, type RatioSamples } from '../../src/measure/ratio-verdict.js';

/** Nine processes around a ratio, this far apart. */
function around(ratio: number, spread = 0.001): number[] {
  return Array.from({ length: 9 }, (_, i) => Math.log(ratio) + ((i - 4) / 4) * spread);
}

function benchmark(ratio: number, spread?: number, control = around(1)): RatioSamples {
  return { candidate: around(ratio, spread), control, margin: 0.03 };
}

function verdictOf(sample: RatioSamples) {
  return judgeRatios([sample], 0.05)[0];
}

describe('judgeRatios()', () => {
  it.each([
    ['regressed', 1.05, 0.001],
    ['improved', 0.95, 0.001],
    ['unchanged', 1.0, 0.001],
    ['unchanged', 1.02, 0.001],
    ['inconclusive', 1.03, 0.001],
    ['inconclusive', 1.05, 0.1],
  ] as const)('calls %s a ratio of %f with a spread of %f', (verdict, ratio, spread) => {
    expect(verdictOf(benchmark(ratio, spread))?.verdict).toBe(verdict);
  });

  it('says so where the reference differs from itself, and gives no verdict', () => {
    const wide = verdictOf(benchmark(1.5, 0.001, around(1, 0.2)));
    expect(wide).toMatchObject({ verdict: 'inconclusive', tooNoisy: true });
    const moved = verdictOf(benchmark(1.5, 0.001, around(1.06)));
    expect(moved).toMatchObject({ verdict: 'inconclusive', tooNoisy: true });
  });

  it('keeps to the margin of each benchmark', () => {
    expect(verdictOf({ ...benchmark(1.05), margin: 0.1 })?.verdict).toBe('unchanged');
  });

  it('needs more for one of many than for one alone', () => {
    const doubtful = benchmark(1.045, 0.02);
    expect(verdictOf(doubtful)?.verdict).toBe('regressed');
    const others = Array.from({ length: 20 }, () => benchmark(1));
    const [judged] = judgeRatios([doubtful, ...others], 0.05);
    expect(judged?.verdict).toBe('inconclusive');
    expect(judged?.candidate.confidence).toBeCloseTo(1 - 0.05 / 21, 12);
  });

  it('reports the geometric mean with an interval around it', () => {
    const judged = verdictOf(benchmark(1.05, 0.01));
    expect(judged?.candidate.ratio).toBeCloseTo(1.05, 12);
    expect(judged?.candidate.low).toBeLessThan(1.05);
    expect(judged?.candidate.high).toBeGreaterThan(1.05);
    expect(judged?.control.ratio).toBeCloseTo(1, 12);
  });

  it('knows nothing from one process', () => {
    const one = { candidate: [1], control: [0], margin: 0.03 };
    expect(verdictOf(one)).toMatchObject({ verdict: 'inconclusive', tooNoisy: true });
  });
});
