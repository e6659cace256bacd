// A thread that runs jobs, as the main thread sees it.
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../src/io/package-file.js';
import type { Job } from './job.js';
import { errorOf, type JobMessage } from './job-message.js';
import type { JobResult } from './job-result.js';

/** Threads run JavaScript, wherever this file was loaded from. */
const WORKER_FILE = 'dist/bench/jobs/worker.js';

export class JobThread {
  readonly #worker: Worker;
  readonly #died: Promise<never>;

  constructor() {
    const file = packageFile(WORKER_FILE);
    if (file === null) throw new Error(`${WORKER_FILE} is missing: run npm run build`);
    this.#worker = new Worker(file);
    this.#died = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`a thread of jobs ended with ${code}`)));
    });
    // Nobody waits for it while no job is run.
    this.#died.catch(() => {});
  }

  /**
   * One job at a time.
   * @throws what the job throws; Error where the thread ends
   */
  async run(job: Job, onProgress: (text: string) => void): Promise<JobResult> {
    let listener: (message: JobMessage) => void = () => {};
    const answer = new Promise<JobResult>((resolve, reject) => {
      listener = (message) => {
        if (message.kind === 'progress') onProgress(message.text);
        else if (message.kind === 'result') resolve(message.result);
        else reject(errorOf(message));
      };
    });
    this.#worker.on('message', listener);
    this.#worker.postMessage(job);
    try {
      return await Promise.race([answer, this.#died]);
    } finally {
      this.#worker.off('message', listener);
    }
  }

  /** Stops at once. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
