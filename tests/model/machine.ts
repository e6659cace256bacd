/** The machine that is modelled, and what its kernel concludes from it at boot. */
import { alignDown, type Geometry, type Granule, geometryOf } from './geometry.js';

/** A physical range in bytes. */
export interface PhysicalRange {
  readonly start: number;
  readonly size: number;
}

export interface ModelBank extends PhysicalRange {
  readonly noMap?: boolean;
}

/** Physical addresses of the kernel image's boundaries. */
export interface ModelImage {
  readonly text: number;
  readonly stext: number;
  readonly initBegin: number;
  readonly initEnd: number;
  readonly bssStop: number;
}

export interface ModelMachine {
  readonly granule: Granule;
  readonly vaBits: number;
  readonly lpa2: boolean;
  /** KPTI: kernel leaves are nG. */
  readonly nonGlobal: boolean;
  /** KPTI is decided before the first mapping, as KASLR needs it. Otherwise all that is mapped by then is marked late. */
  readonly nonGlobalEarly?: boolean;
  /** Kernel BTI is enabled. */
  readonly bti: boolean;
  /** PA mapped at PAGE_OFFSET; by default the first bank's start, rounded down as the granule asks. */
  readonly physOffset?: number;
  readonly memory: readonly ModelBank[];
  readonly image: ModelImage | null;
  readonly rodataEnabled: boolean;
  readonly rodataFull: boolean;
  readonly debugPagealloc: boolean;
  /** The boot CPU is on the BBML2_NOABORT list; all CPUs are. */
  readonly bbml2: boolean;
  readonly bbml2AllCpus: boolean;
  /** Not built in; built in and started late; or its early pool. */
  readonly kfence: 'none' | 'late' | PhysicalRange;
  /** Address bits of a CCA realm guest, or null outside one. */
  readonly realmIpaBits: number | null;
  readonly tlbiRange: boolean;
  /** ARM64_WORKAROUND_REPEAT_TLBI. */
  readonly repeatTlbi: boolean;
}

/** A BBML2 machine with alias protection on, no image and no KFENCE; `changes` says what is different. */
export function machineWith(
  granule: Granule,
  vaBits: number,
  memory: readonly ModelBank[],
  changes: Partial<ModelMachine> = {},
): ModelMachine {
  return {
    granule,
    vaBits,
    lpa2: false,
    nonGlobal: false,
    bti: false,
    memory,
    image: null,
    rodataEnabled: true,
    rodataFull: true,
    debugPagealloc: false,
    bbml2: true,
    bbml2AllCpus: true,
    kfence: 'none',
    realmIpaBits: null,
    tlbiRange: true,
    repeatTlbi: false,
    ...changes,
  };
}

export function geometryOfMachine(machine: ModelMachine): Geometry {
  return geometryOf(machine.granule, machine.vaBits, machine.lpa2);
}

/** memstart_addr. */
export function physOffsetOf(machine: ModelMachine): number {
  if (machine.physOffset !== undefined) return machine.physOffset;
  const lowest = Math.min(...machine.memory.map((bank) => bank.start));
  return alignDown(lowest, geometryOfMachine(machine).physOffsetAlign);
}

/** KFENCE is built in and has no early pool, so it may want pages at any time. */
function kfenceIsLate(machine: ModelMachine): boolean {
  return machine.kfence === 'late';
}

/**
 * force_pte_mapping(). Inside map_mem() the boot CPU decides, and a realm has not been detected yet; later the
 * capability of all CPUs decides.
 */
export function forcePteMapping(machine: ModelMachine, duringMapMem: boolean): boolean {
  const bbml2 = duringMapMem ? machine.bbml2 : machine.bbml2 && machine.bbml2AllCpus;
  const realm = !duringMapMem && machine.realmIpaBits !== null;
  return machine.debugPagealloc || (!bbml2 && (machine.rodataFull || kfenceIsLate(machine) || realm));
}

/** can_set_direct_map(). */
export function canSetDirectMap(machine: ModelMachine, duringMapMem: boolean): boolean {
  const realm = !duringMapMem && machine.realmIpaBits !== null;
  return machine.rodataFull || machine.debugPagealloc || kfenceIsLate(machine) || realm;
}

/** linear_map_requires_bbml2: computed once, in map_mem(). */
export function linearMapRequiresBbml2(machine: ModelMachine): boolean {
  return !forcePteMapping(machine, true) && canSetDirectMap(machine, true);
}
