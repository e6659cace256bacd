// The exact results of a run, computed again on other cores and in another order: whatever differs then is no result.
import { exactCases } from '../src/record/exact-cases.js';
import { exactDifferences } from '../src/record/exact-differences.js';
import type { ExactRecord } from '../src/record/exact-record.js';
import type { Run } from '../src/record/run.js';
import { type ExactJobsOptions, isRepeatedStream, repeatedJobs } from './jobs/exact-jobs.js';
import { joinResults } from './jobs/job-result.js';
import type { JobRunner } from './jobs/run-jobs.js';

/** Computes the exact results of a run again, as far as repeatedJobs() goes, and compares. */
export async function repeatExact(
  run: Run,
  options: ExactJobsOptions,
  runner: JobRunner,
  onProgress: (text: string) => void,
): Promise<ExactRecord> {
  const results = await runner.run(repeatedJobs(options), (text) => onProgress(`again: ${text}`));
  const { tlb: shortTlb, ...maps } = joinResults(results);
  const cases = exactCases({
    ...run,
    tlb: [],
    shortTlb: (run.shortTlb ?? run.tlb).filter(({ stream }) => isRepeatedStream(stream.name)),
  });
  const again = exactCases({ ...maps, tlb: [], shortTlb, options: run.options });
  return {
    cases: exactCases(run).length,
    repeated: { cases: cases.length, differences: exactDifferences(cases, again) },
  };
}
