// Ratios of times, measured in pairs: what slows the machine down for a while slows both sides of a pair.
import type { Clock } from './clock.js';
import { median } from './statistics.js';

/** A number from 0 up to 1, exclusive. */
export type Random = () => number;

/** The reference is there twice, so that two equal things are compared next to what is asked. */
export const SIDES = ['candidate', 'reference', 'control'] as const;
export type Side = (typeof SIDES)[number];

export interface TimedWork {
  /** Brings code and data back into the caches after the other sides had them. Not timed. */
  readonly lead: () => void;
  readonly run: () => void;
}

/** Logarithms of ratios of times, one of each round. 0: equally fast; 0.05: about 5 % slower. */
export interface LogRatios {
  /** Candidate to the geometric mean of the two references. */
  readonly candidate: readonly number[];
  /** Control to reference. */
  readonly control: readonly number[];
}

export interface Visits {
  readonly rounds: number;
  /** How often a round goes there and back. */
  readonly passes: number;
}

/**
 * Times the three in rounds. A round visits them in some order and then in the reverse (A B C C B A, which is ABBA for
 * three), several times over, so that steady drift hits all alike; orders are drawn so that each comes equally often.
 * Of all visits of a side in a round the fastest counts: an interruption only ever adds time.
 */
export function pairedRatios(
  work: Readonly<Record<Side, TimedWork>>,
  { rounds, passes }: Visits,
  { clock, random }: { clock: Clock; random: Random },
): LogRatios {
  const candidate: number[] = [];
  const control: number[] = [];
  let orders: Side[][] = [];
  for (let round = 0; round < rounds; round++) {
    if (orders.length === 0) orders = shuffled(ORDERS, random);
    const order = orders.pop() as Side[];
    const fastest = { candidate: Infinity, reference: Infinity, control: Infinity };
    for (let pass = 0; pass < passes; pass++) {
      for (const side of [...order, ...order.toReversed()]) {
        fastest[side] = Math.min(fastest[side], timed(work[side], clock));
      }
    }
    const log = (side: Side) => Math.log(fastest[side]);
    candidate.push(log('candidate') - (log('reference') + log('control')) / 2);
    control.push(log('control') - log('reference'));
  }
  return { candidate, control };
}

/** The middle of each, over all rounds. */
export function middleRatios({ candidate, control }: LogRatios): { candidate: number; control: number } {
  return { candidate: median(candidate), control: median(control) };
}

/** The six orders of three sides. */
export const ORDERS: readonly Side[][] = SIDES.flatMap((first) =>
  SIDES.filter((side) => side !== first).map((second) => [
    first,
    second,
    ...SIDES.filter((side) => side !== first && side !== second),
  ]),
);

/** Fisher and Yates' shuffle, of a copy. */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

function timed({ lead, run }: TimedWork, clock: Clock): number {
  lead();
  const start = clock();
  run();
  return clock() - start;
}
