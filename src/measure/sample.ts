// Samples: implementations of one case timed batch by batch, taking turns, so that drift of the machine hits all
// alike. tinybench times the batches; taking turns is done here, for it runs one task after the other.
import { Bench } from 'tinybench';
import type { Clock } from './clock.js';
import { medianInterval } from './statistics.js';
import { type WarmUp, warmUpUntilFlat } from './warm-up.js';

const NS_PER_MS = 1e6;

/** Work that is timed as a whole, long enough for the clock's resolution not to matter. */
export interface Batch {
  /** Operations in one batch; the time of a batch is divided by it. */
  readonly operations: number;
  /** Brings back the state that a batch starts from. Not timed. */
  readonly prepare?: () => void;
  readonly run: () => void;
}

/** Nanoseconds per operation: median of the samples with its 95 % confidence interval. */
export interface Timing {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

export interface SamplingPlan {
  readonly warmUp: WarmUp;
  /** Milliseconds of turns, preparation included; a turn that has begun is finished. */
  readonly forMs: number;
  /** Turns to take at least and at most, whatever the time. */
  readonly turns: { readonly least: number; readonly most: number };
  /** Samples of each implementation in one turn. */
  readonly batchesPerTurn: number;
}

/**
 * Times the batches named, each warmed up first, in turns whose order alternates (A B, B A, …).
 * The interval assumes independent samples: it says how well the median of this run is known, not what another
 * process would measure.
 * @throws what a batch throws.
 */
export function sampleInTurns<K extends string>(
  batches: Readonly<Record<K, Batch>>,
  plan: SamplingPlan,
  clock: Clock,
): Record<K, Timing> {
  const names = Object.keys(batches) as K[];
  for (const name of names) warmUpUntilFlat(() => timeOnce(batches[name], clock), plan.warmUp, clock);

  const samples = new Map<K, number[]>(names.map((name) => [name, []]));
  const start = clock();
  for (let turn = 0; turn < plan.turns.most; turn++) {
    if (turn >= plan.turns.least && clock() - start >= plan.forMs) break;
    const order = turn % 2 === 0 ? names : names.toReversed();
    for (const [name, times] of takeTurn(order, batches, plan.batchesPerTurn, clock)) {
      samples.get(name)?.push(...times);
    }
  }

  const timings = {} as Record<K, Timing>;
  for (const name of names) timings[name] = timingOf(samples.get(name) ?? []);
  return timings;
}

/** Nanoseconds per operation of `count` batches of each, in the order given. */
function takeTurn<K extends string>(
  order: readonly K[],
  batches: Readonly<Record<K, Batch>>,
  count: number,
  clock: Clock,
): Map<K, number[]> {
  // `time: 0` leaves the number of iterations alone to decide: hooks would not count as time.
  const bench = new Bench({
    now: clock,
    time: 0,
    iterations: count,
    warmup: false,
    retainSamples: true,
    throws: true,
  });
  for (const name of order) {
    const { prepare, run } = batches[name];
    // Without `async`, add() would run a batch once to find out, before any preparation.
    bench.add(name, run, { async: false, beforeEach: () => prepare?.() });
  }
  bench.runSync();
  return new Map(order.map((name) => [name, samplesOf(bench, name, batches[name].operations)]));
}

function samplesOf(bench: Bench, name: string, operations: number): number[] {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed' || result.latency.samples === undefined) {
    throw new Error(`tinybench did not complete '${name}': ${result?.state}`);
  }
  return result.latency.samples.map((ms) => (ms * NS_PER_MS) / operations);
}

function timeOnce({ prepare, run }: Batch, clock: Clock): number {
  prepare?.();
  const start = clock();
  run();
  return clock() - start;
}

function timingOf(samples: readonly number[]): Timing {
  const { median, low, high } = medianInterval(samples);
  return { median, low, high, samples: samples.length };
}
