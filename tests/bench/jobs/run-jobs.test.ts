/** Jobs in threads: the same results in the same order for every number of threads, and the same errors. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { exactJobs, repeatedJobs } from '../../../bench/jobs/exact-jobs.js';
import type { Job } from '../../../bench/jobs/job.js';
import { joinResults } from '../../../bench/jobs/job-result.js';
import { defaultThreads, JobRunner } from '../../../bench/jobs/run-jobs.js';
import { exactJob } from '../../../bench/main-job.js';
import { InputError } from '../../../src/io/input-error.js';
import type { Run } from '../../../src/record/run.js';
import { root } from '../../cli/linmap.js';
import { sharedFolder } from '../../scratch-folder.js';

const captures = join(root, 'captures');
const filter =
  /^4k-bbml2\/(cbpf200|secretmem)$|^4K\/48 (blocks|pages) vmalloc-2m-huge |^16K.* huge-size$|^table memory$|^tlb ampereone network$/;

async function runWith(threads: number): Promise<Run & { progress: string[] }> {
  const progress: string[] = [];
  const run = await exactJob({
    quick: true,
    filter,
    captures,
    version: '0',
    threads,
    onProgress: (text) => progress.push(text),
  });
  return { ...run, progress };
}

/** Each part of a run but its times and place, as short text: a difference is to be read, not to be scrolled through. */
function exactParts({
  progress,
  time,
  commit,
  elapsedMs,
  environment,
  ...exact
}: Run & { progress: string[] }) {
  return Object.entries(exact).map(([name, part]) => {
    const text = JSON.stringify(part);
    return `${name}: ${text.length} characters, ${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  });
}

describe('the exact results in threads', () => {
  let alone: Run & { progress: string[] };
  beforeAll(async () => {
    alone = await runWith(1);
  });

  it('are of every kind', () => {
    const { replays, traceStrategies, comparisons, laterCosts, tableMemory, tlb, exact } = alone;
    for (const list of [replays, traceStrategies, comparisons, laterCosts, tableMemory, tlb])
      expect(list?.length).toBeGreaterThan(0);
    expect(exact?.repeated.differences).toEqual([]);
    expect(replays.map(({ scenario }) => scenario)).toEqual(['cbpf200', 'secretmem']);
  });

  it.each([2, 3])('are the same text with %i threads', async (threads) => {
    const run = await runWith(threads);
    expect(exactParts(run)).toEqual(exactParts(alone));
    expect(run.progress).toContain('replaying 4k-bbml2/cbpf200');
    expect(run.progress.toSorted()).toEqual(alone.progress.toSorted());
  });
});

describe('lists of jobs', () => {
  const wanted = (name: string) => !name.startsWith('tlb ');
  const options = { quick: true, captures, wanted };
  const casesOf = (jobs: readonly Job[]) =>
    jobs.flatMap((job) => (job.kind === 'comparison' ? job.cases : []));

  it('are plain data', () => {
    const jobs = exactJobs({ ...options, wanted: () => true });
    expect(structuredClone(jobs)).toEqual(jobs);
    expect(new Set(jobs.map(({ kind }) => kind)).size).toBe(7);
  });

  it('are repeated from the last to the first', () => {
    const [once, again] = [exactJobs(options), repeatedJobs(options)];
    expect(casesOf(again)).toEqual(casesOf(once).toReversed());
    const folders = (jobs: readonly Job[]) =>
      jobs.flatMap((job) => (job.kind === 'replay' ? job.folder : []));
    expect(folders(again)).toEqual(folders(once).toReversed());
  });

  it('joined keep their order', () => {
    const joined = joinResults([{ warnings: ['a'] }, {}, { warnings: ['b', 'c'], tlb: [] }]);
    expect(joined.warnings).toEqual(['a', 'b', 'c']);
    expect(joined.replays).toEqual([]);
  });

  it('have a thread for each CPU by default, within reason', () => {
    expect(defaultThreads()).toBeGreaterThanOrEqual(1);
    expect(defaultThreads()).toBeLessThanOrEqual(8);
  });
});

describe('errors of jobs', () => {
  const folder = sharedFolder();

  function brokenScenario(name: string): string {
    const path = join(folder, 'machine', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'machine.json'), `{"name": ${name}`);
    return path;
  }

  async function errorOf(jobs: readonly Job[], threads: number): Promise<unknown> {
    const runner = new JobRunner(threads);
    onTestFinished(() => runner.end());
    return runner
      .run(jobs, () => {})
      .then(
        () => null,
        (error: unknown) => error,
      );
  }

  it.each([1, 2, 3])("of captures are one line each: the first job's, with %i threads", async (threads) => {
    const jobs = ['one', 'two', 'three', 'four'].map(
      (name): Job => ({ kind: 'replay', folder: brokenScenario(name), strategiesFirst: false }),
    );
    const error = await errorOf(jobs, threads);
    expect(error).toBeInstanceOf(InputError);
    const { message, file, line } = error as InputError;
    expect(file).toMatch(/one.machine\.json$/);
    expect(message).toBe(((await errorOf(jobs.slice(0, 1), 1)) as InputError).message);
    expect(message.startsWith(`${file}:${line}: `)).toBe(true);
    expect(message).not.toContain('\n');
  });

  it.each([1, 2])('of our own keep their class and message, with %i threads', async (threads) => {
    const jobs: Job[] = [{ kind: 'comparison', cases: ['no such case'] }, { kind: 'flush sizes' }];
    const error = await errorOf(jobs, threads);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toContain('no such case');
  });

  it('do not spoil the threads for the next list', async () => {
    const runner = new JobRunner(2);
    onTestFinished(() => runner.end());
    const good: Job[] = [{ kind: 'flush sizes' }, { kind: 'table memory' }];
    const bad: Job[] = [{ kind: 'comparison', cases: ['no such case'] }, ...good];
    await expect(runner.run(bad, () => {})).rejects.toThrow('no such case');
    const results = await runner.run(good, () => {});
    expect(results.map((result) => Object.keys(result))).toEqual([['flushes'], ['tableMemory']]);
  });
});
