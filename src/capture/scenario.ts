// A scenario folder of a capture: the machine it belongs to, its maps and its trace.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findInput, readText } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import type { JsonOptions } from '../io/json.js';
import { type Machine, readMachine } from '../machine/machine.js';
import type { LinearMap } from '../map/linear-map.js';
import { readMap } from '../map/map-file.js';
import { type TracedCalls, tracedCalls } from './calls.js';
import { parseTrace } from './trace.js';

export interface Scenario {
  /** Folder names: `4k-bbml2`, `load-small`. */
  machineName: string;
  name: string;
  machine: Machine;
  before: LinearMap;
  /** Maps that the trace's markers name, `after` among them where it exists. */
  snapshots: Map<string, LinearMap>;
  trace: TracedCalls;
  /** Events in the trace. */
  events: number;
  /** Lines on which the tracer said that it had lost events. */
  lost: number[];
}

const MAP_NAME = /^(.+)\.map\.json(?:\.gz)?$/;

/**
 * Reads a scenario folder whole.
 * @param directory the folder with before.map.json and trace.txt; machine.json lies in it or one above
 * @throws InputError naming the first file that is missing or wrong
 */
export function readScenario(directory: string, options: JsonOptions = {}): Scenario {
  if (!existsSync(directory)) {
    throw new InputError(
      directory,
      null,
      'expected the folder of a scenario, found no such file or directory',
    );
  }
  const path = resolve(directory);
  const machineFolder = existsSync(join(path, 'machine.json')) ? path : dirname(path);
  const machine = readMachine(findInput(machineFolder, 'machine.json'), options);
  const beforeFile = findInput(directory, 'before.map.json');
  const traceFile = findInput(directory, 'trace.txt');
  const before = readMapOf(beforeFile, machine, options);
  const snapshots = new Map<string, LinearMap>();
  for (const file of readdirSync(directory).sort()) {
    const name = MAP_NAME.exec(file)?.[1];
    if (name === undefined || name === 'before' || snapshots.has(name)) continue;
    snapshots.set(name, readMapOf(findInput(directory, `${name}.map.json`), machine, options));
  }
  const trace = parseTrace(readText(traceFile), traceFile);
  return {
    machineName: basename(machineFolder),
    name: basename(path),
    machine,
    before,
    snapshots,
    trace: tracedCalls(trace, traceFile),
    events: trace.events.length,
    lost: trace.lost,
  };
}

/** The scenario folders of a folder of captures, sorted: every folder with a trace and a map to start from. */
export function findScenarios(captures: string): string[] {
  const folders: string[] = [];
  for (const machine of subfolders(captures)) {
    for (const scenario of subfolders(machine)) {
      const files = readdirSync(scenario);
      const has = (name: string) => files.includes(name) || files.includes(`${name}.gz`);
      if (has('trace.txt') && has('before.map.json')) folders.push(scenario);
    }
  }
  return folders.sort();
}

function subfolders(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name));
}

function readMapOf(file: string, machine: Machine, options: JsonOptions): LinearMap {
  const map = readMap(file, options);
  if (map.granule !== machine.granule || map.vaBits !== machine.vaBits) {
    throw new InputError(
      file,
      1,
      `expected the granule and VA bits of machine.json (${machine.granule}, ${machine.vaBits}), found ${map.granule}, ${map.vaBits}`,
    );
  }
  return map;
}
