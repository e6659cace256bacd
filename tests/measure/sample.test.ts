import { describe, expect, it } from 'vitest';
import { type Batch, type SamplingPlan, sampleInTurns } from '../../src/measure/sample.js';
import { FakeTime } from './fake-time.js';

const PLAN: SamplingPlan = {
  warmUp: { leastMs: 0, mostMs: 0 },
  forMs: 0,
  turns: { least: 4, most: 4 },
  batchesPerTurn: 2,
};

/** Two batches that note what is called, and take the milliseconds given. */
function twoBatches(a: (call: number) => number, b: (call: number) => number) {
  const time = new FakeTime();
  const calls: string[] = [];
  const batch = (name: string, operations: number, ms: (call: number) => number): Batch => {
    let call = 0;
    return {
      operations,
      prepare() {
        calls.push(`prepare ${name}`);
        time.pass(1000);
      },
      run() {
        calls.push(name);
        time.pass(ms(call++));
      },
    };
  };
  return { time, calls, batches: { a: batch('a', 1000, a), b: batch('b', 10, b) } };
}

describe('sampleInTurns()', () => {
  it('reports nanoseconds per operation, without the preparation', () => {
    const { time, batches } = twoBatches(
      () => 2,
      () => 3,
    );
    expect(sampleInTurns(batches, PLAN, time.clock)).toEqual({
      a: { median: 2000, low: 2000, high: 2000, samples: 8 },
      b: { median: 300_000, low: 300_000, high: 300_000, samples: 8 },
    });
  });

  it('gives the median and its interval of the samples of all turns', () => {
    const { time, batches } = twoBatches(
      (call) => call + 1,
      () => 1,
    );
    // 8 samples of 1 … 8 ms: the interval that covers 95 % is min … max.
    const { a } = sampleInTurns(batches, PLAN, time.clock);
    expect(a).toEqual({ median: 4500, low: 1000, high: 8000, samples: 8 });
  });

  it('takes turns whose order alternates, and prepares every batch', () => {
    const { time, calls, batches } = twoBatches(
      () => 1,
      () => 1,
    );
    sampleInTurns(batches, { ...PLAN, turns: { least: 2, most: 2 }, batchesPerTurn: 1 }, time.clock);
    expect(calls).toEqual(['a', 'b', 'b', 'a'].flatMap((name) => [`prepare ${name}`, name]));
  });

  it('leaves drift out of the comparison', () => {
    const time = new FakeTime();
    const batch: Batch = { operations: 1, run: () => time.pass(time.now / 1000) };
    const { a, b } = sampleInTurns(
      { a: batch, b: { ...batch } },
      { ...PLAN, turns: { least: 200, most: 200 } },
      time.clock,
    );
    expect(Math.abs(a.median / b.median - 1)).toBeLessThan(0.01);
  });

  it('warms every batch up before the first sample', () => {
    const slowAtFirst = (call: number) => (call < 12 ? 100 : 5);
    const { time, batches } = twoBatches(slowAtFirst, slowAtFirst);
    const plan = { ...PLAN, warmUp: { leastMs: 0, mostMs: 1e6 } };
    expect(sampleInTurns(batches, plan, time.clock).a).toMatchObject({ low: 5000, high: 5000 });
  });

  it('ends with the turn in which the time is up, between the least and the most turns', () => {
    const turns = (forMs: number, least: number, most: number) => {
      const { time, batches } = twoBatches(
        () => 1,
        () => 1,
      );
      // A turn of one batch each takes 2002 ms with its preparation.
      const plan = { ...PLAN, forMs, turns: { least, most }, batchesPerTurn: 1 };
      return sampleInTurns(batches, plan, time.clock).a.samples;
    };
    expect(turns(5000, 1, 100)).toBe(3);
    expect(turns(5000, 7, 100)).toBe(7);
    expect(turns(1e9, 1, 9)).toBe(9);
  });

  it('passes on what a batch throws', () => {
    const time = new FakeTime();
    const broken: Batch = {
      operations: 1,
      run() {
        throw new Error('the map is full');
      },
    };
    expect(() => sampleInTurns({ broken }, PLAN, time.clock)).toThrow('the map is full');
  });
});
