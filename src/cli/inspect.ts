// linmap inspect: what a linear map is made of, and what is odd in it.
import { setImmediate as breathe } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type AnyMap, EARLIEST, readAnyMap } from '../capture/any-map.js';
import { Core, type LeafCounts } from '../core/core.js';
import { InputError } from '../io/input-error.js';
import type { Granule } from '../machine/va-layout.js';
import { compareMaps } from '../map/compare.js';
import { isEmptyFilter, type MapFilter, type PermissionName } from '../map/filter.js';
import { type Inspection, inspectMap } from '../map/inspection.js';
import { normalise } from '../map/linear-map.js';
import { mapChanges } from '../map/map-changes.js';
import { granuleArgument, pictureArgument } from './arguments.js';
import { blameFile, EXIT, usageError } from './failure.js';
import { levelArgument, permissionArgument, rangeArgument, regionArgument } from './inspect-options.js';
import { writePicture } from './inspect-picture.js';
import { type InspectReport, inspectDocument } from './inspect-report.js';
import { machineRanges, stepsToMap } from './inspect-steps.js';
import { inspectText } from './inspect-text.js';
import { type Output, standardOutput } from './output.js';
import { startProgress } from './progress.js';

interface InspectOptions {
  against?: string;
  map?: string;
  machine?: string;
  granule?: Granule;
  range?: NonNullable<MapFilter['range']>;
  level?: readonly (keyof LeafCounts)[];
  permission?: readonly PermissionName[];
  /** Bytes. */
  region?: number;
  picture?: string;
  all?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Of a folder, after.map.json is taken where there is one, else before, else boot;
for --against it is before, else boot.

Examples:
  linmap inspect captures/4k-bbml2/load-small
  linmap inspect captures/4k-bbml2/load-small --against captures/4k-bbml2/load-small
  linmap inspect captures/4k-bbml2 --range 0x42600000+16M --permission ro --json`;

export function register(program: Command): void {
  program
    .command('inspect')
    .summary('say what a linear map is made of and what is odd in it')
    .description(
      'Counts leaves and tables of a linear map, holds it against the best map of the same memory, lists ranges by ' +
        'permission, finds what should not be, and tells what changed from another map.',
    )
    .argument('<path>', 'a map, a memory image, kernel_page_tables, or the folder of a machine or scenario')
    .option('--against <path>', 'compare with this earlier map: the same kinds of path')
    .option('--map <name>', 'which map of the folder: before, after, held, boot, … (NAME.map.json)')
    .option('--machine <file>', 'machine.json to use in place of the one near the map')
    .addOption(
      new Option(
        '--granule <size>',
        'pages of a kernel_page_tables without a machine.json: 4K, 16K or 64K (default: as its ranges tell)',
      ).argParser(granuleArgument),
    )
    .addOption(
      new Option('--range <range>', 'only leaves in START-END or START+SIZE, kernel VAs or PAs').argParser(
        rangeArgument,
      ),
    )
    .addOption(
      new Option(
        '--level <list>',
        'only leaves of these: 1, 2, 3, pud, pmdCont, pmd, pteCont, pte',
      ).argParser(levelArgument),
    )
    .addOption(
      new Option(
        '--permission <list>',
        'only leaves with all of: ro, rw, valid, invalid, exec, noexec',
      ).argParser(permissionArgument),
    )
    .addOption(
      new Option('--region <size>', 'size of regions, a power of two from 64K on (default: 1G)').argParser(
        regionArgument,
      ),
    )
    .addOption(
      new Option('--picture <file>', 'draw the map: FILE.png or FILE.svg').argParser(pictureArgument),
    )
    .option('--all', 'list everything')
    .option('--json', 'print one JSON document (linmap.inspect/1)')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: InspectOptions) => {
      process.exitCode = await inspectCommand(path, options);
    });
}

/**
 * Inspects the map that a path means.
 * @returns the exit code: findings and changes are no failures
 * @throws InputError for a source that is wrong or does not fit the other
 */
async function inspectCommand(
  path: string,
  options: InspectOptions,
  output: Output = standardOutput,
): Promise<number> {
  const progress = startProgress();
  try {
    progress.report(`reading ${path}`);
    const warnings: string[] = [];
    const reading = {
      unknownKeys: 'warn' as const,
      warn: (line: string) => void warnings.push(line),
      ...(options.machine !== undefined && { machineFile: options.machine }),
      ...(options.granule !== undefined && { given: { granule: options.granule } }),
    };
    const source = readAnyMap(path, { ...reading, ...(options.map !== undefined && { name: options.map }) });
    await breathe();
    const other =
      options.against === undefined ? null : readAnyMap(options.against, { ...reading, preferred: EARLIEST });
    if (options.granule !== undefined) requireDump(source, other);
    for (const line of warnings) output.warn(line);
    progress.report(`inspecting ${source.file}`);
    const report = inspect(source, other, options, warnings);
    await breathe();
    if (options.picture !== undefined) {
      progress.report(`drawing ${options.picture}`);
      await writePicture(options.picture, source, report.filter, new Core().bits);
    }
    progress.end();
    output.result(
      { document: inspectDocument(report), text: (colours) => inspectText(report, colours) },
      options.json ?? false,
    );
    return EXIT.done;
  } finally {
    progress.end();
  }
}

/** Maps and images say their granule themselves. */
function requireDump(source: AnyMap, other: AnyMap | null): void {
  if (source.source === 'ptdump' || other?.source === 'ptdump') return;
  const found = source.source === 'map' ? 'a map' : 'a memory image';
  throw new InputError(
    source.file,
    null,
    `expected kernel_page_tables for --granule, found ${found}, which says its own`,
  );
}

function inspect(
  source: AnyMap,
  other: AnyMap | null,
  options: InspectOptions,
  warnings: string[],
): InspectReport {
  const core = new Core();
  const { range, level, permission, region } = options;
  const filter: MapFilter = {
    ...(range !== undefined && { range }),
    ...(level !== undefined && { sizes: level }),
    ...(permission !== undefined && { permissions: permission }),
  };
  if (range && range.start >= 0 && !source.showsPhysical) {
    throw usageError(`expected --range of virtual addresses, as ${source.file} shows no physical ones`);
  }
  const machine = source.machine && machineRanges(source.machine);
  const inspection: Inspection = blameFile(source.file, core, () =>
    inspectMap(core, source.map, {
      filter,
      machine,
      leavesOnly: source.source === 'ptdump',
      ...(region !== undefined && { regionSize: region }),
    }),
  );
  const steps = isEmptyFilter(filter)
    ? blameFile(source.file, core, () => stepsToMap(core, source.map, source.machine))
    : null;
  const against = other && blameFile(other.file, core, () => comparison(core, source, other));
  return { source, filter, inspection, steps, against, all: options.all ?? false, warnings };
}

function comparison(core: Core, { map, machine }: AnyMap, other: AnyMap): InspectReport['against'] {
  const pageEnd = machine?.pageEnd;
  const { differenceCount } = compareMaps(other.map, map, {
    limit: 0,
    ...(pageEnd !== undefined && { pageEnd }),
  });
  const changes = mapChanges(normalise(other.map), normalise(map), core.bits);
  return { source: other, differenceCount, changes };
}
