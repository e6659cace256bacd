// linmap cores: the cores that misses and walks are estimated for, and where their numbers come from.
import type { Command } from 'commander';
import { coreOf } from '../machine/cores/core-file.js';
import { CORES } from '../machine/cores/presets/catalogue.js';
import { terminalTable } from '../report/table.js';
import { coresTable, coreText } from './cores-text.js';
import { type Output, standardOutput } from './output.js';

const EXAMPLES = `
Every value is documented by the vendor, measured by others, or assumed. A core
of your own is a JSON file of the same shape: begin with "cores[0]" of --json.

Examples:
  linmap cores
  linmap cores neoverse-n1`;

export function register(program: Command): void {
  program
    .command('cores')
    .summary('list cores, their TLBs and where the numbers come from')
    .description('Lists the cores that come with linmap, or one core in full with the source of every value.')
    .argument('[core]', 'id of a core, or a file that describes one (linmap.core/1)')
    .option('--json', 'print one JSON document (linmap.cores/1)')
    .addHelpText('after', EXAMPLES)
    .action((core: string | undefined, options: { json?: boolean }) => {
      coresCommand(core, options);
    });
}

/**
 * Describes one core, or all that linmap knows.
 * @throws InputError for a core that is neither known nor in a file.
 */
function coresCommand(
  idOrFile: string | undefined,
  options: { json?: boolean },
  output: Output = standardOutput,
): void {
  const one = idOrFile === undefined ? null : coreOf(idOrFile);
  output.result(
    {
      document: { schema: 'linmap.cores/1', cores: one ? [one] : CORES },
      text: (colours) =>
        one ? coreText(one, colours) : terminalTable(coresTable(CORES), { stream: process.stdout }),
    },
    options.json ?? false,
  );
}
