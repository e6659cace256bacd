import { Command } from 'commander';
import { linmapVersion } from './version.js';

/** In the order of `linmap --help`. A new command is a file that exports `register` and a line here. */
const COMMANDS: readonly (() => Promise<{ register(program: Command): void }>)[] = [
  () => import('./bench.js'),
  () => import('./report.js'),
  () => import('./serve.js'),
  () => import('./accept.js'),
  () => import('./reference.js'),
  () => import('./history.js'),
  () => import('./compare.js'),
  () => import('./export.js'),
  () => import('./capture.js'),
  () => import('./capture-script.js'),
  () => import('./replay.js'),
  () => import('./map.js'),
  () => import('./import.js'),
  () => import('./inspect.js'),
  () => import('./change.js'),
  () => import('./cores.js'),
  () => import('./tlb.js'),
];

/** The whole command line. It throws CommanderError instead of ending the process, and leaves stderr to the caller. */
export async function createProgram(): Promise<Command> {
  const program = new Command('linmap')
    .description("Simulates the page tables of an arm64 Linux kernel's linear map.")
    .version(linmapVersion())
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', '\nExample:\n  linmap map --granule 4K --va-bits 48 --memory 256G --bbml2');
  // Sub-commands inherit what is set above at the moment they are made.
  for (const load of COMMANDS) (await load()).register(program);
  return program;
}
