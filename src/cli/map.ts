// linmap map: a linear map as the kernel builds it at boot.
import { setImmediate as breathe } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { Core } from '../core/core.js';
import { InputError } from '../io/input-error.js';
import { bootLinearMap, STAGES, type Stage } from '../kernel/boot.js';
import type { Machine } from '../machine/machine.js';
import { readMap } from '../map/core-map.js';
import type { LinearMap } from '../map/linear-map.js';
import { writeMap } from '../map/map-file.js';
import { mapState } from '../map/map-state.js';
import { formatCount } from '../report/number.js';
import { blameFile, EXIT } from './failure.js';
import { addMachineOptions, type MachineOptions, machineFrom } from './machine-options.js';
import { compareWithBoot, findBootMap, isAsCaptured } from './map-comparison.js';
import { type MapReport, mapDocument } from './map-report.js';
import { mapText } from './map-text.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';

interface MapOptions extends MachineOptions {
  stage?: Stage;
  out?: string;
  json?: boolean;
}

/** The text of more tables is larger than a JavaScript string, and so than what could be read again. */
const MAX_WRITTEN_TABLES = 4 * 2 ** 20;

const EXAMPLES = `
With --machine, the map is compared with the one that was captured beside it:
boot/0-mapped for --stage mapped, boot/3-before-text-read-only for repainted,
boot.map.json for final, where splits and permission changes since then explain
what differs. Exit code 1: it differs, or something is not explained.

Examples:
  linmap map --granule 4K --va-bits 48 --memory 256G --bbml2
  linmap map --machine captures/4k-bbml2/machine.json --json`;

export function register(program: Command): void {
  const command = program
    .command('map')
    .summary("build a machine's linear map")
    .description(
      "Builds the linear map of a machine as the kernel's boot does, and counts its leaves and tables.",
    );
  addMachineOptions(command)
    .addOption(
      new Option('--stage <stage>', 'mapped: as map_mem() leaves it; repainted: all CPUs are up; final')
        .choices(STAGES)
        .default('final'),
    )
    .option('--out <file>', 'write the map (linmap.map/1; gzipped where the name ends in .gz)')
    .option('--json', 'print one JSON document (linmap.mapSummary/1)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: MapOptions) => {
      process.exitCode = await mapCommand(options);
    });
}

/**
 * Builds a machine's linear map and says what it is made of.
 * @returns the exit code
 * @throws InputError for a file that is wrong, CommanderError for options that make no machine.
 */
export async function mapCommand(options: MapOptions, output: Output = standardOutput): Promise<number> {
  const { stage = 'final', out } = options;
  const progress = startProgress();
  try {
    const machine = machineFrom(options);
    const core = new Core();
    progress.report('building the linear map');
    build(core, machine, stage, options.machine);
    const report: MapReport = { machine, stage, state: mapState(core), comparison: null };
    await breathe();
    const captured = options.machine === undefined ? null : findBootMap(options.machine, stage);
    if (captured !== null) {
      progress.report(`comparing with ${captured}`);
      const built = wholeMap(core, report, captured);
      report.comparison = blameFile(captured, core, () =>
        compareWithBoot(core, machine, stage, built, captured),
      );
      await breathe();
    }
    if (out !== undefined) {
      progress.report(`writing ${out}`);
      const built = wholeMap(core, report, out);
      await breathe();
      writeMap(out, built);
    }
    progress.end();
    output.result(
      { document: mapDocument(report), text: (colours) => mapText(report, colours) },
      options.json ?? false,
    );
    return isAsCaptured(report.comparison) ? EXIT.done : EXIT.different;
  } finally {
    progress.end();
  }
}

/** The machine's file is to blame, or the options that it was made of. */
function build(core: Core, machine: Machine, stage: Stage, file = '--memory'): void {
  blameFile(file, core, () => bootLinearMap(core, machine, stage));
}

/** The core describes uniform tables by formula; a map lists every one. */
function wholeMap(core: Core, { state }: MapReport, file: string): LinearMap {
  const { p4d, pud, pmd, pte } = state.tables;
  const tables = p4d + pud + pmd + pte;
  if (tables > MAX_WRITTEN_TABLES) {
    const [most, found] = [formatCount(MAX_WRITTEN_TABLES), formatCount(tables)];
    throw new InputError(file, null, `expected a map of at most ${most} tables, found ${found}`);
  }
  return readMap(core);
}
