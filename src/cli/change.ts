// linmap change: one permission change on a freshly built machine, by one strategy or by all of them.
import { type Command, Option } from 'commander';
import { Core } from '../core/core.js';
import { BACKINGS } from '../kernel/page-allocator.js';
import { terminalTable } from '../report/table.js';
import { STRATEGIES } from '../strategy/index.js';
import {
  CHANGE_CALLS,
  type ChangeRequest,
  changePermissions,
  MOST_PAGES,
} from '../strategy/permission-change.js';
import { MOST, wholeArgument } from './arguments.js';
import { changeDocument, changeTable } from './change-report.js';
import { blameFile, EXIT } from './failure.js';
import { addMachineOptions, type MachineOptions, machineFrom } from './machine-options.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';

interface ChangeOptions extends MachineOptions, ChangeRequest {
  strategy: string;
  json?: boolean;
}

const EXAMPLES = `
The pages lie where a seeded allocator finds room; the machine is built anew for each strategy. Huge backings are
huge-mapped only for a strategy that can change such areas; the others see the same physical pages, mapped one by one.

Examples:
  linmap change --granule 4K --va-bits 48 --memory 256G --bbml2 --pages 512 --backing huge-pmd
  linmap change --machine captures/4k-bbml2/machine.json --call vfree --pages 25 --backing runs --json`;

export function register(program: Command): void {
  const command = program
    .command('change')
    .summary('one permission change: what it costs and leaves behind')
    .description('Makes one permission change on a machine that has just booted, and counts what it takes.');
  addMachineOptions(command)
    .addOption(
      new Option('--call <function>', 'what is called').choices(CHANGE_CALLS).default('set_memory_ro'),
    )
    .addOption(
      new Option('--pages <n>', `pages of the granule, 1 to ${MOST_PAGES}`)
        .argParser(wholeArgument(1, MOST_PAGES))
        .default(1),
    )
    .addOption(new Option('--backing <kind>', 'where the pages come from').choices(BACKINGS).default('runs'))
    .addOption(
      new Option('--strategy <id>', 'one strategy, or all')
        .choices([...STRATEGIES.map(({ id }) => id), 'all'])
        .default('all'),
    )
    .addOption(new Option('--seed <n>', 'seed of the allocator').argParser(wholeArgument(0, MOST)).default(1))
    .option('--json', 'print one JSON document (linmap.change/1)')
    .addHelpText('after', EXAMPLES)
    .action((options: ChangeOptions) => {
      process.exitCode = changeCommand(options);
    });
}

/**
 * Makes one permission change with each strategy asked for.
 * @returns the exit code
 * @throws InputError for a machine file that is wrong, CommanderError for options that make no machine or no change.
 */
function changeCommand(options: ChangeOptions, output: Output = standardOutput): number {
  const machine = machineFrom(options);
  const core = new Core();
  const strategies = STRATEGIES.filter(({ id }) => options.strategy === 'all' || options.strategy === id);
  const progress = startProgress();
  const results = strategies.map((strategy) => {
    progress.report(`changing ${options.pages} pages: ${strategy.title}`);
    return blameFile(options.machine ?? '--pages', core, () =>
      changePermissions(core, machine, strategy, options),
    );
  });
  progress.end();
  output.result(
    {
      document: changeDocument(machine, options, results),
      text: () =>
        terminalTable(changeTable(machine, options, results), {
          stream: process.stdout,
          environment: process.env,
        }),
    },
    options.json ?? false,
  );
  return EXIT.done;
}
