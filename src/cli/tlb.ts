// linmap tlb: one access stream over the linear maps that one machine would have, side by side.
import { type Command, Option } from 'commander';
import type { Core } from '../core/core.js';
import { configurationsOf, type LaidOut } from '../estimate/laid-out.js';
import { describeStreams } from '../estimate/streams/index.js';
import { compareTlb, type TlbComparisonOptions } from '../estimate/tlb-comparison.js';
import type { TlbRecord } from '../estimate/tlb-record.js';
import { coreOf } from '../machine/cores/core-file.js';
import { CORES } from '../machine/cores/presets/catalogue.js';
import { formatCount } from '../report/number.js';
import { wrap } from '../report/table.js';
import { MOST, namesArgument, pictureArgument, wholeArgument } from './arguments.js';
import { blameFile, EXIT, usageError } from './failure.js';
import { addMachineOptions } from './machine-options.js';
import { type Output, standardOutput } from './output.js';
import { type Progress, startProgress } from './progress.js';
import { writeMissCurves } from './tlb-chart.js';
import { type Place, type PlaceOptions, placeFrom } from './tlb-place.js';
import { type TlbReport, tlbDocument } from './tlb-report.js';
import { countedStream, DEFAULT_ACCESSES, type StreamOptions } from './tlb-stream.js';
import { tlbText } from './tlb-text.js';

interface TlbOptions extends PlaceOptions, StreamOptions {
  /** Id of a core, or path of a file. */
  core: string;
  /** Ids of configurations. */
  config?: string[];
  chart?: string;
  json?: boolean;
}

const WIDTH = 80;

export function register(program: Command): void {
  const command = program
    .command('tlb')
    .summary('estimate TLB misses and walks of an access stream')
    .description(
      'Sends one access stream through the TLBs of a core, once over each linear map that a machine would have: with ' +
        'each rodata= setting, with BBML2 and without, fresh, and after splits by each strategy.',
    );
  addMachineOptions(command);
  const machine = command.options.map((option) => option.attributeName());
  command
    .addOption(new Option('--capture <dir>', 'captured machine, or a scenario of one').conflicts(machine))
    .addOption(new Option('--core <core>', 'id of a core, or a file (linmap.core/1)').makeOptionMandatory())
    .option('--stream <name[:k=v,…]>', 'generated accesses, see below')
    .addOption(
      new Option('--access-trace <file>', 'accesses of a real kernel, instead of --stream').conflicts([
        'stream',
        'seed',
      ]),
    )
    .option('--config <list>', 'ids of configurations, parted by commas (default: all)', namesArgument)
    .addOption(
      new Option(
        '--accesses <n>',
        `how many, at least 1 (default: ${DEFAULT_ACCESSES}, or all of a trace; a trace is read in pieces)`,
      ).argParser(wholeArgument(1, MOST)),
    )
    .addOption(new Option('--seed <n>', 'seed of the stream').argParser(wholeArgument(0, MOST)).default(1))
    .option('--chart <file>', 'draw misses over the entries of a TLB: FILE.png or FILE.svg', pictureArgument)
    .option('--json', 'print one JSON document (linmap.tlb/1)')
    .addHelpText('after', moreHelp)
    .action(async (options: TlbOptions) => {
      process.exitCode = await tlbCommand(options);
    });
}

function moreHelp(): string {
  return [
    '',
    ...wrap(
      'Configurations: pages, blocks, blocks-after, on, and the ids of strategies for what each leaves behind. They ' +
        'decide on rodata= and BBML2, whatever the machine has. Maps "after" are those after the scenario, or else after ' +
        'assumed use. A trace may have its machine beside it: NAME.machine.json for NAME.bin.br.',
      WIDTH,
    ),
    '',
    ...wrap(`Cores: ${CORES.map(({ id }) => id).join(', ')}`, WIDTH),
    '',
    'Streams, and their parameters with what they are unless given:',
    ...describeStreams().flatMap(hanging),
    '',
    'Examples:',
    '  linmap tlb --granule 4K --va-bits 48 --memory 64G --core neoverse-n1 --stream zipf:s=1.2,size=4G',
    '  linmap tlb --capture captures/4k-bbml2/load-small --core ampereone --stream network --json',
    '  linmap tlb --access-trace captures/access/dm-crypt-write.bin.br --core neoverse-v2 --config pages,blocks',
  ].join('\n');
}

