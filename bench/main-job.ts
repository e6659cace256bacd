// The main job: everything that `linmap bench` does, as one record. It prints and draws nothing.
import { existsSync } from 'node:fs';
import { findScenarios, readScenario } from '../src/capture/scenario.js';
import { Core } from '../src/core/core.js';
import { environment, sourceCommit } from '../src/record/environment.js';
import { RUN_SCHEMA, type Run } from '../src/record/run.js';
import { caseName, comparisonCases, runCase } from './comparison.js';
import { published, timeRecords, tlbRecords } from './estimates.js';
import { measureHotPath } from './hot-path/run.js';
import { replayRecord, traceStrategyRecords } from './replays.js';
import { tableMemory } from './table-memory.js';
import { estimateSpeed } from './tlb/estimate-speed.js';

export interface MainJobOptions {
  quick: boolean;
  /** Leaves out replays, cases and timings whose name it does not match. */
  filter: RegExp | null;
  /** Folder of captures. */
  captures: string;
  version: string;
  onProgress(text: string): void;
}

export async function mainJob(options: MainJobOptions): Promise<Run> {
  const { quick, filter, onProgress } = options;
  const clock = new PartClock();
  const wanted = (name: string) => filter === null || filter.test(name);
  const core = new Core();
  const run: Run = {
    schema: RUN_SCHEMA,
    version: options.version,
    time: new Date().toISOString(),
    commit: sourceCommit(),
    environment: environment(),
    options: { quick, filter: filter?.source ?? null },
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

  clock.begin('replays');
  replayCaptures(core, run, options, wanted);

  clock.begin('comparison');
  const cases = comparisonCases().filter((one) => wanted(caseName(one)));
  cases.forEach((one, index) => {
    if (index % 50 === 0) onProgress(`comparing strategies: ${index} of ${cases.length}`);
    const record = runCase(core, one);
    if (record) run.comparisons.push(record);
  });

  clock.begin('table memory');
  if (wanted('table memory')) run.tableMemory = tableMemory(core);

  clock.begin('TLB estimates');
  run.tlb = await tlbRecords({ quick, captures: options.captures, wanted, onProgress });
  run.times = timeRecords(run.comparisons);

  clock.begin('published figures');
  if (wanted('published')) {
    onProgress('holding estimates against published figures');
    run.published = published(run.tlb);
  }

  clock.begin('hot path');
  run.hotPath = await measureHotPath({ quick, onProgress, ...(filter ? { filter } : {}) });

  clock.begin('speed of estimates');
  if (wanted('speed of estimates')) {
    onProgress('timing the estimates');
    run.estimateSpeed = await estimateSpeed({ quick, captures: options.captures });
  }

  clock.end();
  run.elapsedMs.total = Object.values(clock.parts).reduce((sum, ms) => sum + ms, 0);
  if (run.environment.loadAverage > run.environment.cores / 2) {
    run.warnings.push(
      `the machine was busy (load ${run.environment.loadAverage} on ${run.environment.cores} cores): times are less certain, counters are not`,
    );
  }
  return run;
}

function replayCaptures(
  core: Core,
  run: Run,
  { captures, onProgress }: MainJobOptions,
  wanted: (name: string) => boolean,
): void {
  if (!existsSync(captures)) {
    run.warnings.push(`no captures in ${captures}: nothing was replayed`);
    return;
  }
  for (const folder of findScenarios(captures)) {
    const name = folder.split(/[\\/]/).slice(-2).join('/');
    if (!wanted(name)) continue;
    onProgress(`replaying ${name}`);
    const scenario = readScenario(folder);
    for (const line of scenario.lost)
      run.warnings.push(`${name}: events were lost at line ${line} of its trace`);
    run.replays.push(replayRecord(core, scenario));
    run.traceStrategies.push(...traceStrategyRecords(core, scenario));
  }
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
}
