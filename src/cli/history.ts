// linmap history: how what is timed went from run to run, and where it changed.
import { type Command, Option } from 'commander';
import { InputError } from '../io/input-error.js';
import { exactChanges, type HistorySegment, segmentsOf } from '../record/history.js';
import type { HistoryEntry } from '../record/history-entry.js';
import { readHistory } from '../record/history-file.js';
import { historyChart } from '../report/charts/history.js';
import { renderChart } from '../report/charts/render.js';
import { changePointTable, exactChangeTable, segmentTable } from '../report/sections/history.js';
import { isUnicodeLocale } from '../report/sparkline.js';
import { terminalTable } from '../report/table.js';
import { pictureArgument, regexpArgument } from './arguments.js';
import { noMatch } from './no-match.js';
import { type Output, standardOutput } from './output.js';
import { HISTORY_FOLDER, inCurrentFolder } from './result-places.js';

interface HistoryCommandOptions {
  since?: string;
  series?: RegExp;
  chart?: string;
  all?: boolean;
  history: string;
  json?: boolean;
}

const EXAMPLES = `
Every linmap bench appends to the history, one file for each machine and
runtime. Times are compared only within one: the table is of the one that the
latest run belongs to.

Examples:
  linmap history
  linmap history --since 2026-11-01 --series 'walk.*wasm'
  linmap history --chart history.png`;

export function register(program: Command): void {
  program
    .command('history')
    .summary('show how times went from run to run, and where they changed')
    .description(
      'Shows every timed series over the runs of a machine, its change points, and where exact counters changed.',
    )
    .option('--since <date|commit>', 'runs from that day on, or from the first run of a commit')
    .option('--series <regexp>', 'only series whose name it matches', regexpArgument)
    .option('--chart <file>', 'also draw the series that changed most: FILE.png or FILE.svg', pictureArgument)
    .option('--all', 'every machine and runtime')
    .addOption(
      new Option('--history <dir>', 'the history to read').default(
        HISTORY_FOLDER,
        inCurrentFolder(HISTORY_FOLDER),
      ),
    )
    .option('--json', 'print one JSON document (linmap.historyReport/1)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: HistoryCommandOptions) => {
      await historyCommand(options);
    });
}

/** @throws InputError where there is no history, nothing in it since then, or no series of that name. */
async function historyCommand(
  options: HistoryCommandOptions,
  output: Output = standardOutput,
): Promise<void> {
  const { entries: all, warnings } = readHistory(options.history);
  for (const warning of warnings) output.warn(warning);
  if (all.length === 0) {
    throw new InputError(options.history, null, 'expected a history of runs of linmap bench, found none');
  }
  const entries = options.since === undefined ? all : entriesSince(all, options.since, options.history);
  const segments = wantedSegments(entries, options.series);
  const changes = exactChanges(entries);
  const latest = segments.at(-1) as HistorySegment;
  if (options.chart !== undefined) await draw(latest, options.chart, output);
  output.result(
    {
      document: { schema: 'linmap.historyReport/1', segments, exactChanges: changes },
      text: () => {
        const shown = options.all ? segments : [latest];
        const unicode = isUnicodeLocale(process.env);
        const tables = [
          ...shown.flatMap((segment) => [segmentTable(segment, unicode), changePointTable(segment)]),
          exactChangeTable(changes),
        ];
        const text = tables
          .filter((table) => table !== null)
          .map((table) => terminalTable(table, { stream: process.stdout }));
        return [...text, ...others(segments.length - shown.length)].join('\n\n');
      },
    },
    options.json ?? false,
  );
}

/** Segments with the series that are asked for; those that have none of them are left out. */
function wantedSegments(entries: readonly HistoryEntry[], series: RegExp | undefined): HistorySegment[] {
  if (series === undefined) return segmentsOf(entries);
  const segments = segmentsOf(entries, { series }).filter((segment) => segment.series.length > 0);
  if (segments.length > 0) return segments;
  const names = new Set(entries.toReversed().flatMap((entry) => entry.series.map(({ name }) => name)));
  throw noMatch('--series', 'a series', [...names], series);
}

/** Entries of a day and later (UTC), or from the first one of a commit on. */
function entriesSince(entries: readonly HistoryEntry[], since: string, history: string): HistoryEntry[] {
  if (/^\d{4}-\d{2}-\d{2}/.test(since)) {
    const start = Date.parse(since);
    if (Number.isNaN(start))
      throw new InputError('--since', null, `expected a date or a commit, found ${since}`);
    const later = entries.filter(({ time }) => Date.parse(time) >= start);
    if (later.length === 0) throw new InputError(history, null, `expected runs since ${since}, found none`);
    return later;
  }
  if (!/^[0-9a-f]{4,40}$/i.test(since)) {
    throw new InputError('--since', null, `expected a date such as 2026-11-01 or a commit, found ${since}`);
  }
  const first = entries.findIndex(({ commit }) => commit?.hash.startsWith(since.toLowerCase()));
  if (first < 0) throw new InputError(history, null, `expected a run of commit ${since}, found none`);
  return entries.slice(first);
}

async function draw(segment: HistorySegment, path: string, output: Output): Promise<void> {
  const chart = historyChart(segment);
  const skipped = chart === null ? 'no series has two runs' : await renderChart(chart, path);
  if (skipped !== null) output.warn(`${path} was not drawn: ${skipped}`);
}

function others(segments: number): string[] {
  if (segments === 0) return [];
  return [
    `${segments} more ${segments === 1 ? 'machine or runtime has' : 'machines or runtimes have'} runs: --all shows them.`,
  ];
}
