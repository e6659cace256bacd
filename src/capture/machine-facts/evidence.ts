// What is known of a machine, where it is from, and what a person adds to it.
import type { Address } from '../../io/address.js';
import type { MemoryBank } from '../../machine/memory.js';
import type { Rodata } from '../../machine/rodata.js';
import type { Granule } from '../../machine/va-layout.js';
import type { LinearMap } from '../../map/linear-map.js';
import type { Iomem } from '../texts/iomem.js';
import type { CommandLine } from '../texts/kernel-command-line.js';
import type { KernelConfig } from '../texts/kernel-config.js';
import type { KernelVersion } from '../texts/kernel-version.js';
import type { Memblock } from '../texts/memblock.js';
import type { Meminfo } from '../texts/meminfo.js';
import type { CpuIds } from '../texts/midr.js';
import type { Ptdump } from '../texts/ptdump.js';
import type { Vmallocinfo } from '../texts/vmallocinfo.js';

/**
 * `read`: printed in a file as it is. `derived`: follows from what was read. `assumed`: nothing tells, this is usual.
 * `given`: a person said so.
 */
type FactKind = 'read' | 'derived' | 'assumed' | 'given';

/** Why a field of a machine description is what it is. */
export interface Fact {
  kind: FactKind;
  /** `iomem.txt: System RAM`, `--midr`. */
  from: string;
}

/** What a memory image says of the kernel it is of; null where it does not. */
interface ImageEvidence {
  file: string;
  granule?: number | null;
  vaBits?: number | null;
  vaBitsBuild?: number | null;
  physOffset?: number | null;
  lpa2?: boolean | null;
  /** OSRELEASE. */
  kernel?: string | null;
}

/** A linear map that was read as it is, not rebuilt from a dump. */
interface MapEvidence {
  file: string;
  map: LinearMap;
}

/** Parsed documents, each with the name of its file. All of them are of one boot of one machine. */
export interface Evidence {
  iomem?: Iomem;
  meminfo?: Meminfo;
  cpuinfo?: CpuIds;
  midr?: CpuIds;
  commandLine?: CommandLine;
  kernel?: KernelVersion;
  config?: KernelConfig;
  memblockMemory?: Memblock;
  memblockReserved?: Memblock;
  vmallocinfo?: Vmallocinfo;
  /** The earliest first: that is where the machine's own layout is least changed. */
  ptdumps?: readonly Ptdump[];
  images?: readonly ImageEvidence[];
  /** Needs `core` in the options of deriveMachine(). */
  maps?: readonly MapEvidence[];
  /** Addresses of the linear map that a trace's calls name. */
  linearAddresses?: { file: string; addresses: readonly Address[] };
}

/** What options say; it goes before anything a file says. */
export interface Given {
  name?: string;
  source?: string;
  granule?: Granule;
  vaBits?: number;
  vaBitsBuild?: number;
  physOffset?: number;
  midr?: number;
  /** Every CPU is on the BBML2_NOABORT list, whatever its MIDR. */
  bbml2?: boolean;
  rodata?: Rodata;
  kfence?: 'early' | 'late' | 'off';
  kfenceObjects?: number;
  /** PA of an early pool. */
  kfencePool?: number;
  nonGlobal?: boolean;
  debugPagealloc?: boolean;
  memory?: readonly MemoryBank[];
}

/** A value with the reason for it. */
export interface Known<T> {
  value: T;
  fact: Fact;
}

export function known<T>(value: T, kind: FactKind, from: string): Known<T> {
  return { value, fact: { kind, from } };
}

/** @param option as the person wrote it: `--granule` */
export function given<T>(value: T, option: string): Known<T> {
  return known(value, 'given', option);
}

/** `texts/iomem.txt` → `iomem.txt`: facts are read beside the copies, where only names matter. */
export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