/** A line of a description, folded under itself. */
function hanging(line: string): string[] {
  const [, indent = '', text = ''] = /^( *)(.*)$/.exec(line) ?? [];
  const room = WIDTH - indent.length - 4;
  return wrap(text, room).map((part, at) => `  ${indent}${at === 0 ? '' : '  '}${part}`);
}

/**
 * Estimates the misses of one stream over each configuration asked for.
 * @returns the exit code
 * @throws InputError for a file that is wrong, CommanderError for options that fit no machine, stream or configuration.
 */
async function tlbCommand(options: TlbOptions, output: Output = standardOutput): Promise<number> {
  const progress = startProgress();
  try {
    const core = coreOf(options.core);
    const place = placeFrom(options, (line) => output.warn(line));
    const { machine, scenario } = place;
    const configurations = chosen(configurationsOf(machine, scenario), options.config);
    const stream = countedStream(options, machine);
    const record = await compare({
      core,
      machine: machine.name,
      configurations: configurations.map((one) => reported(one, place, progress)),
      stream: { name: stream.name, captured: stream.seed === null, hasInstructions: true, ...stream.nature },
      chunks: stream,
      onProgress: (accesses) => progress.report(`simulating: ${formatCount(accesses)} accesses`),
    });
    if (options.chart !== undefined) {
      progress.report(`drawing ${options.chart}`);
      await writeMissCurves(options.chart, record, core);
    }
    progress.end();
    warnOfFaults(record, output);
    const { seed } = stream;
    const byClass = stream.byClass();
    const report: TlbReport = {
      core,
      coreName: options.core,
      machine,
      scenario,
      configurations,
      seed,
      byClass,
      record,
    };
    output.result(
      { document: tlbDocument(report), text: (colours) => tlbText(report, colours) },
      options.json ?? false,
    );
    return EXIT.done;
  } finally {
    progress.end();
  }
}

function chosen(all: readonly LaidOut[], ids: readonly string[] | undefined): LaidOut[] {
  if (ids === undefined) return [...all];
  return ids.map((id) => {
    const one = all.find((configuration) => configuration.id === id);
    if (one === undefined) {
      throw usageError(`expected --config of ${all.map((each) => each.id).join(', ')}; found '${id}'`);
    }
    return one;
  });
}

/** Says when it is laid out, and what to blame where it cannot be. */
function reported(configuration: LaidOut, { from }: Place, progress: Progress): LaidOut {
  return {
    ...configuration,
    layOut(core: Core) {
      progress.report(`laying out ${configuration.id}`);
      blameFile(from, core, () => configuration.layOut(core));
    },
  };
}

async function compare(options: TlbComparisonOptions): Promise<TlbRecord> {
  try {
    return await compareTlb(options);
  } catch (error) {
    // More different pages than a pass can keep apart.
    if (error instanceof RangeError) throw usageError(error.message);
    throw error;
  }
}

/** Accesses that no leaf serves: the trace is of a machine with other memory or another layout. */
function warnOfFaults({ configurations, stream }: TlbRecord, output: Output): void {
  const worst = configurations.reduce((most, one) => (one.faults > most.faults ? one : most), {
    id: '',
    faults: 0,
  });
  if (worst.faults === 0) return;
  output.warn(
    `${formatCount(worst.faults)} of ${formatCount(stream.accesses)} accesses found no leaf in the map ` +
      `'${worst.id}': ${stream.name} is of another machine`,
  );
}
