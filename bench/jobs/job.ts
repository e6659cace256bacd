// A job: a part of the exact results that needs nothing of any other part, as plain data that a thread can be sent.
import { Core } from '../../src/core/core.js';
import { casesNamed, runCase } from '../comparison.js';
import { type TlbJob, tlbRecords } from '../estimates.js';
import { flushSizes } from '../flush-sizes.js';
import { laterCosts } from '../later-cost.js';
import { replayScenario, scenarioName } from '../replays.js';
import { tableMemory } from '../table-memory.js';
import type { JobResult } from './job-result.js';

export type Job =
  | { readonly kind: 'replay'; readonly folder: string; readonly strategiesFirst: boolean }
  /** `cases`: by caseName(). */
  | { readonly kind: 'comparison'; readonly cases: readonly string[] }
  | { readonly kind: 'later cost'; readonly cases: readonly string[]; readonly quick: boolean }
  | { readonly kind: 'table memory' }
  | { readonly kind: 'flush sizes' }
  | TlbJob;

/**
 * What the job adds to a run, computed on a core of its own: nothing that was done before matters.
 * @throws InputError where a capture is wrong
 */
export async function runJob(job: Job, onProgress: (text: string) => void = () => {}): Promise<JobResult> {
  const core = new Core();
  try {
    return await runOn(core, job, onProgress);
  } finally {
    core.end();
  }
}

async function runOn(core: Core, job: Job, onProgress: (text: string) => void): Promise<JobResult> {
  switch (job.kind) {
    case 'replay':
      return replayScenario(core, job.folder, job.strategiesFirst);
    case 'comparison':
      return { comparisons: casesNamed(job.cases).flatMap((one) => runCase(core, one) ?? []) };
    case 'later cost':
      return { laterCosts: laterCosts(core, casesNamed(job.cases), job.quick) };
    case 'table memory':
      return { tableMemory: tableMemory(core) };
    case 'flush sizes':
      return { flushes: flushSizes(core) };
    case 'generated stream':
    case 'captured stream':
      return { tlb: await tlbRecords(job, onProgress) };
  }
}

/** What is being done, for people. */
export function titleOf(job: Job): string {
  switch (job.kind) {
    case 'replay':
      return `replaying ${scenarioName(job.folder)}`;
    case 'comparison':
      return `comparing strategies: ${job.cases[0]} …`;
    case 'later cost':
      return `estimating later costs: ${job.cases[0]} …`;
    case 'table memory':
      return 'computing table memory';
    case 'flush sizes':
      return 'counting flushes';
    case 'generated stream':
      return `estimating TLB misses: ${job.stream}`;
    case 'captured stream':
      return `estimating TLB misses: ${job.name} on ${job.core}`;
  }
}
