// Which job is done next, and by whom. Each thread compiles what it runs for itself, and the compiler takes CPUs from
// the jobs: so a thread keeps to the kinds of jobs that it has done before, as long as nobody has to wait for that.
import { statSync } from 'node:fs';
import type { Job } from './job.js';

export class JobQueue {
  /** Indices of jobs that nobody has begun, the longest first. */
  readonly #left: number[];
  readonly #milliseconds: readonly number[];

  /** @param done the kinds of jobs that each thread has done so far; what is given out is added */
  constructor(
    private readonly jobs: readonly Job[],
    private readonly done: readonly Set<Job['kind']>[],
  ) {
    const milliseconds = jobs.map(roughMilliseconds);
    this.#milliseconds = milliseconds;
    this.#left = [...jobs.keys()].sort((a, b) => at(milliseconds, b) - at(milliseconds, a) || a - b);
  }

  /** The index of the job that a thread, from 0, is to do now; undefined where all are begun. */
  take(thread: number): number | undefined {
    const own = at(this.done, thread);
    const index = this.#isUrgent()
      ? this.#left[0]
      : (this.#longest((kind) => own.has(kind)) ??
        this.#longest((kind) => this.done.every((kinds) => !kinds.has(kind))) ??
        this.#left[0]);
    if (index === undefined) return undefined;
    this.#left.splice(this.#left.indexOf(index), 1);
    own.add(at(this.jobs, index).kind);
    return index;
  }

  /** Whether the longest job, begun later, might be what all wait for in the end. */
  #isUrgent(): boolean {
    const lengths = this.#left.map((index) => at(this.#milliseconds, index));
    const sum = lengths.reduce((total, ms) => total + ms, 0);
    return (lengths[0] ?? 0) * this.done.length >= sum;
  }

  #longest(isWanted: (kind: Job['kind']) => boolean): number | undefined {
    return this.#left.find((index) => isWanted(at(this.jobs, index).kind));
  }
}

function roughMilliseconds(job: Job): number {
  switch (job.kind) {
    case 'captured stream':
      return job.quick ? 200 : bytesOf(job.file) / 100;
    case 'generated stream':
      return job.quick ? 400 : 600 * job.cores.length;
    case 'replay':
      return 100;
    case 'later cost':
      return job.quick ? 60 : 160;
    case 'comparison':
      return 50;
    case 'table memory':
      return 50;
    case 'flush sizes':
      return 5;
  }
}

/** 0 where there is no such file, which the job finds out. */
function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
