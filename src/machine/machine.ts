import type { Address } from '../io/address.js';
import { readText } from '../io/file.js';
import { type JsonOptions, parseJsonDocument, type WrongValue } from '../io/json.js';
import { debugPageallocFrom } from './command-line.js';
import { bbml2Core } from './cpu.js';
import { findBadImage, type ImageLayout } from './image.js';
import { findBadKfence, KFENCE_OBJECTS_DEFAULT, type Kfence } from './kfence.js';
import { type MachineDescription, machineSchema } from './machine-schema.js';
import { findBadBank, findUnknownFlags, isNoMap, type MemoryBank, sortBanks } from './memory.js';
import { isBefore618, type Rodata, rodataFromCommandLine } from './rodata.js';
import {
  formatGranule,
  type Granule,
  paBitsOf,
  pageEndOf,
  pageOffsetOf,
  physOffsetOf,
  usesLpa2,
  vaBitsOf,
} from './va-layout.js';

/** What is needed to rebuild a machine's linear map. */
export interface Machine {
  name: string;
  /** Release, or the output of `uname -a`. Empty where it is not known. */
  kernel: string;
  commandLine: string;
  source?: string;
  granule: Granule;
  /** Bits in use by TTBR1. */
  vaBits: number;
  /** Bits the kernel was built for. */
  vaBitsBuild: number;
  lpa2: boolean;
  /** Kernel mappings are nG (KPTI). */
  nonGlobal: boolean;
  pageOffset: Address;
  pageEnd: Address;
  /** PA mapped at pageOffset. */
  physOffset: number;
  rodata: Rodata;
  /** The boot CPU is on the BBML2_NOABORT list. */
  bbml2: boolean;
  bbml2AllCpus: boolean;
  /** MIDR_EL1 of the boot CPU. */
  midr: number | null;
  /** The kernel's variable as read from it; null where it has to be derived. */
  linearMapRequiresBbml2: boolean | null;
  kfence: Kfence;
  /** Ascending, not overlapping, inside the linear region. */
  memory: MemoryBank[];
  image: ImageLayout | null;
  debugPagealloc: boolean;
  memTotalKiB: number | null;
}

/** Reads a `linmap.machine/1` file. @throws InputError as `parseMachine` does. */
export function readMachine(path: string, options: JsonOptions = {}): Machine {
  return parseMachine(readText(path), path, options);
}

/**
 * The machine that a `linmap.machine/1` text describes, with what it leaves out filled in: the
 * address layout as the kernel computes it, `rodata=` and `debug_pagealloc=` from the command
 * line, BBML2 from the MIDR where the kernel asks for it, no KFENCE and no image.
 * @throws InputError naming the line, for malformed text and for a description that contradicts itself.
 */
export function parseMachine(text: string, file: string, options: JsonOptions = {}): Machine {
  const document = parseJsonDocument(text, file, machineSchema, options);
  const machine = complete(document.value);
  const wrong = findContradiction(machine, document.value);
  if (wrong) throw document.error(wrong);
  const version = findOddVersion(document.value);
  if (version) options.warn?.(document.error(version).message);
  const flags = findUnknownFlags(document.value.memory);
  if (flags && options.unknownKeys !== 'warn') throw document.error(flags);
  if (flags) options.warn?.(document.error(flags).message);
  return { ...machine, memory: sortBanks(machine.memory) };
}

function complete(given: MachineDescription): Machine {
  const { granule, vaBits } = given;
  const commandLine = given.commandLine ?? '';
  const kernel = given.kernel ?? '';
  const midr = given.midr ?? null;
  const listed = midr !== null && bbml2Core(midr) !== null && splitsOnDemand(given);
  const bbml2 = given.bbml2 ?? listed;
  const memory = given.memory.map(({ start, size, flags }) => ({ start, size, noMap: isNoMap(flags) }));
  const machine: Machine = {
    name: given.name ?? '',
    kernel,
    commandLine,
    granule,
    vaBits,
    vaBitsBuild: given.vaBitsBuild ?? vaBits,
    lpa2: given.lpa2 ?? usesLpa2(granule, vaBits),
    nonGlobal: given.nonGlobal ?? false,
    pageOffset: given.pageOffset ?? pageOffsetOf(vaBits),
    pageEnd: given.pageEnd ?? pageEndOf(granule, vaBits),
    physOffset: given.physOffset ?? physOffsetOf(granule, Math.min(...memory.map(({ start }) => start))),
    rodata: rodataOf(given.rodataFull, commandLine, kernel),
    bbml2,
    bbml2AllCpus: given.bbml2AllCpus ?? bbml2,
    midr,
    linearMapRequiresBbml2: given.linearMapRequiresBbml2 ?? null,
    kfence: kfenceOf(given),
    memory,
    image: imageOf(given),
    debugPagealloc: given.debugPagealloc ?? debugPageallocFrom(commandLine),
    memTotalKiB: given.memTotalKiB ?? null,
  };
  return given.source === undefined ? machine : { ...machine, source: given.source };
}

