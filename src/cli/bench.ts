// linmap bench: the main job. Replays, comparison of strategies, timing, charts, and the record of the run.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { mainJob } from '../../bench/main-job.js';
import { modulePath } from '../core/module.js';
import { writeWhole } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import type { Run } from '../record/run.js';
import { renderCharts } from '../report/charts/render.js';
import { markdownReport, terminalReport } from '../report/run-report.js';
import { EXIT } from './failure.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';
import { linmapVersion } from './version.js';

export interface BenchOptions {
  quick?: boolean;
  filter?: RegExp;
  out: string;
  captures?: string;
  json?: boolean;
}

const EXAMPLES = `
Writes run.json, report.md and charts/*.png. Exit code 1: a replay is not what the kernel did.
--filter sees names such as "4k-bbml2/load-small", "4K/48 blocks vmalloc-2m-huge page-basis", "table memory",
"tlb ampereone zipf", "published", "speed of estimates" and the titles of the timings.

Examples:
  npm run bench
  linmap bench --quick --filter 'bpf|4k-bbml2/cbpf200'`;

export function register(program: Command): void {
  program
    .command('bench')
    .summary('the main job: replay, compare, time, draw')
    .description(
      'Replays the captures, compares the strategies on them and on built machines, times the hot path, draws charts.',
    )
    .option('--quick', 'fewer samples: at most 15 seconds')
    .option('--filter <regexp>', 'only what the expression matches', regexpArgument)
    .option('--out <dir>', 'where results go', 'results/latest')
    .option('--captures <dir>', 'captures to replay instead of those that ship with linmap')
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
export async function benchCommand(options: BenchOptions, output: Output = standardOutput): Promise<number> {
  const progress = startProgress();
  try {
    // Found out now rather than after a minute's work.
    makeDirectory(options.out);
    const run = await mainJob({
      quick: options.quick ?? false,
      filter: options.filter ?? null,
      captures: options.captures ?? join(dirname(dirname(modulePath())), 'captures'),
      version: linmapVersion(),
      onProgress: (text) => progress.report(text),
    });
    const charts = await renderCharts(run, join(options.out, 'charts'), (file) =>
      progress.report(`drawing ${file}`),
    );
    if (charts.skipped !== null) run.warnings.push(`no charts were drawn: ${charts.skipped}`);
    writeWhole(join(options.out, 'run.json'), `${JSON.stringify(run, null, 1)}\n`);
    writeWhole(join(options.out, 'report.md'), markdownReport(run));
    progress.end();
    const files = `Written: ${join(options.out, 'run.json')}, report.md and ${charts.written.length} charts in charts/.`;
    output.result(
      {
        document: run,
        text: () => `${terminalReport(run, { stream: process.stdout, environment: process.env })}\n${files}`,
      },
      options.json ?? false,
    );
    return isFaithful(run) ? EXIT.done : EXIT.different;
  } finally {
    progress.end();
  }
}

/** Every replay ends with the kernel's map, agrees with its trace, and every strategy with the kernel's permissions. */
function isFaithful(run: Run): boolean {
  return (
    run.replays.every(({ equal, agreesWithTrace }) => equal !== false && agreesWithTrace) &&
    run.traceStrategies.every(({ permissionsEqual }) => permissionsEqual)
  );
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(path, null, `expected a folder that can be made, found ${reason}`);
  }
}

function regexpArgument(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('Expected a regular expression.');
  }
}
