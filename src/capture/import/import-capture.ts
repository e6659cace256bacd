// From what people have to a folder that can be replayed: find, read, derive, make the maps, write it whole or not at all.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Machine } from '../../machine/machine.js';
import type { MachineDescription } from '../../machine/machine-schema.js';
import type { ArchiveLimits } from '../archive/unpack.js';
import type { Fact, Given } from '../machine-facts/evidence.js';
import { copyTrace } from '../trace/copy.js';
import type { TraceSummary } from '../trace/event.js';
import { describeMachine } from './description.js';
import { evidenceOf, momentOf, readTables } from './evidence.js';
import { type Argument, blameGivenAsync, findGivenFiles, readGiven } from './given-file.js';
import { addLosses } from './losses.js';
import { type ImportedMap, MapAssembly } from './machine-maps.js';
import { formatMachine } from './machine-text.js';
import { type Manifest, parseManifest } from './manifest.js';
import { type Found, limitsOf, notesText, type UsedFile, usedFiles } from './notes.js';
import { copyTexts, isImport, mapName, writeMaps, writeText } from './scenario-folder.js';
import { type Sources, sourcesOf } from './sources.js';
import { checkTrace } from './trace-check.js';
import { moveInto, requireFree, withWorkingFolder } from './working-folder.js';

export interface ImportOptions {
  given: Given;
  /** PA of the root table, for memory images that do not say. */
  rootPa?: number;
  /** Function by name of a probe. */
  probes: ReadonlyMap<string, string>;
  limits: ArchiveLimits;
  /** An earlier import may be replaced. */
  force: boolean;
  /** What is being done now. */
  report(text: string): void;
}

export interface Import {
  directory: string;
  machine: Machine;
  description: MachineDescription;
  facts: Record<string, Fact>;
  /** With the name of each map's file. */
  maps: (ImportedMap & { file: string })[];
  trace: TraceSummary | null;
  manifest: Manifest | null;
  files: UsedFile[];
  unused: Sources['unused'];
  /** What a replay cannot claim. */
  limits: string[];
  warnings: string[];
}

/**
 * Makes a scenario folder of files, folders and archives.
 * @throws InputError, before anything is written, for whatever is wrong or missing
 */
export async function importCapture(
  given: readonly Argument[],
  directory: string,
  options: ImportOptions,
): Promise<Import> {
  requireFree(directory, options.force ? isImport : null);
  const target = existsSync(directory) ? realpathSync(directory) : resolve(directory);
  return withWorkingFolder(target, async (working) => {
    options.report('reading what was given');
    const unpacked = join(working, 'unpacked');
    mkdirSync(unpacked);
    const { limits } = options;
    const sources = sourcesOf(await findGivenFiles(given, { limits, working: unpacked, output: target }));
    const result = await makeScenario(sources, join(working, 'scenario'), directory, options);
    moveInto(join(working, 'scenario'), target, working);
    return result;
  });
}

async function makeScenario(
  sources: Sources,
  folder: string,
  directory: string,
  options: ImportOptions,
): Promise<Import> {
  const { report, given, probes, rootPa } = options;
  mkdirSync(folder);
  report('reading page tables');
  await breathe();
  const tables = readTables(sources, { ...given, rootPa });
  const manifest =
    sources.manifest && parseManifest(readGiven(sources.manifest.file), sources.manifest.file.name);
  const evidence = evidenceOf(sources, tables, manifest);
  let trace: TraceSummary | null = null;
  if (sources.trace !== null) {
    const { file } = sources.trace;
    report(`reading ${file.name}`);
    evidence.linearAddresses = { file: file.name, addresses: await checkTrace(file, probes) };
    const copied = join(folder, 'trace.txt');
    trace = await blameGivenAsync(file, () => copyTrace(file.path, copied, { probes }));
    trace = addLosses(copied, trace, manifest);
  }
  const named = { name: basename(resolve(directory)), source: sourceText(sources), ...given };
  const described = describeMachine(sources.machine, evidence, named, trace);
  const { machine, description, facts } = described;

  report('making maps');
  await breathe();
  const assembly = new MapAssembly(
    machine,
    tables,
    manifest?.moved ?? [],
    facts.memory?.from ?? 'machine.json',
  );
  const maps = mapsOf(sources, assembly);
  writeMaps(folder, maps);
  const copies = copyTexts(folder, sources);
  const warnings = [...sources.warnings, ...described.warnings, ...assembly.warnings];
  const found: Found = { sources, maps, trace, manifest, copies, warnings };
  writeText(folder, 'machine.json', formatMachine(description));
  writeText(folder, 'notes.json', notesText(found));
  return {
    directory,
    machine,
    description,
    facts,
    maps: maps.map((map) => ({ ...map, file: mapName(map) })),
    trace,
    manifest,
    files: usedFiles(found),
    unused: sources.unused,
    limits: limitsOf(found),
    warnings,
  };
}

/** Where the machine's facts are from, as its description keeps it. */
function sourceText({ maps, system }: Sources): string {
  const names = [...system.values(), ...[...maps.values()].flat()].map(({ file }) => basename(file.name));
  return `linmap import: ${names.length === 0 ? 'options' : names.join(', ')}`;
}

/** One map of each role that was read; the one to start from is built where none was. */
function mapsOf(sources: Sources, assembly: MapAssembly): ImportedMap[] {
  const groups = [...sources.maps].sort(([a], [b]) => momentOf(a) - momentOf(b));
  const maps = groups.map(([, group]) => assembly.read(group));
  if (sources.trace === null) {
    const [only, ...others] = maps;
    if (only === undefined) return [assembly.build('boot')];
    return others.length === 0 ? [{ ...only, role: 'boot' }] : maps;
  }
  return maps.some(({ role }) => role === 'before') ? maps : [assembly.build('before'), ...maps];
}
