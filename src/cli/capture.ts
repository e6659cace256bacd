// linmap capture: the capture script, run here.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { captureScript } from '../capture/script/capture-script.js';
import { InputError } from '../io/input-error.js';
import { EXIT } from './failure.js';
import { linmapVersion } from './version.js';

interface CaptureOptions {
  out?: string;
  seconds?: string;
  buffer?: string;
  mapsOnly?: boolean;
  dryRun?: boolean;
}

/** What ends a capture early; the script removes everything it armed on each of them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const EXAMPLES = `
This runs the script that linmap capture-script prints, as root on an arm64
machine. Everything it arms is removed again, on Ctrl-C too.

Examples:
  linmap capture --dry-run
  linmap capture -o load.tar.gz -- modprobe dm_crypt
  linmap capture -t 60`;

export function register(program: Command): void {
  program
    .command('capture')
    .summary('record what changes kernel memory on this machine (arm64, root)')
    .description(
      'Records which calls change the permissions of kernel memory while a command runs, or for some seconds, and ' +
        'reads the page tables before and after, into one archive for linmap import.',
    )
    .argument('[command...]', 'what to run while recording, after --')
    .option('-o, --out <file>', 'the archive (default: linmap-<release>-<date>.tar.gz)')
    .option('-t, --seconds <n>', 'record for so long; with a command, for so long after its end')
    .option('-b, --buffer <KiB>', 'size of the trace buffer of each CPU')
    .option('-m, --maps-only', 'the page tables and the facts about the machine, but no trace')
    .option('-n, --dry-run', 'say what would be armed and read, and do nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (command: string[], options: CaptureOptions) => {
      process.exitCode = await captureCommand(command, options);
    });
}

/**
 * Runs the capture script with this process's standard streams.
 * @returns the exit code: 0, 2 where the script refused (it has said why), 128 + signal where it was interrupted
 * @throws InputError where there is no shell.
 */
async function captureCommand(command: readonly string[], options: CaptureOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'linmap-'));
  try {
    // A file, because standard input belongs to the command.
    const script = join(folder, 'linmap-capture.sh');
    writeFileSync(script, captureScript(linmapVersion()));
    return await runScript([script, ...scriptOptions(options), '--', ...command]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function scriptOptions({ out, seconds, buffer, mapsOnly, dryRun }: CaptureOptions): string[] {
  return [
    ...(out === undefined ? [] : ['-o', out]),
    ...(seconds === undefined ? [] : ['-t', seconds]),
    ...(buffer === undefined ? [] : ['-b', buffer]),
    ...(mapsOnly ? ['-m'] : []),
    ...(dryRun ? ['-n'] : []),
  ];
}

async function runScript(words: string[]): Promise<number> {
  const shell = '/bin/sh';
  const child = spawn(shell, words, { stdio: 'inherit' });
  // The command line's own answer to Ctrl-C is to end at once, which would be before the script has cleaned up.
  const release = takeSignals((signal) => child.kill(signal));
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', ({ message }) =>
        reject(new InputError(shell, null, `expected a POSIX shell, found ${message}`)),
      );
      child.on('exit', (code, signal) => resolve(exitCode(code, signal)));
    });
  } finally {
    release();
  }
}

/** Hands signals to `forward` alone, until the returned function is called. */
function takeSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  const others = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const);
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, forward);
  }
  return () => {
    for (const [signal, listeners] of others) {
      process.off(signal, forward);
      for (const listener of listeners) process.on(signal, listener);
    }
  };
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  if (code === EXIT.done || (code !== null && code > 128)) return code;
  return EXIT.badInput;
}
