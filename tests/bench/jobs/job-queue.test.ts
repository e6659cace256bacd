/** Which job each of several threads does next. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../bench/jobs/job.js';
import { JobQueue } from '../../../bench/jobs/job-queue.js';

const replay: Job = { kind: 'replay', folder: 'none', strategiesFirst: false };
const comparison: Job = { kind: 'comparison', cases: [] };
const laterCost: Job = { kind: 'later cost', cases: [], quick: false };
const flushSizes: Job = { kind: 'flush sizes' };
const stream = (cores: number): Job => ({
  kind: 'generated stream',
  stream: 'zipf',
  cores: Array.from({ length: cores }, () => 'a core'),
  quick: false,
});

const anyJobs = fc.array(
  fc.constantFrom(replay, comparison, laterCost, flushSizes, stream(1), stream(3), stream(20)),
  { maxLength: 40 },
);

type Kinds = Set<Job['kind']>;
const newThreads = (n: number): Kinds[] => Array.from({ length: n }, () => new Set());

/** What each of two threads is given where they take turns. */
function inTurns(jobs: readonly Job[], threads = newThreads(2)): Job['kind'][][] {
  const queue = new JobQueue(jobs, threads);
  const given: Job['kind'][][] = [[], []];
  for (let turn = 0; turn < jobs.length; turn++) {
    const job = jobs[queue.take(turn % 2) as number] as Job;
    given[turn % 2]?.push(job.kind);
  }
  return given;
}

describe('a queue of jobs', () => {
  it('gives out each of them once, to any threads in any order', () => {
    fc.assert(
      fc.property(
        anyJobs,
        fc.array(fc.nat({ max: 7 }), { minLength: 60, maxLength: 60 }),
        (jobs, threads) => {
          const queue = new JobQueue(jobs, newThreads(8));
          const given = threads.flatMap((thread) => queue.take(thread) ?? []);
          expect(given.toSorted((a, b) => a - b)).toEqual([...jobs.keys()]);
        },
      ),
    );
  });

  it('leaves a thread with the kind that it has done before', () => {
    const given = inTurns(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? replay : comparison)));
    // Of the last ones the longest comes first.
    const [first, second] = given.map((kinds) => kinds.slice(0, 8));
    expect([first, second]).toEqual([Array(8).fill('replay'), Array(8).fill('comparison')]);
  });

  it('leaves it with that kind in later lists of jobs', () => {
    const threads: Kinds[] = [new Set(['comparison']), new Set(['replay'])];
    const jobs = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? replay : comparison));
    const given = inTurns(jobs, threads).map((kinds) => kinds.slice(0, 8));
    expect(given).toEqual([Array(8).fill('comparison'), Array(8).fill('replay')]);
    inTurns([flushSizes], threads);
    expect(threads[0]).toContain('flush sizes');
  });

  it('has a thread help with what others do where nothing else is left', () => {
    const [first = [], second = []] = inTurns([...Array<Job>(8).fill(replay), flushSizes, flushSizes]);
    expect(first).toEqual(Array(5).fill('replay'));
    expect(second.toSorted()).toEqual([...Array(2).fill('flush sizes'), ...Array(3).fill('replay')]);
  });

  it('begins first what all would wait for in the end', () => {
    const jobs = [...Array<Job>(5).fill(replay), stream(20), stream(20)];
    const queue = new JobQueue(jobs, newThreads(2));
    expect([queue.take(0), queue.take(1)]).toEqual([5, 6]);
  });
});
