/** Reads shipped captures for the model's own check. Not the project's reader: the model shares nothing with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Granule, Level } from './geometry.js';
import {
  inOrder,
  type LeafRun,
  type LinearMapModel,
  mergedRuns,
  modelFromMap,
  type TableAt,
} from './linear-map-model.js';
import { geometryOfMachine, type ModelMachine } from './machine.js';

const CAPTURES = new URL('../../captures/', import.meta.url);

interface MachineJson {
  commandLine: string;
  granule: Granule;
  vaBits: number;
  lpa2: boolean;
  nonGlobal: boolean;
  physOffset: string;
  rodataFull: boolean;
  bbml2: boolean;
  bbml2AllCpus: boolean;
  kfencePool: { start: string; size: string | number } | null;
  memory: { start: string; size: string; flags: string }[];
  image: Record<'text' | 'stext' | 'initBegin' | 'initEnd' | 'bssStop', string>;
}

interface MapJson {
  leaves: [level: Level, va: string, pa: string, count: number, attributes: string][];
  tables: [level: Level, va: string, attributes: string][];
}

export interface ListedMap {
  readonly leaves: readonly LeafRun[];
  readonly tables: readonly TableAt[];
}

export type TraceCall =
  | {
      readonly kind: 'change';
      readonly start: number;
      readonly size: number;
      readonly set: bigint;
      readonly clear: bigint;
    }
  | { readonly kind: 'kfence'; readonly pool: number }
  | { readonly kind: 'split event'; readonly block: 'pmd' | 'pud' }
  | { readonly kind: 'marker'; readonly text: string };

/** Machines that ship with a description. */
export function machineNames(): string[] {
  return readdirSync(CAPTURES).filter((name) => hasFile(`${name}/machine.json`));
}

/** Folders of one machine that hold a trace. */
export function scenarioNames(machine: string): string[] {
  return readdirSync(new URL(`${machine}/`, CAPTURES)).filter((name) =>
    hasFile(`${machine}/${name}/trace.txt`),
  );
}

export function hasFile(path: string): boolean {
  return existsSync(new URL(path, CAPTURES)) || existsSync(new URL(`${path}.gz`, CAPTURES));
}

function readText(path: string): string {
  const plain = new URL(path, CAPTURES);
  if (existsSync(plain)) return readFileSync(plain, 'utf8');
  return gunzipSync(readFileSync(new URL(`${path}.gz`, CAPTURES))).toString('utf8');
}

const address = (text: string): number => Number(BigInt.asIntN(64, BigInt(text)));

export function readMachine(name: string): ModelMachine {
  const json: MachineJson = JSON.parse(readText(`${name}/machine.json`));
  const image = json.image;
  const pool = json.kfencePool;
  return {
    granule: json.granule,
    vaBits: json.vaBits,
    lpa2: json.lpa2,
    nonGlobal: json.nonGlobal,
    nonGlobalEarly: !/\bnokaslr\b|\bkpti=/.test(json.commandLine),
    bti: false,
    physOffset: address(json.physOffset),
    memory: json.memory.map((bank) => ({
      start: address(bank.start),
      size: address(bank.size),
      noMap: bank.flags.includes('NOMAP'),
    })),
    image: {
      text: address(image.text),
      stext: address(image.stext),
      initBegin: address(image.initBegin),
      initEnd: address(image.initEnd),
      bssStop: address(image.bssStop),
    },
    rodataEnabled: !/\brodata=off\b/.test(json.commandLine),
    rodataFull: json.rodataFull,
    debugPagealloc: /\bdebug_pagealloc=on\b/.test(json.commandLine),
    bbml2: json.bbml2,
    bbml2AllCpus: json.bbml2AllCpus,
    kfence: pool === null ? 'late' : { start: address(pool.start), size: address(String(pool.size)) },
    realmIpaBits: null,
    tlbiRange: true,
    repeatTlbi: false,
  };
}

/** Pages of a KFENCE pool, guard pages included. */
export function kfencePages(name: string): number {
  const json: { kfenceObjects: number } = JSON.parse(readText(`${name}/machine.json`));
  return 2 * (json.kfenceObjects + 1);
}

function readMap(path: string): ListedMap {
  const json: MapJson = JSON.parse(readText(path));
  return {
    leaves: json.leaves.map(([level, va, pa, count, attributes]) => ({
      level,
      va: address(va),
      pa: address(pa),
      count,
      attributes: BigInt(attributes),
    })),
    tables: json.tables.map(([level, va, attributes]) => ({
      level,
      va: address(va),
      attributes: BigInt(attributes),
    })),
  };
}

/** The calls of a trace that matter to the model, in order. */
export function readTrace(path: string): TraceCall[] {
  const calls: TraceCall[] = [];
  for (const line of readText(path).split('\n')) {
    const marker = /tracing_mark_write: (\S+)/.exec(line);
    if (marker !== null) calls.push({ kind: 'marker', text: argument(marker, 1) });
    const probe = /: \((\w+)[.\w]*\+0x[0-9a-f]+\/0x[0-9a-f]+\) (.*)$/.exec(line);
    if (probe === null) continue;
    const values = Object.fromEntries(
      argument(probe, 2)
        .split(' ')
        .map((pair) => pair.split('=')),
    );
    const probed = argument(probe, 1);
    if (probed === 'update_range_prot') {
      calls.push({
        kind: 'change',
        start: address(values.start),
        size: address(values.size),
        set: BigInt(values.set),
        clear: BigInt(values.clear),
      });
    } else if (probed === 'arch_kfence_init_pool') calls.push({ kind: 'kfence', pool: address(values.pool) });
    else if (probed === 'split_pmd') calls.push({ kind: 'split event', block: 'pmd' });
    else if (probed === 'split_pud') calls.push({ kind: 'split event', block: 'pud' });
  }
  return calls;
}

function argument(match: RegExpExecArray, group: number): string {
  const text = match[group];
  if (text === undefined) throw new Error(`group ${group} is empty in ${match[0]}`);
  return text;
}

export function modelOfCapture(machine: string, mapPath: string): LinearMapModel {
  const { leaves, tables } = readMap(mapPath);
  return modelFromMap(readMachine(machine), leaves, tables);
}

/** A map file as the model would list it: few runs, in order. */
export function listedMap(machine: string, mapPath: string): ListedMap {
  const { leaves, tables } = readMap(mapPath);
  return { leaves: mergedRuns(geometryOfMachine(readMachine(machine)), leaves), tables: inOrder(tables) };
}

export function listed(model: LinearMapModel): ListedMap {
  return { leaves: model.leafRuns(), tables: model.tables() };
}