/** The kernel's own variable decides; where it is off, the command line tells `on` from `off`. */
function rodataOf(rodataFull: boolean | undefined, commandLine: string, kernel: string): Rodata {
  if (rodataFull === true) return 'full';
  const asked = rodataFromCommandLine(commandLine, kernel);
  return rodataFull === false && asked === 'full' ? 'on' : asked;
}

/** Any of its fields means that KFENCE is built in, unless it has no objects. */
function kfenceOf({ kfenceEarlyInit, kfenceObjects, kfencePool }: MachineDescription): Kfence {
  const pool = kfencePool ?? null;
  const builtIn = kfenceObjects != null ? kfenceObjects > 0 : kfenceEarlyInit != null || pool !== null;
  const early = kfenceEarlyInit ?? pool !== null;
  return {
    early: builtIn && early,
    late: builtIn && !early,
    objects: builtIn ? (kfenceObjects ?? KFENCE_OBJECTS_DEFAULT) : 0,
    pool,
  };
}

function imageOf({ image, granule }: MachineDescription): ImageLayout | null {
  if (image == null) return null;
  return { ...image, bssStop: Math.ceil(image.bssStop / granule) * granule };
}

function findContradiction(machine: Machine, given: MachineDescription): WrongValue | null {
  const { granule, lpa2, memory, image, kfence, pageOffset, pageEnd, physOffset } = machine;
  const reach = { granule, physOffset, size: pageEnd - pageOffset, paBits: paBitsOf(granule, lpa2) };
  return (
    findBadLayout(machine, given) ??
    findBadBank(memory, reach) ??
    (image && findBadImage(image, memory, granule)) ??
    findBadKfence(kfence, memory, granule)
  );
}

/** No kernel before 6.18 asks for BBML2, but for those to which that was taken back. */
function splitsOnDemand({ kernel = '', linearMapRequiresBbml2 }: MachineDescription): boolean {
  return !isBefore618(kernel) || linearMapRequiresBbml2 === true;
}

/** What the description says of the CPUs is believed: it may be about a backport. */
function findOddVersion(given: MachineDescription): WrongValue | null {
  if (given.bbml2 !== true || splitsOnDemand(given)) return null;
  return {
    path: ['bbml2'],
    expected: 'false for a kernel before 6.18 without a backport: it maps by pages what others split',
  };
}

function findBadLayout(machine: Machine, given: MachineDescription): WrongValue | null {
  const { granule, vaBits, vaBitsBuild, pageOffset, pageEnd, physOffset } = machine;
  const rows = vaBitsOf(granule);
  const possible = `${rows.join(', ')} for the ${formatGranule(granule)} granule`;
  if (!rows.includes(vaBits)) return { path: ['vaBits'], expected: `one of ${possible}` };
  if (!rows.includes(vaBitsBuild) || vaBitsBuild < vaBits) {
    return { path: ['vaBitsBuild'], expected: `one of ${possible}, not below vaBits` };
  }
  if (given.lpa2 === true && granule === 65536)
    return { path: ['lpa2'], expected: 'false for the 64K granule' };
  if (pageOffset !== pageOffsetOf(vaBits)) {
    return { path: ['pageOffset'], expected: `2^64 - 2^${vaBits}` };
  }
  if (pageEnd <= pageOffset || pageEnd > 0 || pageEnd % granule !== 0) {
    return {
      path: ['pageEnd'],
      expected: `a kernel address above pageOffset, a multiple of ${formatGranule(granule)}`,
    };
  }
  if (physOffset % granule !== 0) {
    return { path: ['physOffset'], expected: `a multiple of ${formatGranule(granule)}` };
  }
  return null;
}
