// linmap accept: makes the exact results of a run the baseline, with the reason why they have changed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultThreads } from '../../bench/jobs/run-jobs.js';
import { exactJob } from '../../bench/main-job.js';
import { modulePath } from '../core/module.js';
import { writeWhole } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import {
  acceptRun,
  BASELINE_FILE,
  type Baseline,
  checkBaseline,
  formatBaseline,
  readBaseline,
} from '../record/baseline.js';
import { casesOf } from '../record/exact-differences.js';
import { readRun } from '../record/read-run.js';
import type { Run } from '../record/run.js';
import { formatCount } from '../report/number.js';
import { differenceTables } from '../report/sections/exact-gate.js';
import { terminalTable } from '../report/table.js';
import { EXIT } from './failure.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';
import { inCurrentFolder } from './result-places.js';
import { linmapVersion } from './version.js';

interface AcceptOptions {
  reason: string;
  run?: string;
  baseline: string;
  captures?: string;
  json?: boolean;
}

const EXAMPLES = `
Without --run the exact part of the main job is done now. What changes is shown as by linmap bench --check.
Exit code 1: the results are not the same when they are computed again; then nothing is accepted.

Examples:
  linmap accept --reason "series v4 splits both ends in one lazy section"
  linmap accept --reason "the same, as the main job found it" --run results/latest/run.json`;

export function register(program: Command): void {
  program
    .command('accept')
    .summary('make exact results the baseline of linmap bench --check')
    .description('Records the exact results of a run as the baseline, with reason, date and commit.')
    .requiredOption('--reason <text>', 'why they have changed; kept in the baseline', reasonArgument)
    .option('--run <file>', 'a run.json instead of computing the results now')
    .addOption(
      new Option('--baseline <file>', 'the baseline to change').default(
        BASELINE_FILE,
        inCurrentFolder(BASELINE_FILE),
      ),
    )
    .option('--captures <dir>', 'captures to replay (default: those that ship with linmap)')
    .option('--json', 'print what was accepted (linmap.accept/1)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: AcceptOptions) => {
      process.exitCode = await acceptCommand(options);
    });
}

/**
 * Accepts a run and writes the baseline, whole or not at all; leaves the file alone where nothing differs.
 * @returns the exit code
 * @throws InputError where the record or the baseline cannot be read, or the baseline cannot be written
 */
async function acceptCommand(options: AcceptOptions, output: Output = standardOutput): Promise<number> {
  const { reason, baseline: file } = options;
  const before = existsSync(file) ? readBaseline(file) : null;
  const run = options.run === undefined ? await computed(options) : recorded(options.run);
  const repeated = run.exact?.repeated.differences ?? [];
  const { differences } = checkBaseline(before ?? { accepted: [], cases: [] }, run, file);
  const after = repeated.length === 0 ? acceptRun(before, run, reason) : before;
  if (after !== null && after !== before) writeWhole(file, formatBaseline(after));
  output.result(
    {
      document: {
        schema: 'linmap.accept/1',
        baseline: file,
        accepted: after === before ? null : after?.accepted.at(-1),
        cases: after?.cases.length ?? 0,
        differences: repeated.length === 0 ? differences : repeated,
      },
      text: () => {
        const stream = process.stdout;
        const tables =
          repeated.length > 0
            ? differenceTables('Not the same when computed again: nothing was accepted', repeated, 'brief')
            : differenceTables(`Changed against ${file}`, differences, 'brief');
        const texts = tables.map((table) => terminalTable(table, { stream, environment: process.env }));
        if (repeated.length === 0) texts.push(outcome(file, after, before, casesOf(differences)));
        return texts.join('\n\n');
      },
    },
    options.json ?? false,
  );
  return repeated.length === 0 ? EXIT.done : EXIT.different;
}

async function computed({ captures }: AcceptOptions): Promise<Run> {
  const progress = startProgress();
  try {
    return await exactJob({
      quick: false,
      filter: null,
      threads: defaultThreads(),
      captures: captures ?? join(dirname(dirname(modulePath())), 'captures'),
      version: linmapVersion(),
      onProgress: (text) => progress.report(text),
    });
  } finally {
    progress.end();
  }
}

function recorded(file: string): Run {
  const run = readRun(file);
  if (run.exact === undefined) {
    throw new InputError(file, null, 'expected a record with digests of maps, found one of an older linmap');
  }
  return run;
}

function outcome(file: string, after: Baseline | null, before: Baseline | null, changed: number): string {
  const cases = formatCount(after?.cases.length ?? 0);
  if (after === before) return `Nothing to accept: all ${cases} cases of ${file} stay as they are.`;
  return `Accepted: ${formatCount(changed)} cases changed, ${cases} in ${file}.`;
}

/** One line. */
function reasonArgument(text: string): string {
  const reason = text.trim().replace(/\s+/g, ' ');
  if (reason === '') throw new InvalidArgumentError('Expected a reason in words.');
  return reason;
}
