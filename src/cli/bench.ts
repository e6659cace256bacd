// linmap bench: the main job. Replays, comparison of strategies, timing, charts, and the record of the run.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { timeGate } from '../../bench/gate/time-gate.js';
import { defaultThreads } from '../../bench/jobs/run-jobs.js';
import { mainJob } from '../../bench/main-job.js';
import { measureNative } from '../../bench/native/run.js';
import { modulePath } from '../core/module.js';
import { tryFolder } from '../io/folder.js';
import { InputError } from '../io/input-error.js';
import { BASELINE_FILE, checkBaseline, readBaseline } from '../record/baseline.js';
import { isRegressed } from '../record/gate/gate-record.js';
import { REFERENCE_FOLDER, readReference } from '../record/gate/reference.js';
import { historyEntry } from '../record/history-entry.js';
import { appendHistory } from '../record/history-file.js';
import type { NativeRecord } from '../record/native.js';
import type { Run } from '../record/run.js';
import { terminalReport } from '../report/run-report.js';
import { regexpArgument, wholeArgument } from './arguments.js';
import { writeResults } from './bench-results.js';
import { EXIT } from './failure.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';
import { HISTORY_FOLDER, historyFolder, inCurrentFolder, LATEST_FOLDER } from './result-places.js';
import { linmapVersion } from './version.js';

interface BenchOptions {
  quick?: boolean;
  filter?: RegExp;
  out: string;
  captures?: string;
  /** `counters`: without the gate on times. */
  check?: true | 'counters';
  /** The file to check exact results against. */
  baseline: string;
  /** The folder of the history; false for none. */
  history?: string | boolean;
  /** Threads for the exact results. */
  jobs: number;
  /** Also times the hot path beside plain C. */
  native?: boolean;
  json?: boolean;
}

/** Each thread has cores of its own, and jobs are some dozens. */
const MOST_JOBS = 64;

const EXAMPLES = `
Writes run.json, report.html, report.md and charts (PNG and SVG). Exit code 1: a replay is not what the kernel did, an exact result is not
the same when it is computed again, or --check found a change.
--filter sees names such as "4k-bbml2/load-small", "4K/48 blocks vmalloc-2m-huge page-basis", "table memory",
"tlb ampereone zipf", "published", "scaling", "speed of estimates" and the titles of the timings.

Examples:
  npm run bench
  linmap bench --quick --filter 'bpf|4k-bbml2/cbpf200'
  linmap bench --check`;

export function register(program: Command): void {
  program
    .command('bench')
    .summary('the main job: replay, compare, time, draw')
    .description(
      'Replays the captures, compares the strategies on them and on built machines, times the hot path, draws charts.',
    )
    .option('--quick', 'fewer samples: about 15 seconds')
    .option('--filter <regexp>', 'only what the expression matches', regexpArgument)
    .addOption(
      new Option('--out <dir>', 'where results go').default(LATEST_FOLDER, inCurrentFolder(LATEST_FOLDER)),
    )
    .option('--captures <dir>', 'captures to replay (default: those that ship with linmap)')
    .option(
      '--check [gates]',
      'fail where exact results or times changed; =counters: exact results only',
      checkArgument,
    )
    .addOption(
      new Option('--baseline <file>', 'what --check holds exact results against').default(
        BASELINE_FILE,
        inCurrentFolder(BASELINE_FILE),
      ),
    )
    .option(
      '--history <dir>',
      `the history to append the run to (default: ${inCurrentFolder(HISTORY_FOLDER)}, or history in --out)`,
    )
    .option('--no-history', 'leave the history as it is')
    .addOption(
      new Option(
        '--jobs <n>',
        `threads for exact results, 1 to ${MOST_JOBS}; the results are the same for any number`,
      )
        .argParser(wholeArgument(1, MOST_JOBS))
        .default(defaultThreads(), 'as many as there are CPUs, at most 8'),
    )
    .option('--native', 'also time the hot path beside plain C, where there is a C compiler')
    .option('--json', 'print the record of the run (linmap.run/1)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: BenchOptions) => {
      process.exitCode = await benchCommand(options);
    });
}

