// What one process of the gate measures.
import { type OtherBuild, otherBuild } from '../../src/core/other-build.js';
import type { Clock } from '../../src/measure/clock.js';
import {
  type LogRatios,
  middleRatios,
  ORDERS,
  pairedRatios,
  type Random,
  type Side,
  shuffled,
  type TimedWork,
  type Visits,
} from '../../src/measure/paired-ratio.js';
import type { GateCase } from './cases.js';

export interface ProcessPlan {
  /** Counts the processes of a run: they take the orders in which sides are set up in turn. */
  readonly index: number;
  /** How often each case is set up anew, in memory elsewhere. */
  readonly placements: number;
  /** Rounds of pairs after each, and how often each goes there and back. */
  readonly visits: Visits;
}

/** Logarithms of ratios, the middle of all rounds. */
export interface ProcessRatios {
  readonly candidate: number;
  readonly control: number;
}

/** Batches of each side before the first that counts. WASM is optimised from the start, what calls it is not. */
const WARM_UP = 3;
/** Calls of the work before a batch, for code and tables to be in the caches again. */
const LEAD = 1;

/** Measures the cases in random order. The builds are compiled here, each with code of its own. */
export function processRatios(
  cases: readonly GateCase[],
  builds: { readonly candidate: Uint8Array; readonly reference: Uint8Array },
  plan: ProcessPlan,
  { clock, random }: { clock: Clock; random: Random },
): Map<string, ProcessRatios> {
  const order = ORDERS[plan.index % ORDERS.length] as Side[];
  const compiled = bySide(order, (side) =>
    side === 'candidate' ? otherBuild(builds.candidate) : otherBuild(builds.reference, builds.candidate),
  );
  const rounds = new Map<string, LogRatios>();
  for (let placement = 0; placement < plan.placements; placement++) {
    const setUp = ORDERS[(plan.index * plan.placements + placement) % ORDERS.length] as Side[];
    for (const one of shuffled(cases, random)) {
      const work = bySide(setUp, (side) => timedWork(one, compiled[side]));
      for (let i = 0; i < WARM_UP; i++) for (const side of setUp) work[side].run();
      const measured = pairedRatios(work, plan.visits, { clock, random });
      rounds.set(one.name, joined(rounds.get(one.name), measured));
    }
  }
  return new Map([...rounds].map(([name, ratios]) => [name, middleRatios(ratios)]));
}

function timedWork({ start, perBatch }: GateCase, build: OtherBuild): TimedWork {
  const work = start(build.newCore());
  const repeat = (times: number) => () => {
    for (let i = 0; i < times; i++) work();
  };
  return { lead: repeat(LEAD), run: repeat(perBatch) };
}

/** One value a side, made in the order given. */
function bySide<T>(order: readonly Side[], make: (side: Side) => T): Record<Side, T> {
  const made = {} as Record<Side, T>;
  for (const side of order) made[side] = make(side);
  return made;
}

function joined(before: LogRatios | undefined, more: LogRatios): LogRatios {
  if (before === undefined) return more;
  return {
    candidate: [...before.candidate, ...more.candidate],
    control: [...before.control, ...more.control],
  };
}
