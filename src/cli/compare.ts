// linmap compare: two records of the main job side by side.
import { type Command, Option } from 'commander';
import { compareRuns } from '../record/compare.js';
import { findComparables } from '../record/compare-source.js';
import { comparedSections } from '../report/sections/runs-compared.js';
import { markdownTable, terminalTable, wrap } from '../report/table.js';
import { MOST, wholeArgument } from './arguments.js';
import { usageError } from './failure.js';
import { type Output, standardOutput } from './output.js';
import { HISTORY_FOLDER, inCurrentFolder } from './result-places.js';

interface CompareOptions {
  json?: boolean;
  markdown?: boolean;
  limit: number;
  history: string;
}

const EXAMPLES = `
A and B are run.json files, folders that hold one, commits of the history,
"latest" (results/latest) or "baseline" (results/baseline.json), both in the
current folder. Counters are compared exactly, wherever they were counted; times
only where machine and runtime are the same. The exit code says nothing about differences: that is
what linmap bench --check is for.

Examples:
  linmap compare baseline latest
  linmap compare 78ca0462 latest --markdown`;

export function register(program: Command): void {
  program
    .command('compare')
    .summary('compare two records of linmap bench')
    .description(
      'Compares two records: counters exactly, times where they are comparable, sorted by importance.',
    )
    .argument('<a>', 'the record to compare with')
    .argument('<b>', 'the record that is compared')
    .option('--markdown', 'print Markdown, for a comment on a pull request')
    .option('--limit <n>', 'rows of a table at most', wholeArgument(0, MOST), 40)
    .addOption(
      new Option('--history <dir>', 'the history to look for commits in').default(
        HISTORY_FOLDER,
        inCurrentFolder(HISTORY_FOLDER),
      ),
    )
    .option('--json', 'print one JSON document (linmap.compare/1)')
    .addHelpText('after', EXAMPLES)
    .action((a: string, b: string, options: CompareOptions) => {
      compareCommand(a, b, options);
    });
}

/** @throws InputError for what is no record. */
function compareCommand(
  a: string,
  b: string,
  options: CompareOptions,
  output: Output = standardOutput,
): void {
  if (options.json && options.markdown) throw usageError('--json and --markdown exclude each other');
  const comparison = compareRuns(...findComparables(a, b, options.history));
  output.result(
    {
      document: { schema: 'linmap.compare/1', ...comparison },
      text: () =>
        comparedSections(comparison, options.limit)
          .map((part) => {
            if (typeof part === 'string') return options.markdown ? part : wrap(part, 100).join('\n');
            return options.markdown ? markdownTable(part) : terminalTable(part, { stream: process.stdout });
          })
          .join('\n\n'),
    },
    options.json ?? false,
  );
}
