// Runs jobs, one after the other or in threads. What comes out is the same for every number of threads.
import { availableParallelism } from 'node:os';
import { type Job, runJob, titleOf } from './job.js';
import { JobQueue } from './job-queue.js';
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
  /** Kinds of jobs that each of them has done. */
  readonly #done: Set<Job['kind']>[] = [];

  /** @param threads at most; with 1, jobs are run in the thread of the caller */
  constructor(private readonly threads: number) {}

  /**
   * Runs jobs. Results are in the order of the jobs.
   * @throws what the job throws that was begun first of those that fail
   */
  async run(jobs: readonly Job[], onProgress: (text: string) => void): Promise<JobResult[]> {
    const workers = this.#workersFor(jobs.length);
    for (const thread of workers.keys()) this.#done[thread] ??= new Set();
    const queue = new JobQueue(jobs, this.#done.slice(0, workers.length));
    const results: JobResult[] = [];
    const failures: { at: number; error: unknown }[] = [];
    let begun = 0;
    const work = async (worker: Worker, thread: number) => {
      while (failures.length === 0) {
        const index = queue.take(thread);
        if (index === undefined) return;
        const at = begun++;
        const job = jobs[index] as Job;
        onProgress(titleOf(job));
        try {
          results[index] = await worker.run(job, onProgress);
        } catch (error) {
          failures.push({ at, error });
        }
      }
    };
    await Promise.all(workers.map(work));
    // Jobs before the first that fails had all been begun, and were waited for.
    const [first] = failures.sort((a, b) => a.at - b.at);
    if (first !== undefined) throw first.error;
    return results;
  }

  /** Threads end at once, whatever they are doing. */
  async end(): Promise<void> {
    this.#done.length = 0;
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
