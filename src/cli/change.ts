// linmap change: one permission change on a freshly built machine, by one strategy or by all of them.
import { type Command, Option } from 'commander';
import { Core } from '../core/core.js';
import { Kernel } from '../kernel/kernel.js';
import { BACKINGS, type Backing } from '../kernel/page-allocator.js';
import { mapState } from '../map/map-state.js';
import { terminalTable } from '../report/table.js';
import { STRATEGIES, type Strategy } from '../strategy/index.js';
import { numberArgument } from './arguments.js';
import { type ChangeResult, changeDocument, changeTable } from './change-report.js';
import { blameFile, EXIT, usageError } from './failure.js';
import { addMachineOptions, type MachineOptions, machineFrom } from './machine-options.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';

/** Calls on a vmalloc area, and calls on pages of the linear map. */
const AREA_CALLS = [
  'set_memory_ro',
  'set_memory_rw',
  'set_memory_x',
  'set_memory_nx',
  'set_memory_rox',
  'vfree',
] as const;
const PAGE_CALLS = ['set_direct_map_valid_noflush', 'set_direct_map_invalid_noflush'] as const;
const CALLS = [...AREA_CALLS, ...PAGE_CALLS];
export type ChangeCall = (typeof CALLS)[number];

/** A larger area than any that kernels make executable or secret, and still made at once. */
const MOST_PAGES = 2 ** 16;

export interface ChangeOptions extends MachineOptions {
  call: ChangeCall;
  pages: number;
  backing: Backing;
  strategy: string;
  seed: number;
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
    .addOption(new Option('--call <function>', 'what is called').choices(CALLS).default('set_memory_ro'))
    .addOption(new Option('--pages <n>', 'pages of the granule').argParser(numberArgument).default(1))
    .addOption(new Option('--backing <kind>', 'where the pages come from').choices(BACKINGS).default('runs'))
    .addOption(
      new Option('--strategy <id>', 'one strategy, or all')
        .choices([...STRATEGIES.map(({ id }) => id), 'all'])
        .default('all'),
    )
    .addOption(new Option('--seed <n>', 'seed of the allocator').argParser(numberArgument).default(1))
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
export function changeCommand(options: ChangeOptions, output: Output = standardOutput): number {
  const machine = machineFrom(options);
  if (options.pages < 1 || options.pages > MOST_PAGES) {
    throw usageError(`expected --pages of 1 to ${MOST_PAGES}, found ${options.pages}`);
  }
  const core = new Core();
  const strategies = STRATEGIES.filter(({ id }) => options.strategy === 'all' || options.strategy === id);
  const progress = startProgress();
  const results = strategies.map((strategy) => {
    progress.report(`changing ${options.pages} pages: ${strategy.title}`);
    return blameFile(options.machine ?? '--pages', core, () => {
      const kernel = new Kernel(core, machine, strategy, { seed: options.seed });
      return change(kernel, strategy, options);
    });
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

function change(kernel: Kernel, strategy: Strategy, { call, pages, backing }: ChangeOptions): ChangeResult {
  const work = prepare(kernel, call, pages, backing);
  const before = mapState(kernel.core);
  kernel.core.resetCounters();
  const result = work();
  return { strategy, result, counters: kernel.core.counters(), before, after: mapState(kernel.core) };
}

/** Allocates what is to be changed; the function returned changes it. */
function prepare(kernel: Kernel, call: ChangeCall, pages: number, backing: Backing): () => number {
  if (call === 'set_direct_map_valid_noflush' || call === 'set_direct_map_invalid_noflush') {
    const block = kernel.allocator.allocate(2 ** Math.ceil(Math.log2(pages)) * kernel.machine.granule);
    if (call === 'set_direct_map_valid_noflush') {
      return () => kernel.setDirectMapValidNoflush(block, pages, false);
    }
    return () => {
      for (let i = 0; i < pages; i++) {
        const error = kernel.setDirectMapInvalidNoflush(block + i * kernel.machine.granule);
        if (error) return error;
      }
      return 0;
    };
  }
  const area = kernel.vmallocArea(pages, backing);
  switch (call) {
    case 'set_memory_ro':
      return () => kernel.setMemoryRo(area.addr, pages);
    case 'set_memory_rw':
      return () => kernel.setMemoryRw(area.addr, pages);
    case 'set_memory_x':
      return () => kernel.setMemoryX(area.addr, pages);
    case 'set_memory_nx':
      return () => kernel.setMemoryNx(area.addr, pages);
    case 'set_memory_rox':
      return () => kernel.setMemoryRox(area.addr, pages);
    case 'vfree':
      return () => {
        kernel.vfree(area);
        return 0;
      };
  }
}
