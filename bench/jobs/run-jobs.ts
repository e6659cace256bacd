// Runs jobs, one after the other or in threads. What comes out is the same for every number of threads.
import { availableParallelism } from 'node:os';
import { type Job, runJob, titleOf } from './job.js';
import type { JobResult } from './job-result.js';
import { JobThread } from './job-thread.js';

/** What does one job after the other. */
interface Worker {
  run(job: Job, onProgress: (text: string) => void): Promise<JobResult>;
  end(): Promise<void>;
}

/** Beyond so many the longest job is what all wait for. */
const MOST_THREADS = 8;

/** As many threads as the machine runs at once, but no more than there is use for. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), MOST_THREADS);
}

/** Threads that are there for several lists of jobs, for new ones would have to compile everything again. */
export class JobRunner {
  readonly #workers: Worker[] = [];

  /** @param threads at most; with 1, jobs are run in the thread of the caller */
  constructor(private readonly threads: number) {}

  /**
   * Runs jobs, the longest first. Results are in the order of the jobs.
   * @throws what the job throws that fails first where there is one thread
   */
  async run(jobs: readonly Job[], onProgress: (text: string) => void): Promise<JobResult[]> {
    const order = longestFirst(jobs);
    const results: JobResult[] = [];
    const failures: { at: number; error: unknown }[] = [];
    let next = 0;
    const work = async (worker: Worker) => {
      while (next < order.length && failures.length === 0) {
        const at = next++;
        const index = order[at] as number;
        const job = jobs[index] as Job;
        onProgress(titleOf(job));
        try {
          results[index] = await worker.run(job, onProgress);
        } catch (error) {
          failures.push({ at, error });
        }
      }
    };
    await Promise.all(this.#workersFor(jobs.length).map(work));
    // Jobs before the first that fails had all been begun, and were waited for.
    const [first] = failures.sort((a, b) => a.at - b.at);
    if (first !== undefined) throw first.error;
    return results;
  }

  /** Threads end at once, whatever they are doing. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.end()));
  }

  #workersFor(jobs: number): readonly Worker[] {
    if (this.threads <= 1) return [THIS_THREAD];
    while (this.#workers.length < Math.min(this.threads, jobs)) this.#workers.push(new JobThread());
    return this.#workers;
  }
}

const THIS_THREAD: Worker = {
  async run(job, onProgress) {
    // Signals are seen, and progress is drawn, between jobs.
    await new Promise((resolve) => setImmediate(resolve));
    return runJob(job, onProgress);
  },
  async end() {},
};

/** Indices of jobs. A long one that begins last would have all others wait. */
function longestFirst(jobs: readonly Job[]): number[] {
  const lengths = jobs.map(roughLength);
  return [...jobs.keys()].sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
}

/** Milliseconds, about. */
function roughLength(job: Job): number {
  switch (job.kind) {
    case 'captured stream':
      return job.quick ? 500 : 6000;
    case 'generated stream':
      return job.quick ? 600 : 1500 * job.cores.length;
    case 'replay':
      return 100;
    case 'later cost':
      return job.quick ? 100 : 250;
    case 'comparison':
      return 60;
    case 'table memory':
    case 'flush sizes':
      return 30;
  }
}
