// The gate on times: candidate and reference run in turns in several fresh processes, until every benchmark has its
// verdict or time is up.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { modulePath } from '../../src/core/module.js';
import { type Clock, wallClock } from '../../src/measure/clock.js';
import { SequentialVerdicts } from '../../src/measure/sequential-verdicts.js';
import type { GateRecord } from '../../src/record/gate/gate-record.js';
import { REFERENCE_FOLDER, readReference, sha256 } from '../../src/record/gate/reference.js';
import { GATE_CASES } from './cases.js';
import { comparability } from './comparable.js';
import type { ProcessPlan } from './process-ratios.js';
import { NODE_OPTIONS, runWorker } from './worker-process.js';

/** How much is measured. */
export interface GatePlan extends Omit<ProcessPlan, 'index'> {
  /** Numbers of processes after which verdicts are given; the last is the most there will be. */
  readonly looks: readonly number[];
  /** Milliseconds after which no process begins that may not end in time. */
  readonly budgetMs: number;
}

// Multiples of three: sides are then set up in each of their orders equally often.
const FULL: GatePlan = {
  placements: 2,
  visits: { rounds: 2, passes: 3 },
  looks: [9, 18, 36],
  budgetMs: 150_000,
};
const QUICK: GatePlan = {
  placements: 2,
  visits: { rounds: 1, passes: 3 },
  looks: [6, 12, 18],
  budgetMs: 13_500,
};

const ALPHA = 0.05;

export interface TimeGateOptions {
  quick: boolean;
  /** Path of a module. Default: the one in build/. */
  candidate?: string;
  /** Folder that the reference is pinned in. Default: results/reference. */
  reference?: string;
  /** Leaves out benchmarks whose name it does not match. */
  filter?: RegExp | null;
  /** Times even a candidate that is the reference, byte for byte. */
  evenIfSame?: boolean;
  /** Of what is drawn at random. Default: another each time. */
  seed?: number;
  plan?: GatePlan;
  onProgress?(text: string): void;
  clock?: Clock;
}

/**
 * Times the candidate against the pinned reference.
 * @throws InputError where the reference is damaged
 * @throws what the candidate throws when it is to do its work
 */
export async function timeGate(options: TimeGateOptions): Promise<GateRecord> {
  const { quick, filter = null, clock = wallClock, seed = randomInt(2 ** 31) } = options;
  const start = clock();
  const elapsed = () => clock() - start;
  const candidate = readFileSync(options.candidate ?? modulePath());
  const pinned = readReference(options.reference ?? REFERENCE_FOLDER);
  const record: GateRecord = {
    judged: false,
    reason: null,
    candidate: { sha256: sha256(candidate) },
    reference: pinned && {
      sha256: pinned.record.sha256,
      commit: pinned.record.commit,
      pinned: pinned.record.pinned,
    },
    // Windows counts processor time in steps that are longer than a batch.
    clock: process.platform === 'win32' ? 'wall' : 'cpu',
    nodeOptions: NODE_OPTIONS,
    quick,
    seed,
    processes: 0,
    alpha: ALPHA,
    elapsedMs: 0,
    benchmarks: [],
    notes: [],
  };
  const unjudged = (reason: string) => ({ ...record, reason, elapsedMs: Math.round(elapsed()) });

  if (pinned === null) return unjudged('no reference is pinned: linmap reference pin');
  if (record.candidate.sha256 === pinned.record.sha256 && !options.evenIfSame) {
    return unjudged('the candidate is the reference, byte for byte: there is nothing to time');
  }
  const cases = GATE_CASES.filter(({ name }) => filter?.test(name) ?? true);
  if (cases.length === 0) return unjudged('no benchmark matches the filter');
  const builds = { candidate, reference: pinned.module };
  const { reason, different } = comparability(cases, builds);
  if (reason !== null) return unjudged(reason);
  record.notes = different.map(
    (name) => `${name}: the candidate counts other events than the reference, so it does other work`,
  );

  const plan = options.plan ?? (quick ? QUICK : FULL);
  const verdicts = new SequentialVerdicts(cases, plan.looks.length, ALPHA);
  let longest = 0;
  for (const processes of plan.looks) {
    const undecided = verdicts.undecided;
    if (undecided.length === 0) break;
    let inTime = true;
    while (inTime && record.processes < processes) {
      options.onProgress?.(
        `timing against the reference: process ${record.processes + 1}, ${undecided.length} benchmarks undecided`,
      );
      const began = clock();
      const { placements, visits } = plan;
      const answer = await runWorker({
        builds,
        cases: undecided,
        plan: { index: record.processes, placements, visits },
        clock: record.clock,
        seed,
      });
      for (const [name, ratios] of answer) verdicts.add(name, ratios);
      record.processes++;
      longest = Math.max(longest, clock() - began);
      inTime = elapsed() + longest <= plan.budgetMs;
    }
    verdicts.look(!inTime || processes === plan.looks.at(-1));
  }

  record.benchmarks = verdicts.decided.map(
    ({ name, verdict, tooNoisy, margin, candidate, control, samples }) => ({
      name,
      verdict,
      tooNoisy,
      margin,
      ratio: candidate,
      control,
      processes: samples,
    }),
  );
  record.judged = record.benchmarks.some(({ tooNoisy }) => !tooNoisy);
  if (!record.judged)
    record.reason = 'too noisy to judge: the reference differs from itself by more than the margin';
  record.elapsedMs = Math.round(elapsed());
  return record;
}
