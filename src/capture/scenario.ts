// A scenario folder of a capture: the machine it belongs to, its maps and its trace.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readChunks, streamChunks } from '../io/chunks.js';
import { findInput } from '../io/file.js';
import { InputError } from '../io/input-error.js';
import type { JsonOptions } from '../io/json.js';
import { type Machine, readMachine } from '../machine/machine.js';
import type { LinearMap } from '../map/linear-map.js';
import { readMap } from '../map/map-file.js';
import type { TracedCalls } from './calls.js';
import type { TraceSummary } from './trace/event.js';
import type { TraceOptions } from './trace/reader.js';
import { type CallsOfTrace, TraceReading } from './trace-reading.js';

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
  /** What the trace is as a whole. */
  summary: TraceSummary;
}

interface ScenarioOptions extends JsonOptions, TraceOptions {}

const MAP_NAME = /^(.+)\.map\.json(?:\.gz)?$/;

/**
 * Reads a scenario folder whole.
 * @param directory the folder with before.map.json and trace.txt; machine.json lies in it or one above
 * @throws InputError naming the first file that is missing or wrong
 */
export function readScenario(directory: string, options: ScenarioOptions = {}): Scenario {
  const { traceFile, ...rest } = readAround(directory, options);
  const reading = new TraceReading(traceFile, options);
  for (const chunk of readChunks(traceFile)) reading.push(chunk);
  return withTrace(rest, reading.end());
}

/** As `readScenario`, for traces of any size: also where they are gzip, memory does not grow with the text. */
export async function streamScenario(directory: string, options: ScenarioOptions = {}): Promise<Scenario> {
  const { traceFile, ...rest } = readAround(directory, options);
  const reading = new TraceReading(traceFile, options);
  for await (const chunk of streamChunks(traceFile)) reading.push(chunk);
  return withTrace(rest, reading.end());
}

/** Everything of a scenario but its trace, and where that is. */
function readAround(directory: string, options: JsonOptions) {
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
  return {
    machineName: basename(machineFolder),
    name: basename(path),
    machine,
    before,
    snapshots,
    traceFile,
  };
}

function withTrace(
  around: Omit<Scenario, 'trace' | 'events' | 'lost' | 'summary'>,
  { trace, summary }: CallsOfTrace,
): Scenario {
  return { ...around, trace, events: summary.events, lost: summary.lost, summary };
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
