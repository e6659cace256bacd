// The options that say which machine: a description that was captured or written, or the few numbers of a synthetic one.
import { type Command, Option } from 'commander';
import { type Machine, readMachine } from '../machine/machine.js';
import { RODATA, type Rodata } from '../machine/rodata.js';
import { describeMachine } from '../machine/synthetic.js';
import type { Granule } from '../machine/va-layout.js';
import { granuleArgument, sizeArgument, VA_BITS_HELP, vaBitsArgument } from './arguments.js';
import { usageError } from './failure.js';
import { standardOutput } from './output.js';

export interface MachineOptions {
  /** Path of a `linmap.machine/1` file. Excludes everything else. */
  machine?: string;
  granule?: Granule;
  vaBits?: number;
  /** Bytes. */
  memory?: number;
  /** PA. */
  base?: number;
  rodata?: Rodata;
  bbml2?: boolean;
  kfence?: 'early' | 'late' | 'off';
  debugPagealloc?: boolean;
  image?: boolean;
}

const SYNTHETIC = [
  new Option('--granule <size>', 'translation granule: 4K, 16K or 64K').argParser(granuleArgument),
  new Option('--va-bits <n>', `bits of kernel virtual addresses: ${VA_BITS_HELP}`).argParser(vaBitsArgument),
  new Option('--memory <size>', 'DRAM, one bank: 256G, 6T, …').argParser(sizeArgument),
  new Option('--base <address>', 'physical address of the DRAM (default: 0)').argParser(sizeArgument),
  new Option('--rodata <mode>', 'names of kernels up to 6.17 (default: full)').choices(RODATA),
  new Option('--bbml2', 'every CPU may change leaf sizes in place (BBML2_NOABORT)'),
  new Option('--kfence <mode>', 'KFENCE: pool at boot, at run time, or none (default: off)').choices([
    'early',
    'late',
    'off',
  ]),
  new Option('--debug-pagealloc', 'debug_pagealloc=on'),
  new Option('--image', 'place a kernel image of usual size 2 MiB into DRAM'),
];

/** Adds `--machine` and the options of a synthetic machine, which exclude it. */
export function addMachineOptions(command: Command): Command {
  const names = SYNTHETIC.map((option) => option.attributeName());
  command.addOption(
    new Option('--machine <file>', 'machine.json of a capture, instead of the options below').conflicts(
      names,
    ),
  );
  for (const option of SYNTHETIC) command.addOption(option);
  return command;
}

/**
 * The machine that the options mean.
 * @throws InputError for a file that is wrong, CommanderError for options that make no machine.
 */
export function machineFrom(options: MachineOptions): Machine {
  const { machine, granule, vaBits, memory, ...rest } = options;
  if (machine !== undefined) return readMachine(machine, { warn: (line) => standardOutput.warn(line) });
  if (granule === undefined || vaBits === undefined || memory === undefined) {
    const given = { '--granule': granule, '--va-bits': vaBits, '--memory': memory };
    const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
    throw usageError(
      `expected --machine, or --granule, --va-bits and --memory; found no ${missing.join(', ')}`,
    );
  }
  const { base, rodata, bbml2, kfence, debugPagealloc, image } = rest;
  try {
    return describeMachine({
      granule,
      vaBits,
      memory,
      ...(base !== undefined && { base }),
      ...(rodata !== undefined && { rodata }),
      ...(bbml2 !== undefined && { bbml2 }),
      ...(kfence !== undefined && { kfence }),
      ...(debugPagealloc !== undefined && { debugPagealloc }),
      ...(image !== undefined && { image }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw usageError(error.message);
    throw error;
  }
}
