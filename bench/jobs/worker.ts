// A thread: runs the jobs that it is sent, one after the other.
import { parentPort } from 'node:worker_threads';
import { type Job, runJob } from './job.js';
import { failureOf, type JobMessage } from './job-message.js';

const say = (message: JobMessage) => parentPort?.postMessage(message);

parentPort?.on('message', async (job: Job) => {
  try {
    const result = await runJob(job, (text) => say({ kind: 'progress', text }));
    say({ kind: 'result', result });
  } catch (error) {
    say(failureOf(error));
  }
});
