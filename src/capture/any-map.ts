// A linear map from wherever there is one: a map file, a folder of a capture, a memory image, kernel_page_tables.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Core } from '../core/core.js';
import { readText } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import type { JsonOptions } from '../io/json.js';
import { type Machine, parseMachine, readMachine } from '../machine/machine.js';
import { formatGranule, type Granule } from '../machine/va-layout.js';
import type { LinearMap } from '../map/linear-map.js';
import { parseMap } from '../map/map-file.js';
import { readHead } from './archive/head.js';
import { isImage, readImage } from './image/read-image.js';
import { formatMachine } from './import/machine-text.js';
import { deriveMachine } from './machine-facts/derive-machine.js';
import { requireGranule } from './machine-facts/dump-geometry.js';
import type { Fact, Given } from './machine-facts/evidence.js';
import { mapFromPtdump } from './machine-facts/map-from-ptdump.js';
import { memoryDisagreements } from './machine-facts/memory-check.js';
import { type Ptdump, parsePtdump } from './texts/ptdump.js';
import { sniffText } from './texts/sniff-text.js';

/** `map`: a `linmap.map/1` file. `core`: a memory image. `ptdump`: the text of kernel_page_tables. */
type MapSourceKind = 'map' | 'core' | 'ptdump';

export interface AnyMap {
  source: MapSourceKind;
  /** The file that the map was read from. */
  file: string;
  /** For people: the file without what every file of a capture is called. */
  name: string;
  map: LinearMap;
  /** The machine it belongs to; null where nothing describes it. */
  machine: Machine | null;
  /** What the source does not show and was assumed, a sentence each. */
  assumed: string[];
  /** Whether the source shows page tables; where not, those in `map` are the fewest that its leaves need. */
  showsTables: boolean;
  /** Whether physical addresses are known; where not, those in `map` begin with an assumed one. */
  showsPhysical: boolean;
}

interface AnyMapOptions extends JsonOptions {
  /** Which of a folder's maps: `before`, `after`, `held`, `boot`, or any other that has NAME.map.json there. */
  name?: string;
  /** Which to take of a folder where no name is given; the first that exists. */
  preferred?: readonly string[];
  /** Description to use in place of the machine.json that lies near the map. */
  machineFile?: string;
  /** What a person says of a dump that nothing describes. Whatever else says it must say the same. */
  given?: Pick<Given, 'granule'>;
}

/** The state that a folder was left in. */
const LATEST: readonly string[] = ['after', 'before', 'boot'];
/** The state that it started from. */
export const EARLIEST: readonly string[] = ['before', 'boot', 'after'];

/**
 * Reads the linear map that a path means.
 * @throws InputError for a path that means none, naming what was expected; for a map of other geometry than its machine
 */
export function readAnyMap(path: string, options: AnyMapOptions = {}): AnyMap {
  const file = mapFileOf(path, options);
  const machineFile = options.machineFile ?? machineFileNear(file);
  const machine = machineFile === null ? null : readMachine(machineFile, options);
  const wanted = options.given?.granule;
  if (machine) requireWanted(machineFile ?? file, machine.granule, wanted);
  const reading = readFile(file, machine, options);
  const { granule, vaBits } = reading.map;
  requireWanted(file, granule, wanted);
  if (machine && (granule !== machine.granule || vaBits !== machine.vaBits)) {
    throw new InputError(
      file,
      null,
      `expected the granule and VA bits of ${machineFile} (${machine.granule}, ${machine.vaBits}), found ${granule}, ${vaBits}`,
    );
  }
  return { ...reading, file, name: nameOf(file), machine };
}

function requireWanted(file: string, found: Granule, wanted: Granule | undefined): void {
  if (wanted === undefined || wanted === found) return;
  const expected = `${formatGranule(wanted)} pages, as --granule says`;
  throw new InputError(file, null, `expected ${expected}, found ${formatGranule(found)}`);
}

type Reading = Pick<AnyMap, 'source' | 'map' | 'assumed' | 'showsTables' | 'showsPhysical'>;

