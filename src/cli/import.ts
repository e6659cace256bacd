// linmap import: whatever shows a machine's linear map and the calls that changed it, as a capture that can be replayed.
import { type Command, Option } from 'commander';
import { ARCHIVE_LIMITS } from '../capture/archive/unpack.js';
import type { Argument } from '../capture/import/given-file.js';
import { importCapture } from '../capture/import/import-capture.js';
import type { Given } from '../capture/machine-facts/evidence.js';
import { RODATA } from '../machine/rodata.js';
import { granuleArgument, sizeArgument, VA_BITS_HELP, vaBitsArgument, wholeArgument } from './arguments.js';
import { EXIT, usageError } from './failure.js';
import { bankArgument, midrArgument, physicalArgument, probeArgument } from './import-options.js';
import { importDocument } from './import-report.js';
import { importText } from './import-text.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';

/** What they say of the machine is named as in what is given, but for `--kpti`. */
interface ImportCommandOptions extends Omit<Given, 'name' | 'source' | 'nonGlobal'> {
  out: string;
  before?: string;
  after?: string;
  kpti?: boolean;
  rootPa?: number;
  probe?: Map<string, string>;
  maxSize?: number;
  force?: boolean;
  json?: boolean;
}

const HELP = `
What each file is, its content tells; of page tables, the name or the folder tells when they were read
(before, after, held, boot). Taken, gzipped or not:
  archives (.tar, .tar.gz) of linmap capture-script, or of any of the files below
  traces: tracefs text, perf script, trace-cmd report, bpftrace
  page tables: /proc/kcore, vmcore, dump-guest-memory, kernel_page_tables, linmap.map/1
  the system: iomem, memblock, meminfo, cpuinfo, MIDR_EL1, cmdline, uname -a, config, vmallocinfo; machine.json
Without page tables, the map is built from the rest.

Examples:
  linmap import linmap-7.2.13-20261122.tar.gz -o server
  linmap import trace.txt iomem.txt cpuinfo.txt -o server --granule 4K --va-bits 48`;

export function register(program: Command): void {
  const command = program
    .command('import')
    .summary('make a capture of what a machine of yours shows')
    .description(
      'Turns traces, page tables and files of a machine into one scenario folder that linmap replay and linmap inspect ' +
        'read. What no file says is derived, assumed or asked for; machine.json says which.',
    )
    .argument('[file...]', 'files, folders and archives')
    .requiredOption('-o, --out <dir>', 'folder to write, whole or not at all')
    .option('--before <file>', 'page tables read before the trace')
    .option('--after <file>', 'page tables read after it');
  for (const option of MACHINE) command.addOption(option);
  command
    .addOption(
      new Option('--probe <name=function>', 'what a probe of that name is on (repeatable)').argParser(
        probeArgument,
      ),
    )
    .addOption(
      new Option('--max-size <size>', 'most that archives may unpack to (default: 16G)').argParser(
        sizeArgument,
      ),
    )
    .option('--force', 'replace an earlier import')
    .option('--json', 'print one JSON document (linmap.import/1)')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ImportCommandOptions) => {
      process.exitCode = await importCommand(files, options);
    });
}

const MACHINE: readonly Option[] = [
  new Option('--granule <size>', 'translation granule: 4K, 16K or 64K').argParser(granuleArgument),
  new Option('--va-bits <n>', `bits of kernel virtual addresses in use: ${VA_BITS_HELP}`).argParser(
    vaBitsArgument,
  ),
  new Option(
    '--va-bits-build <n>',
    'bits that the kernel was built for (default: as a memory image says, else those in use)',
  ).argParser(vaBitsArgument),
  new Option('--phys-offset <address>', 'PA at which the linear map starts').argParser(physicalArgument),
  new Option('--memory <range>', 'a bank, START+SIZE or START-END (repeatable)').argParser(bankArgument),
  new Option('--midr <value>', 'MIDR_EL1 of the CPUs, in hex').argParser(midrArgument),
  new Option('--bbml2', 'every CPU may change leaf sizes in place (BBML2_NOABORT)'),
  new Option('--no-bbml2', 'some or all may not'),
  new Option('--rodata <mode>', 'names of kernels up to 6.17').choices(RODATA),
  new Option('--kfence <mode>', 'KFENCE: pool at boot, at run time, or none').choices([
    'early',
    'late',
    'off',
  ]),
  new Option('--kfence-objects <n>', 'objects of the KFENCE pool, 0 to 65535').argParser(
    wholeArgument(0, 65535),
  ),
  new Option('--kfence-pool <address>', 'PA of a pool at boot').argParser(physicalArgument),
  new Option('--kpti', 'kernel mappings are nG (KPTI)'),
  new Option('--no-kpti', 'they are not'),
  new Option('--debug-pagealloc', 'debug_pagealloc=on'),
  new Option('--root-pa <address>', 'PA of the root table, for images that do not say').argParser(
    physicalArgument,
  ),
];

/**
 * Writes the scenario folder and says what is in it.
 * @returns the exit code
 * @throws InputError for anything wrong with the files, CommanderError for options that exclude each other
 */
async function importCommand(
  paths: readonly string[],
  options: ImportCommandOptions,
  output: Output = standardOutput,
): Promise<number> {
  if (options.before !== undefined && options.before === options.after) {
    throw usageError('expected two different files for --before and --after, found one');
  }
  const given = argumentsOf(paths, options);
  if (given.length === 0) throw usageError('expected files, folders or archives to import, found none');
  const progress = startProgress();
  try {
    const result = await importCapture(given, options.out, {
      given: givenOf(options),
      ...(options.rootPa !== undefined && { rootPa: options.rootPa }),
      probes: options.probe ?? new Map(),
      limits: { ...ARCHIVE_LIMITS, ...(options.maxSize !== undefined && { maxBytes: options.maxSize }) },
      force: options.force ?? false,
      report: (text) => progress.report(text),
    });
    progress.end();
    for (const line of result.warnings) output.warn(line);
    output.result(
      { document: importDocument(result), text: (colours) => importText(result, colours) },
      options.json ?? false,
    );
    return EXIT.done;
  } finally {
    progress.end();
  }
}

function argumentsOf(paths: readonly string[], { before, after }: ImportCommandOptions): Argument[] {
  const files: Argument[] = paths.map((path) => ({ path, role: null }));
  if (before !== undefined) files.push({ path: before, role: 'before' });
  if (after !== undefined) files.push({ path: after, role: 'after' });
  return files;
}

function givenOf(options: ImportCommandOptions): Given {
  const { granule, vaBits, vaBitsBuild, physOffset, memory, midr, bbml2, rodata } = options;
  const { kfence, kfenceObjects, kfencePool, kpti: nonGlobal, debugPagealloc } = options;
  const given = { granule, vaBits, vaBitsBuild, physOffset, memory, midr, bbml2, rodata };
  const all = { ...given, kfence, kfenceObjects, kfencePool, nonGlobal, debugPagealloc };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