/**
 * Runs the main job and writes its results.
 * @returns the exit code
 * @throws InputError where results cannot be written or a capture is wrong
 */
async function benchCommand(options: BenchOptions, output: Output = standardOutput): Promise<number> {
  const progress = startProgress();
  try {
    // Found out now rather than after a minute's work.
    if (options.captures !== undefined && !existsSync(options.captures)) {
      throw new InputError(options.captures, null, 'expected a folder of captures, found none');
    }
    const history = historyFolder(options);
    for (const folder of [options.out, ...(history === null ? [] : [history])]) tryFolder(folder);
    const baseline = options.check ? readBaseline(options.baseline) : null;
    if (options.check === true) readReference(REFERENCE_FOLDER);
    const run = await mainJob({
      quick: options.quick ?? false,
      filter: options.filter ?? null,
      captures: options.captures ?? shippedCaptures(),
      version: linmapVersion(),
      threads: options.jobs,
      onProgress: (text) => progress.report(text),
    });
    if (baseline && run.exact) run.exact.baseline = checkBaseline(baseline, run, options.baseline);
    if (options.check === true) {
      run.gate = await timeGate({
        quick: options.quick ?? false,
        filter: options.filter ?? null,
        onProgress: (text) => progress.report(text),
      });
    }
    if (options.native) run.native = await nativeRecord(run, options, (text) => progress.report(text));
    if (options.filter && isEmpty(run)) {
      throw new InputError(
        '--filter',
        null,
        `expected a name that a bench has, found none that ${options.filter} matches`,
      );
    }
    const { files, missing } = await writeResults(run, options.out, (text) => progress.report(text));
    appendRun(run, history);
    progress.end();
    if (missing !== null) output.warn(missing);
    output.result(
      {
        document: run,
        text: () => `${terminalReport(run, { stream: process.stdout, environment: process.env })}\n${files}`,
      },
      options.json ?? false,
    );
    return isFaithful(run) && isExact(run) && !(run.gate && isRegressed(run.gate))
      ? EXIT.done
      : EXIT.different;
  } finally {
    progress.end();
  }
}

/** Whether nothing was counted, timed or judged. */
function isEmpty({ replays, comparisons, tableMemory, flushes = [], tlb, published, ...run }: Run): boolean {
  const exact = [replays, comparisons, tableMemory, flushes, tlb, published];
  const timed = [
    run.hotPath,
    run.estimateSpeed,
    run.native?.paths,
    run.native?.replays,
    run.gate?.benchmarks,
  ];
  return run.scaling === undefined && [...exact, ...timed].every((part = []) => part.length === 0);
}

/** Those that ship with linmap. */
function shippedCaptures(): string {
  return join(dirname(dirname(modulePath())), 'captures');
}

/** The hot path beside C; without a compiler the run says so and goes on. */
async function nativeRecord(
  run: Run,
  { quick = false, filter, captures = shippedCaptures() }: BenchOptions,
  onProgress: (text: string) => void,
): Promise<NativeRecord> {
  const native = await measureNative({ quick, captures, onProgress, ...(filter ? { filter } : {}) });
  if (native.skipped !== null) run.warnings.push(`nothing was compared with C: ${native.skipped}`);
  return native;
}

/** Every replay ends with the kernel's map, agrees with its trace, and every strategy with the kernel's permissions. */
function isFaithful(run: Run): boolean {
  return (
    run.replays.every(({ equal, agreesWithTrace }) => equal !== false && agreesWithTrace) &&
    run.traceStrategies.every(({ permissionsEqual }) => permissionsEqual)
  );
}

/** Computed again, and in the baseline where one was asked for, every exact result is the same. */
function isExact({ exact }: Run): boolean {
  return !exact?.repeated.differences.length && !exact?.baseline?.differences.length;
}

/** A filtered run goes into the history with what it has; one that has nothing leaves no line. */
function appendRun(run: Run, folder: string | null): void {
  if (folder === null) return;
  const entry = historyEntry(run);
  if (entry.series.length > 0 || entry.exact.cases > 0) appendHistory(folder, entry);
}

function checkArgument(text: string): 'counters' {
  if (text !== 'counters') throw new InvalidArgumentError('Expected counters, or nothing for all gates.');
  return text;
}
