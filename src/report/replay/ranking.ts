// Who cost most of a trace: counted events of each with the time that they take, the first few and the rest summed.
import type { Askers, CallerShare, TaskShare } from '../../capture/asked-by.js';
import { addCounters, type Counters, totalTables, totalTlbi } from '../../core/counters.js';
import { type Interval, sum } from '../../estimate/cost/interval.js';
import { ANY_PLATFORM } from '../../estimate/cost/platforms.js';
import { estimateTime } from '../../estimate/cost/time.js';
import { repeatTlbiCore } from '../../machine/cpu.js';
import type { Machine } from '../../machine/machine.js';

/** Counted events and the nanoseconds that they take on any arm64 machine, one CPU alone: estimated. */
export interface Cost {
  counters: Counters;
  timeNs: Interval;
}

/** Each the dearest first. */
export interface RankedAskers {
  tasks: (TaskShare & Cost)[];
  callers: (CallerShare & Cost)[];
}

/** Ranks tasks and callers by estimated time, then by stores, TLBIs and tables. */
export function rankAskers({ tasks, callers }: Askers, machine: Machine): RankedAskers {
  return { tasks: rank(tasks, machine), callers: rank(callers, machine) };
}

/** The first of a ranking, and all others together; null where there are none. */
export function cutOff<T extends Cost>(
  ranking: readonly T[],
  most: number,
): { top: readonly T[]; rest: ({ count: number } & Cost) | null } {
  const [first, ...others] = ranking.slice(most);
  if (first === undefined) return { top: ranking, rest: null };
  const rest = {
    count: others.length + 1,
    counters: others.reduce((total, { counters }) => addCounters(total, counters), first.counters),
    timeNs: sum([first, ...others].map(({ timeNs }) => timeNs)),
  };
  return { top: ranking.slice(0, most), rest };
}

function rank<T extends { counters: Counters }>(shares: readonly T[], machine: Machine): (T & Cost)[] {
  const repeatsTlbi = machine.midr !== null && repeatTlbiCore(machine.midr) !== null;
  return shares
    .map((share) => {
      const { low, typical, high } = estimateTime(share.counters, ANY_PLATFORM, { repeatsTlbi });
      return { ...share, timeNs: { low, typical, high } };
    })
    .sort(dearestFirst);
}

function dearestFirst(one: Cost, other: Cost): number {
  const keys = ({ counters, timeNs }: Cost) => [
    timeNs.typical,
    counters.descriptorWrites,
    totalTlbi(counters),
    totalTables(counters),
  ];
  const others = keys(other);
  return (
    keys(one)
      .map((key, at) => (others[at] ?? 0) - key)
      .find((difference) => difference !== 0) ?? 0
  );
}
