// Whose linear map accesses go through: a machine, and the scenario that its map has lived through.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readScenario, type Scenario } from '../capture/scenario.js';
import { findInput } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import { type Machine, readMachine } from '../machine/machine.js';
import { usageError } from './failure.js';
import { type MachineOptions, machineFrom } from './machine-options.js';

export interface PlaceOptions extends MachineOptions {
  /** Folder of a captured machine, or of one of its scenarios. */
  capture?: string;
  accessTrace?: string;
}

export interface Place {
  machine: Machine;
  /** null: no trace of changes is known, and wear is assumed. */
  scenario: Scenario | null;
  /** The file, folder or option to blame where the machine cannot be laid out. */
  from: string;
}

/**
 * The place that the options mean. Without any, a trace's machine is described beside it.
 * @throws InputError for a file or folder that is wrong, CommanderError for options that make no machine.
 */
export function placeFrom(options: PlaceOptions, warn: (line: string) => void): Place {
  const { capture, accessTrace } = options;
  if (capture !== undefined) return { ...captured(capture, warn), from: capture };
  if (accessTrace === undefined || asksForMachine(options)) {
    return { machine: machineFrom(options), scenario: null, from: options.machine ?? '--memory' };
  }
  const description = besideTrace(accessTrace);
  if (existsSync(description)) {
    return { machine: readMachine(description), scenario: null, from: description };
  }
  if (!existsSync(accessTrace)) {
    throw new InputError(accessTrace, null, 'expected a readable file, found no such file or directory');
  }
  throw usageError(
    `expected --capture, --machine, or --granule, --va-bits and --memory; found no ${description} either`,
  );
}

/** Whether any option is about the machine, be it enough for one or not. */
function asksForMachine(options: MachineOptions): boolean {
  const { machine, granule, vaBits, memory, base, rodata, bbml2, kfence, debugPagealloc, image } = options;
  const given = [machine, granule, vaBits, memory, base, rodata, bbml2, kfence, debugPagealloc, image];
  return given.some((value) => value !== undefined);
}

/** `memcached.machine.json` for `memcached.bin.br`. */
function besideTrace(trace: string): string {
  return `${trace.replace(/(?:\.bin)?(?:\.br)?$/, '')}.machine.json`;
}

function captured(directory: string, warn: (line: string) => void): Pick<Place, 'machine' | 'scenario'> {
  const status = statSync(directory, { throwIfNoEntry: false });
  if (status === undefined) throw wrong(directory, 'no such file or directory');
  if (!status.isDirectory()) throw wrong(directory, 'a file');
  const has = (name: string) =>
    existsSync(join(directory, name)) || existsSync(join(directory, `${name}.gz`));
  // One of the two files is enough: then the other is what is missing.
  if (has('before.map.json') || has('trace.txt')) {
    const scenario = readScenario(directory, { unknownKeys: 'warn', warn });
    const [lost] = scenario.lost;
    if (lost !== undefined) {
      const trace = findInput(directory, 'trace.txt');
      warn(`${trace}:${lost}: the tracer lost events here; what the scenario leaves is less than it was`);
    }
    return { machine: scenario.machine, scenario };
  }
  if (!has('machine.json')) throw wrong(directory, 'neither machine.json nor trace.txt');
  const machine = readMachine(findInput(directory, 'machine.json'), { unknownKeys: 'warn', warn });
  return { machine, scenario: null };
}

function wrong(directory: string, found: string): InputError {
  const expected = 'the folder of a captured machine or of one of its scenarios';
  return new InputError(directory, null, `expected ${expected}, found ${found}`);
}
