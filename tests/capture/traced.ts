/** Traces of tests read whole: calls and what was seen of each as objects, which only small traces can afford. */
import type { Call, TracedCalls } from '../../src/capture/calls.js';
import { callsOf } from './calls-of.js';

/** What the trace saw during one call. */
export interface CallWitness {
  boundaries: number[];
  boundariesPartial: boolean;
  splits: { level: number; contiguous: boolean }[];
  /** Tables that the allocator returned, by what their entries are. */
  tables: { pmd: number; pte: number };
}

export interface Traced {
  calls: Call[];
  /** Index as in `calls`. */
  witnesses: CallWitness[];
  armed: TracedCalls['armed'];
}

export function traced(text: { toString(): string }): Traced {
  const { calls, seen, armed } = callsOf(text.toString(), 't').trace;
  const witnesses = [...calls].map(
    (_call, index): CallWitness => ({
      boundaries: [],
      boundariesPartial: calls.hasPartialBoundaries(index),
      splits: [],
      tables: { pmd: 0, pte: 0 },
    }),
  );
  const each = (
    { values, calls: of, length }: typeof seen.splits,
    take: (witness: CallWitness, value: number) => void,
  ) => {
    for (let at = 0; at < length; at++)
      take(witnesses[of[at] as number] as CallWitness, values[at] as number);
  };
  each(seen.boundaries, (witness, va) => witness.boundaries.push(va));
  each(seen.splits, (witness, code) => witness.splits.push({ level: code >> 1, contiguous: code % 2 === 1 }));
  each(seen.tables, (witness, level) => witness.tables[level === 1 ? 'pmd' : 'pte']++);
  return { calls: [...calls], witnesses, armed };
}
