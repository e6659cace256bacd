import { describe, expect, it } from 'vitest';
import type { MissCurve } from '../../../src/estimate/analytic/miss-curve.js';
import { StackDistances } from '../../../src/estimate/analytic/stack-distances.js';
import { openStream } from '../../../src/estimate/streams/index.js';
import { describeMachine } from '../../../src/machine/synthetic.js';
import { cyclicMissRatio, uniformMissRatio, zipfMissRatio } from './closed-forms.js';

const GIB = 2 ** 30;
const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 16 * GIB });
/** TLBs of real cores. */
const CAPACITIES = [16, 48, 96, 512, 1280, 1536, 2048, 3072, 4096];
const ONE_POINT = 0.01;

/** Half of the stream is warm-up. */
function stationaryCurve(spec: string): MissCurve {
  const accesses = 2 ** 22;
  const distances = new StackDistances();
  let passed = 0;
  for (const { words } of openStream(spec, machine, { accesses, seed: 7 })) {
    distances.pass(words);
    passed += words.length;
    if (passed === accesses / 2) distances.resetCounts();
  }
  const curve = distances.curve();
  expect(curve.accesses).toBe(accesses / 2);
  return curve;
}

function expectWithinOnePoint(curve: MissCurve, closedForm: (capacity: number) => number): void {
  for (const capacity of CAPACITIES) {
    expect(Math.abs(curve.missRatio(capacity) - closedForm(capacity)), `${capacity} entries`).toBeLessThan(
      ONE_POINT,
    );
  }
}

describe('a closed form and the pass over a stream agree within one point', () => {
  it.each(['1M', '8M', '64M', '1G'])('uniform over %s', (size) => {
    const curve = stationaryCurve(`uniform:size=${size}`);
    const pages = size === '1G' ? 2 ** 18 : Number.parseInt(size, 10) * 256;
    expectWithinOnePoint(curve, (capacity) => uniformMissRatio(pages, capacity));
  });

  it.each([
    ['sequential:size=4M,run=1', 1024],
    ['sequential:size=64M,run=0', 16384],
    ['chase:size=6M', 1536],
    ['strided:stride=1M,size=1G', 1024],
  ])('cyclic: %s', (spec, pages) => {
    const curve = stationaryCurve(spec);
    expectWithinOnePoint(curve, (capacity) => cyclicMissRatio(pages, capacity));
  });

  it.each([0.6, 0.8, 0.99, 1, 1.2, 2])('Zipf with exponent %d', (s) => {
    const curve = stationaryCurve(`zipf:s=${s},size=256M`);
    expectWithinOnePoint(curve, (capacity) => zipfMissRatio(65536, s, capacity));
  });
});

describe('closed forms at their ends', () => {
  it('have no misses where all units fit', () => {
    expect(uniformMissRatio(100, 100)).toBe(0);
    expect(cyclicMissRatio(100, 100)).toBe(0);
    expect(zipfMissRatio(100, 1, 100)).toBe(0);
    expect(zipfMissRatio(1, 1, 1)).toBe(0);
  });

  it('miss always without entries', () => {
    expect(uniformMissRatio(100, 0)).toBe(1);
    expect(cyclicMissRatio(100, 99)).toBe(1);
    expect(zipfMissRatio(100, 1, 0)).toBe(1);
  });

  it('give Zipf with a small exponent as uniform', () => {
    expect(zipfMissRatio(10_000, 1e-9, 2500)).toBeCloseTo(0.75, 6);
  });

  it('take a Zipf stream over terabytes of pages', () => {
    const ratio = zipfMissRatio(2 ** 34, 0.9, 2048);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1);
  });
});
