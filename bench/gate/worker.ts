// One process of the gate: gets its orders as a message, measures, answers and ends.
import { cpuClock, wallClock } from '../../src/measure/clock.js';
import { GATE_CASES } from './cases.js';
import { type ProcessPlan, type ProcessRatios, processRatios } from './process-ratios.js';
import { uniform } from './uniform.js';

export interface WorkerOrders {
  readonly builds: { readonly candidate: Uint8Array; readonly reference: Uint8Array };
  readonly cases: readonly string[];
  readonly plan: ProcessPlan;
  readonly clock: 'cpu' | 'wall';
  readonly seed: number;
}

/** Names and ratios. */
export type WorkerAnswer = readonly (readonly [name: string, ratios: ProcessRatios])[];

process.once('message', ({ builds, cases, plan, clock, seed }: WorkerOrders) => {
  const measured = processRatios(
    GATE_CASES.filter(({ name }) => cases.includes(name)),
    builds,
    plan,
    { clock: clock === 'cpu' ? cpuClock : wallClock, random: uniform(seed + plan.index) },
  );
  process.send?.([...measured] satisfies WorkerAnswer, () => process.disconnect());
});