function readFile(file: string, machine: Machine | null, options: AnyMapOptions): Reading {
  const { bytes } = readHead(file);
  if (isImage(bytes)) {
    const { map, moved } = readImage(file);
    const assumed = moved.map((what) => `tables moved while they were read: ${what}`);
    return { source: 'core', map, assumed, showsTables: true, showsPhysical: true };
  }
  if (sniffText(bytes.toString('utf8')) === 'ptdump') return readPtdump(file, machine, options);
  if (/^\s*\{/.test(bytes.toString('utf8', 0, 64))) {
    const map = parseMap(readText(file), file, options);
    return { source: 'map', map, assumed: [], showsTables: true, showsPhysical: true };
  }
  throw new InputError(
    file,
    1,
    'expected a map (linmap.map/1), a memory image (ELF core) or kernel_page_tables, found none of these',
  );
}

/** A dump alone tells its geometry by markers and sizes, and that memory begins where the map does. */
function readPtdump(file: string, known: Machine | null, { warn, given = {} }: AnyMapOptions): Reading {
  const dump = parsePtdump(readText(file), file);
  const core = new Core();
  const { machine, guesses } = known ? { machine: known, guesses: [] } : machineOfDump(dump, given, core);
  const { map, assumed } = withGuesses(guesses, () => mapFromPtdump(dump, machine, core));
  for (const sentence of known ? memoryDisagreements(map, known.memory) : []) {
    warn?.(`${file}: ${sentence}, by machine.json`);
  }
  // Only where the dump lists what is not mapped does every table show.
  return {
    source: 'ptdump',
    map,
    assumed: [...guesses, ...assumed],
    showsTables: dump.holes,
    showsPhysical: known !== null,
  };
}

function machineOfDump(
  dump: Ptdump,
  given: NonNullable<AnyMapOptions['given']>,
  core: Core,
): { machine: Machine; guesses: string[] } {
  if (given.granule !== undefined) requireGranule(dump, given.granule);
  const { description, facts } = deriveMachine({ ptdumps: [dump] }, given, core);
  const guess = (fact: Fact | undefined, what: string) =>
    fact?.kind === 'assumed' ? [`${what}, by ${fact.from}`] : [];
  return {
    machine: parseMachine(formatMachine(description), dump.file),
    guesses: [
      ...guess(facts.granule, `${formatGranule(description.granule)} pages`).map(
        (text) => `${text} (--granule)`,
      ),
      ...guess(facts.vaBits, `${description.vaBits} VA bits`),
    ],
  };
}

/** A wrong guess may be why a dump cannot be read. */
function withGuesses<T>(guesses: readonly string[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError) || guesses.length === 0) throw error;
    throw new InputError(error.file, error.line, `${error.detail}; assumed: ${guesses.join('; ')}`);
  }
}

function mapFileOf(path: string, { name, preferred = LATEST }: AnyMapOptions): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new InputError(
      path,
      null,
      'expected a map or the folder of a capture, found no such file or directory',
    );
  }
  if (!status.isDirectory()) {
    if (name === undefined) return path;
    throw new InputError(path, null, `expected a folder with ${name}.map.json, found a file`);
  }
  const names = name === undefined ? preferred : [name];
  const found = names.map((each) => findMap(path, each)).find((file) => file !== null);
  if (found) return found;
  const wanted = names.map((each) => `${each}.map.json`).join(' or ');
  const others = mapsIn(path);
  const there = others.length > 0 ? `only ${others.join(', ')}` : 'no map';
  throw new InputError(path, null, `expected ${wanted} in this folder, found ${there}`);
}

/** The map of a scenario lies in its folder, the map after boot one above. */
function findMap(directory: string, name: string): string | null {
  const places = name === 'boot' ? [directory, dirname(resolve(directory))] : [directory];
  const paths = places.flatMap((place) =>
    [`${name}.map.json`, `${name}.map.json.gz`].map((file) => join(place, file)),
  );
  return paths.find((file) => existsSync(file)) ?? null;
}

function mapsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => /\.map\.json(\.gz)?$/.test(file))
    .sort();
}

/** machine.json lies beside a machine's maps, one above those of a scenario and of points of the boot. */
function machineFileNear(file: string): string | null {
  const beside = dirname(file);
  const places = [join(beside, 'machine.json'), join(beside, '..', 'machine.json')];
  return places.find((path) => existsSync(path)) ?? null;
}

/** `4k-bbml2/load-small/after` of a capture; of other files the name alone. */
function nameOf(file: string): string {
  const short = basename(file).replace(/(\.map\.json)?(\.gz)?$/, '');
  const folder = dirname(resolve(file));
  if (existsSync(join(folder, 'machine.json'))) return `${basename(folder)}/${short}`;
  const above = dirname(folder);
  if (existsSync(join(above, 'machine.json'))) return `${basename(above)}/${basename(folder)}/${short}`;
  return short;
}
