// linmap replay: a scenario of a capture, made again from its first map and compared with its last.
import { setImmediate as breathe } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { replayAs } from '../capture/replay.js';
import { type Scenario, streamScenario } from '../capture/scenario.js';
import { Core } from '../core/core.js';
import { findInput } from '../io/file.js';
import { compareMaps } from '../map/compare.js';
import { writeMap } from '../map/map-file.js';
import { formatCount } from '../report/number.js';
import { STRATEGIES, strategyOf } from '../strategy/index.js';
import { pictureArgument } from './arguments.js';
import { blameFile, EXIT, usageError } from './failure.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';
import { writeTimeline } from './replay-chart.js';
import { isFaithful, type ReplayReport, replayDocument } from './replay-report.js';
import { reviewedReplay } from './replay-review.js';
import { replayText } from './replay-text.js';
import { requireScenarioFolder } from './scenario-folder.js';

interface ReplayOptions {
  /** Id of a strategy; what the kernel did where left out. */
  strategy?: string;
  out?: string;
  /** File for the timeline. */
  chart?: string;
  json?: boolean;
}

const EXAMPLES = `
Without after.map.json nothing is checked; what happened, who asked for it and
what it cost is told all the same.

Exit code 1: a map differs from the captured one, or, with --strategy, a page
ends with other permissions than the kernel's.

Examples:
  linmap replay captures/4k-bbml2/load-small
  linmap replay captures/4k-bbml2/load-small --chart /tmp/timeline.png
  linmap replay captures/4k-bbml2/load-small --strategy huge-size --json`;

export function register(program: Command): void {
  const strategies = STRATEGIES.map(({ id }) => id);
  program
    .command('replay')
    .summary('replay a captured scenario and compare with what the kernel made of it')
    .description(
      'Applies the trace of a scenario folder to its before.map.json and compares the result with after.map.json and ' +
        'with every map that was read on the way.',
    )
    .argument('<dir>', 'scenario folder of a capture')
    .addOption(new Option('--strategy <id>', 'make the changes as this one would have').choices(strategies))
    .option('--out <file>', 'write the resulting map (linmap.map/1; gzipped where the name ends in .gz)')
    .option(
      '--chart <file>',
      'draw leaf sizes and table memory over the trace: FILE.png or FILE.svg',
      pictureArgument,
    )
    .option('--json', 'print one JSON document (linmap.replay/1)')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, options: ReplayOptions) => {
      process.exitCode = await replayCommand(directory, options);
    });
}

/**
 * Replays a scenario folder and says what came of it.
 * @returns the exit code
 * @throws InputError for a scenario that is incomplete or wrong, CommanderError for a strategy that does not exist.
 */
export async function replayCommand(
  directory: string,
  options: ReplayOptions,
  output: Output = standardOutput,
): Promise<number> {
  if (options.chart !== undefined && options.strategy !== undefined) {
    throw usageError('expected --chart, which shows what the kernel did, without --strategy');
  }
  const progress = startProgress();
  try {
    progress.report(`reading ${directory}`);
    const warnings: string[] = [];
    const scenario = await load(directory, (line) => warnings.push(line));
    for (const line of warnings) output.warn(line);
    await breathe();
    progress.report(`replaying ${directory}: ${scenario.events} events`);
    const told = warnings.length;
    const report = run(directory, scenario, options, warnings);
    for (const line of warnings.slice(told)) output.warn(line);
    await breathe();
    if (options.chart !== undefined && report.review) {
      await writeTimeline(options.chart, scenario, report.review);
    }
    if (options.out !== undefined) writeMap(options.out, report.replay.map);
    progress.end();
    output.result(
      { document: replayDocument(report), text: (colours) => replayText(report, colours) },
      options.json ?? false,
    );
    return isFaithful(report) ? EXIT.done : EXIT.different;
  } finally {
    progress.end();
  }
}

async function load(directory: string, warn: (line: string) => void): Promise<Scenario> {
  requireScenarioFolder(directory);
  const scenario = await streamScenario(directory, { unknownKeys: 'warn', warn });
  const [first] = scenario.lost;
  if (first !== undefined) {
    const trace = findInput(directory, 'trace.txt');
    const { lostEvents } = scenario.summary;
    const told = lostEvents > 0 ? ` (the whole trace says of ${formatCount(lostEvents)} events)` : '';
    warn(
      `${trace}:${first}: the tracer lost events here; what follows shows less than what the kernel did, ` +
        `so neither agreement nor a difference proves anything${told}`,
    );
  }
  return scenario;
}

function run(
  directory: string,
  scenario: Scenario,
  options: ReplayOptions,
  warnings: string[],
): ReplayReport {
  const core = new Core();
  const { pageEnd } = scenario.machine;
  const start = findInput(directory, 'before.map.json');
  const strategy = options.strategy === undefined ? null : strategyOf(options.strategy);
  if (strategy === undefined) throw usageError(`expected a strategy, found "${options.strategy}"`);
  if (strategy === null) {
    const { replay, review } = blameFile(start, core, () =>
      reviewedReplay(core, scenario, directory, (line) => warnings.push(line)),
    );
    const after = replay.snapshots.find(({ name }) => name === 'after') ?? null;
    return { scenario, strategy, replay, review, after, permissionDifferenceBytes: null, warnings };
  }
  const result = blameFile(start, core, () => replayAs(core, scenario, strategy));
  const expected = scenario.snapshots.get('after');
  return {
    scenario,
    strategy,
    replay: result,
    after: expected === undefined ? null : compareMaps(expected, result.map, { pageEnd }),
    permissionDifferenceBytes: result.permissionDifferenceBytes,
    warnings,
  };
}
