import { describe, expect, it } from 'vitest';
import {
  middleRatios,
  ORDERS,
  pairedRatios,
  SIDES,
  type Side,
  shuffled,
} from '../../src/measure/paired-ratio.js';
import { FakeTime } from './fake-time.js';

/** Work of the three sides that takes the milliseconds given for each visit, and notes its visits. */
function visits(ms: (side: Side, time: FakeTime, visit: number) => number) {
  const time = new FakeTime();
  const order: Side[] = [];
  const work = (side: Side) => ({
    lead: () => time.pass(1000),
    run() {
      order.push(side);
      time.pass(ms(side, time, order.length - 1));
    },
  });
  return {
    time,
    order,
    work: { candidate: work('candidate'), reference: work('reference'), control: work('control') },
  };
}

const random = () => 0.5;

describe('pairedRatios()', () => {
  it('gives the logarithms of the ratios, the lead left out', () => {
    const { work, time } = visits((side) => ({ candidate: 3, reference: 2, control: 4 })[side]);
    const { candidate, control } = pairedRatios(
      work,
      { rounds: 3, passes: 1 },
      { clock: time.clock, random },
    );
    expect(candidate).toHaveLength(3);
    for (const log of candidate) expect(log).toBeCloseTo(Math.log(3 / Math.sqrt(8)), 12);
    for (const log of control) expect(log).toBeCloseTo(Math.log(2), 12);
  });

  it('goes there and back so many times a round, in each order equally often', () => {
    const { work, time, order } = visits(() => 1);
    pairedRatios(work, { rounds: 12, passes: 2 }, { clock: time.clock, random });
    const rounds = Array.from({ length: 12 }, (_, i) => order.slice(12 * i, 12 * i + 12));
    for (const round of rounds) {
      const there = round.slice(0, 3);
      const back = there.toReversed();
      expect(round).toEqual([...there, ...back, ...there, ...back]);
    }
    const starts = rounds.map((round) => round.slice(0, 3).join());
    for (const one of ORDERS) expect(starts.filter((start) => start === one.join())).toHaveLength(2);
  });

  it('is not moved by drift of the machine', () => {
    const { work, time } = visits((_, { now }) => 10 + now / 1e4);
    const { candidate } = pairedRatios(work, { rounds: 60, passes: 1 }, { clock: time.clock, random });
    const mean = candidate.reduce((sum, log) => sum + log, 0) / candidate.length;
    expect(Math.abs(mean)).toBeLessThan(0.005);
  });

  it('is not moved by an interruption of one of the two visits', () => {
    const { work, time } = visits((_, __, visit) => (visit % 6 < 3 ? 50 : 1));
    expect(middleRatios(pairedRatios(work, { rounds: 6, passes: 1 }, { clock: time.clock, random }))).toEqual(
      {
        candidate: 0,
        control: 0,
      },
    );
  });
});

it('there are six orders of three sides', () => {
  expect(new Set(ORDERS.map((order) => order.join())).size).toBe(6);
  for (const order of ORDERS) expect(order.toSorted()).toEqual([...SIDES].sort());
});

it('shuffled() keeps the values and leaves the list alone', () => {
  const values = [1, 2, 3, 4, 5];
  expect(shuffled(values, () => 0)).toEqual([2, 3, 4, 5, 1]);
  expect(values).toEqual([1, 2, 3, 4, 5]);
});
