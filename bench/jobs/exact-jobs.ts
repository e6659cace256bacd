// The exact results as jobs, in the order of a report.
import { caseName, comparisonCases } from '../comparison.js';
import { streamOf, tlbJobs } from '../estimates.js';
import { wantedScenarios } from '../replays.js';
import { WORKLOADS } from '../workloads.js';
import type { Job } from './job.js';

export interface ExactJobsOptions {
  quick: boolean;
  /** Folder of captures. */
  captures: string;
  wanted(name: string): boolean;
}

/** Large enough that sending a job costs nothing beside it, small enough for jobs to be spread evenly. */
const CASES_PER_JOB = 60;
/** What later costs are estimated for. */
const MAIN_MACHINE = '4K/48 ';
/** Streams whose TLB misses are computed twice: one that is generated and one that was captured. */
const REPEATED_STREAMS: readonly string[] = ['zipf', 'memcached'];

/** Everything that has no distribution. */
export function exactJobs(options: ExactJobsOptions): Job[] {
  const cases = comparisonCases().map(caseName).filter(options.wanted);
  return [
    ...replayJobs(options, false),
    ...comparisonJobs(cases),
    ...laterCostJobs(cases, options.quick),
    ...smallJobs(options),
    ...tlbJobs(options),
  ];
}

/** TLB misses over streams as short as those of a quick run. */
export function shortTlbJobs(options: ExactJobsOptions): Job[] {
  return tlbJobs({ ...options, quick: true });
}

/**
 * Maps and flushes in another order: each part from its last case to its first, and the parts from last to first. Of TLB misses, which take longest, only two short streams; later costs follow from maps and TLBs.
 */
export function repeatedJobs(options: ExactJobsOptions): Job[] {
  const cases = comparisonCases().map(caseName).filter(options.wanted).reverse();
  return [
    ...tlbJobs({ ...options, quick: true }).filter((job) => isRepeatedStream(streamOf(job))),
    ...smallJobs(options).reverse(),
    ...comparisonJobs(cases),
    ...replayJobs(options, true).reverse(),
  ];
}

/** Whether repeatedJobs() has the TLB misses of a stream. */
export function isRepeatedStream(stream: string): boolean {
  return REPEATED_STREAMS.includes(stream);
}

function replayJobs({ captures, wanted }: ExactJobsOptions, strategiesFirst: boolean): Job[] {
  return wantedScenarios(captures, wanted).map((folder) => ({ kind: 'replay', folder, strategiesFirst }));
}

function comparisonJobs(cases: readonly string[]): Job[] {
  const jobs: Job[] = [];
  for (let from = 0; from < cases.length; from += CASES_PER_JOB) {
    jobs.push({ kind: 'comparison', cases: cases.slice(from, from + CASES_PER_JOB) });
  }
  return jobs;
}

/** One job for each workload: its cases change the same memory, so that most of their maps are equal. */
function laterCostJobs(cases: readonly string[], quick: boolean): Job[] {
  return WORKLOADS.flatMap(({ id }): Job[] => {
    const ofWorkload = cases.filter((name) => name.startsWith(MAIN_MACHINE) && name.split(' ')[2] === id);
    return ofWorkload.length === 0 ? [] : [{ kind: 'later cost', cases: ofWorkload, quick }];
  });
}

function smallJobs({ wanted }: ExactJobsOptions): Job[] {
  return [
    ...(wanted('table memory') ? [{ kind: 'table memory' } as const] : []),
    ...(wanted('flush') ? [{ kind: 'flush sizes' } as const] : []),
  ];
}
