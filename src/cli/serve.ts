// linmap serve: the report of the latest run on a port of this machine, made anew whenever a run finishes.

import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { wholeArgument } from './arguments.js';
import { EXIT } from './failure.js';
import { type ReportServer, startReportServer } from './report-server.js';
import { inCurrentFolder, LATEST_FOLDER } from './result-places.js';

interface ServeOptions {
  port: number;
  out: string;
}

const EXAMPLES = `
Only this machine can ask (127.0.0.1). The page loads itself anew after each run. Ctrl-C ends.

Examples:
  linmap serve
  linmap serve --port 0 --out /tmp/results`;

export function register(program: Command): void {
  program
    .command('serve')
    .summary('show the report of the latest run in a browser, renewed after each run')
    .description('Serves the report page of the latest run on 127.0.0.1.')
    .option(
      '--port <number>',
      'port to listen on, 1 to 65535; 0 takes any that is free',
      wholeArgument(0, 65535),
      7420,
    )
    .addOption(
      new Option('--out <dir>', 'where runs leave their results').default(
        LATEST_FOLDER,
        inCurrentFolder(LATEST_FOLDER),
      ),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => {
      process.exitCode = await serveCommand(options);
    });
}

/**
 * Serves until the process is told to end.
 * @returns the exit code
 * @throws InputError where the port cannot be had
 */
async function serveCommand({ port, out }: ServeOptions): Promise<number> {
  const server = await startReportServer({
    port,
    record: join(out, 'run.json'),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`Report of ${join(out, 'run.json')}: ${server.url} (Ctrl-C ends)\n`);
  await endOf(server);
  return EXIT.interrupted;
}

function endOf(server: ReportServer): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => void server.close().then(resolve));
  });
}
