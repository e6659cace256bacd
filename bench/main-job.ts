// The main job: everything that `linmap bench` does, as one record. It prints and draws nothing.
import { existsSync } from 'node:fs';
import { readScenario } from '../src/capture/scenario.js';
import { Core } from '../src/core/core.js';
import { environment, sourceCommit } from '../src/record/environment.js';
import { RUN_SCHEMA, type Run } from '../src/record/run.js';
import { published, SEED, timeRecords } from './estimates.js';
import { repeatExact } from './exact-repeat.js';
import { measureHotPath } from './hot-path/run.js';
import { type ExactJobsOptions, exactJobs, shortTlbJobs } from './jobs/exact-jobs.js';
import { joinResults } from './jobs/job-result.js';
import { JobRunner } from './jobs/run-jobs.js';
import { mapFrames, SHOWN_SCENARIO } from './map-frames.js';
import { scenarioName, wantedScenarios } from './replays.js';
import { measureScaling } from './scaling.js';
import { estimateSpeed } from './tlb/estimate-speed.js';

export interface MainJobOptions {
  quick: boolean;
  /** Leaves out replays, cases and timings whose name it does not match. */
  filter: RegExp | null;
  /** Folder of captures. */
  captures: string;
  version: string;
  /** Threads for the exact results, which are the same for any number. Default 1. */
  threads?: number;
  onProgress(text: string): void;
}

/** Everything: what exactJob() does, and what takes time or comes from it. */
export async function mainJob(options: MainJobOptions): Promise<Run> {
  const { quick, filter, onProgress } = options;
  const clock = new PartClock();
  const wanted = wantedBy(filter);
  const run = await exactResults(options, clock);

  clock.begin('published figures');
  if (wanted('published')) {
    onProgress('holding estimates against published figures');
    run.published = published(run.tlb);
  }

  clock.begin('hot path');
  run.hotPath = await measureHotPath({ quick, onProgress, ...(filter ? { filter } : {}) });

  clock.begin('scaling');
  if (wanted('scaling')) run.scaling = await measureScaling({ quick, onProgress });

  clock.begin('speed of estimates');
  if (wanted('speed of estimates')) {
    onProgress('timing the estimates');
    run.estimateSpeed = await estimateSpeed({ quick, captures: options.captures });
  }

  clock.finish(run);
  if (run.environment.loadAverage > run.environment.cores / 2) {
    run.warnings.push(
      `the machine was busy (load ${run.environment.loadAverage} on ${run.environment.cores} cores): times are less certain, counters are not`,
    );
  }
  return run;
}

/** Only what has no distribution: replays, comparison, table memory and TLB misses, computed twice. */
export async function exactJob(options: MainJobOptions): Promise<Run> {
  const clock = new PartClock();
  const run = await exactResults(options, clock);
  clock.finish(run);
  return run;
}

async function exactResults(options: MainJobOptions, clock: PartClock): Promise<Run> {
  const { quick, filter, threads = 1, onProgress } = options;
  const wanted = wantedBy(filter);
  const run: Run = {
    schema: RUN_SCHEMA,
    version: options.version,
    time: new Date().toISOString(),
    commit: sourceCommit(),
    environment: environment(),
    options: { quick, filter: filter?.source ?? null, seed: SEED },
    warnings: [],
    replays: [],
    traceStrategies: [],
    comparisons: [],
    tableMemory: [],
    tlb: [],
    times: [],
    published: [],
    hotPath: [],
    estimateSpeed: [],
    elapsedMs: { total: 0, parts: clock.parts },
  };

  const runner = new JobRunner(threads);
  try {
    const jobsOptions = { quick, captures: options.captures, wanted };
    clock.begin('exact results');
    const jobs = exactJobs(jobsOptions);
    // The short streams of a quick run are in its `tlb` already.
    const short = quick ? [] : shortTlbJobs(jobsOptions);
    const results = await runner.run([...jobs, ...short], onProgress);
    Object.assign(run, joinResults(results.slice(0, jobs.length)));
    if (!quick) run.shortTlb = joinResults(results.slice(jobs.length)).tlb;
    run.times = timeRecords(run.comparisons);
    if (!existsSync(options.captures)) {
      run.warnings.push(`no captures in ${options.captures}: nothing was replayed`);
    }
    takeMapFrames(run, jobsOptions);

    clock.begin('exact results again');
    run.exact = await repeatExact(run, jobsOptions, runner, onProgress);
  } finally {
    await runner.end();
  }
  return run;
}

function takeMapFrames(run: Run, { captures, wanted }: ExactJobsOptions): void {
  const shown = wantedScenarios(captures, wanted).find((folder) => scenarioName(folder) === SHOWN_SCENARIO);
  if (shown !== undefined) run.mapFrames = mapFrames(new Core(), readScenario(shown));
}

function wantedBy(filter: RegExp | null): (name: string) => boolean {
  return (name) => filter === null || filter.test(name);
}

/** Milliseconds of named parts that follow each other. */
class PartClock {
  readonly parts: Record<string, number> = {};
  #name: string | null = null;
  #start = 0;

  begin(name: string): void {
    this.end();
    this.#name = name;
    this.#start = performance.now();
  }

  end(): void {
    if (this.#name !== null) this.parts[this.#name] = Math.round(performance.now() - this.#start);
    this.#name = null;
  }

  finish(run: Run): void {
    this.end();
    run.elapsedMs.total = Object.values(this.parts).reduce((sum, ms) => sum + ms, 0);
  }
}
