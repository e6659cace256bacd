// A fresh process that measures. What is placed where in memory is drawn anew with each.
import { fork } from 'node:child_process';
import { packageFile } from '../../src/io/package-file.js';
import type { WorkerAnswer, WorkerOrders } from './worker.js';

/**
 * No baseline code, so that WASM runs as it will run; and no helper threads, whose work would count as the batch's
 * processor time.
 */
export const NODE_OPTIONS = ['--no-liftoff', '--single-threaded'];

/**
 * Runs one process.
 * @throws Error where it ends without an answer
 */
export function runWorker(orders: WorkerOrders): Promise<WorkerAnswer> {
  const file = packageFile('dist/bench/gate/worker.js');
  if (file === null) throw new Error('dist/bench/gate/worker.js is missing: run npm run build');
  return new Promise((resolve, reject) => {
    const child = fork(file, [], {
      execArgv: NODE_OPTIONS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const end = () => child.kill();
    process.once('exit', end);
    let answer: WorkerAnswer | null = null;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('message', (message) => {
      answer = message as WorkerAnswer;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.removeListener('exit', end);
      if (answer !== null) resolve(answer);
      else reject(new Error(`a process of the time gate ended with ${signal ?? code}: ${complaint.trim()}`));
    });
    child.send(orders);
  });
}
