// linmap capture-script: a shell script for machines that have no linmap.
import type { Command } from 'commander';
import { captureScript } from '../capture/script/capture-script.js';
import { writeWhole } from '../io/file.js';
import { linmapVersion } from './version.js';

const EXAMPLES = `
Copy the script to an arm64 machine and run it there as root:
  sh linmap-capture.sh -n                       what it would do
  sh linmap-capture.sh -- modprobe dm_crypt     record while a command runs
  sh linmap-capture.sh -t 60                    record for a minute

Examples:
  linmap capture-script
  linmap capture-script > linmap-capture.sh`;

export function register(program: Command): void {
  program
    .command('capture-script')
    .summary('print a shell script that captures a machine without linmap')
    .description(
      'Prints a POSIX shell script. Run as root on an arm64 machine, it records what changes the permissions of ' +
        'kernel memory and reads the page tables before and after, into one archive for linmap import.',
    )
    .option('-o, --out <file>', 'write the script there instead of printing it')
    .addHelpText('after', EXAMPLES)
    .action((options: { out?: string }) => {
      const script = captureScript(linmapVersion());
      if (options.out === undefined) process.stdout.write(script);
      else writeWhole(options.out, script);
    });
}
