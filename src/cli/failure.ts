// What ends a command other than success: exit codes, and what is said about each.
import { CommanderError } from 'commander';
import type { Core } from '../core/core.js';
import { InputError } from '../io/input-error.js';

export const EXIT = {
  done: 0,
  /** A comparison failed. */
  different: 1,
  /** Bad usage or bad input. */
  badInput: 2,
  /** EX_SOFTWARE of sysexits.h: the fault is linmap's own. */
  bug: 70,
  /** 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;

interface Failure {
  exitCode: number;
  /** For stderr, without a line break at the end; one line but for bugs. Empty where nothing is left to say. */
  text: string;
}

/** Wrong usage that no single option or file is to blame for. The message begins in lower case and has no full stop. */
export function usageError(message: string): CommanderError {
  return new CommanderError(EXIT.badInput, 'linmap.usage', `error: ${message}`);
}

/**
 * Runs what the core refuses with a RangeError where its input cannot exist or does not fit.
 * @throws InputError that names the file the input came from
 */
export function blameFile<T>(file: string, core: Core, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (core.raw.outOfMemory.value !== 0) {
      throw new InputError(file, null, 'expected page tables of at most 4 GiB, found more');
    }
    if (error instanceof RangeError) throw new InputError(file, null, error.message);
    throw error;
  }
}

/** What to say about an error that ended a command, and the exit code. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof InputError) return { exitCode: EXIT.badInput, text: error.message };
  if (error instanceof CommanderError) {
    // Commander ends --help and --version with an error of exit code 0.
    if (error.exitCode === 0) return { exitCode: EXIT.done, text: '' };
    return { exitCode: EXIT.badInput, text: usageLine(error) };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.bug, text: `linmap: this is a bug, please report it\n${stack}` };
}

function usageLine({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'error: expected a command, see linmap --help';
  return message.replace(/\s*[\r\n]+\s*/g, ' ');
}
