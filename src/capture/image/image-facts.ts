// What must be known before tables can be walked: from VMCOREINFO, from the loads, or given.
import { fromWords } from '../../io/address.js';
import { InputError } from '../../io/input-error.js';
import {
  formatGranule,
  GRANULES,
  type Granule,
  pageEndOf,
  pageOffsetOf,
  usesLpa2,
  vaBitsOf,
} from '../../machine/va-layout.js';
import { levelSize, rootLevelOf } from '../../map/linear-map.js';
import type { ElfCore, Load } from './elf-core.js';
import type { Vmcoreinfo } from './vmcoreinfo.js';

/** Facts that a person gives where the image has no VMCOREINFO, or not all of it. */
export interface GivenFacts {
  granule?: Granule | undefined;
  /** Bits in use by TTBR1. */
  vaBits?: number | undefined;
  /** Bits that the kernel was built for. Default: those in use. */
  vaBitsBuild?: number | undefined;
  /** PA of the root table: swapper_pg_dir, or the address in TTBR1_EL1. */
  rootPa?: number | undefined;
  /** PA mapped at PAGE_OFFSET. */
  physOffset?: number | undefined;
}

export interface ImageFacts {
  granule: Granule;
  vaBits: number;
  vaBitsBuild: number | null;
  /** 4K and 16K with 52 bits: the LPA2 descriptor format is in use. */
  lpa2: boolean;
  pageOffset: number;
  pageEnd: number;
  /** PA mapped at PAGE_OFFSET; negative where a kernel before 6.17 has moved its linear map at random. */
  physOffset: number | null;
  /** OSRELEASE. */
  kernel: string | null;
  /** How far KASLR moved the kernel image, in bytes. */
  kernelOffset: number | null;
  /** VA - PA of the kernel image. */
  kimageVoffset: number | null;
  /** First entry of the root table that translates. */
  rootPa: number | null;
  rootVa: number | null;
  /** Tables below the root, and their bytes. */
  tables: number;
  tableBytes: number;
}

const NEEDED = {
  granule: 'the granule (--granule)',
  vaBits: 'the VA bits in use (--va-bits)',
  root: "the root table's physical address (--root-pa)",
};

/**
 * The facts that a walk needs, tables not counted yet.
 * @throws InputError where something needed is neither in the image nor given, or both and not alike.
 */
export function factsOf(file: string, core: ElfCore, info: Vmcoreinfo | null, given: GivenFacts): ImageFacts {
  const granule = granuleOf(file, info, given);
  const vaBits = vaBitsInUse(file, core, granule, info, given);
  const vaBitsBuild = given.vaBitsBuild ?? info?.vaBitsBuild ?? null;
  requireKnown(file, granule, vaBits, 'use');
  if (vaBitsBuild !== null) requireKnown(file, granule, vaBitsBuild, 'be built for');
  const kimageVoffset = addressOf(info?.kimageVoffset ?? null);
  const root = rootOf(file, granule, vaBits, vaBitsBuild, info, given);
  return {
    granule,
    vaBits,
    vaBitsBuild,
    lpa2: usesLpa2(granule, vaBits),
    pageOffset: pageOffsetOf(vaBits),
    pageEnd: pageEndOf(granule, vaBits),
    physOffset: physOffsetIn(core, vaBits, vaBitsBuild, granule, info, given),
    kernel: info?.release ?? null,
    kernelOffset: addressOf(info?.kernelOffset ?? null),
    kimageVoffset,
    ...root,
    tables: 0,
    tableBytes: 0,
  };
}

function granuleOf(file: string, info: Vmcoreinfo | null, given: GivenFacts): Granule {
  const found = info?.pageSize ?? null;
  if (found === null) return given.granule ?? missing(file, info, given);
  const granule = GRANULES.find((one) => one === found);
  if (granule === undefined) {
    throw new InputError(
      file,
      null,
      `expected PAGESIZE ${GRANULES.join(', ')} in VMCOREINFO, found ${found}`,
    );
  }
  requireAlike(file, 'granule', given.granule, granule);
  return granule;
}

function vaBitsInUse(
  file: string,
  core: ElfCore,
  granule: Granule,
  info: Vmcoreinfo | null,
  given: GivenFacts,
): number {
  const found = info?.vaBits ?? (info === null ? null : derivedVaBits(core, granule, info.vaBitsBuild));
  if (found === null) return given.vaBits ?? missing(file, info, given);
  requireAlike(file, 'VA bits', given.vaBits, found);
  return found;
}

/** Kernels before 5.11 do not export T1SZ. Where they were built for 52 bits, the lowest load tells. */
function derivedVaBits(core: ElfCore, granule: Granule, built: number | null): number | null {
  if (built === null || built < 52) return built;
  const addresses = core.loads.flatMap(({ va }) => va ?? []);
  if (addresses.length === 0) return null;
  const fewer = granule === 16384 ? 47 : 48;
  return Math.min(...addresses) < pageOffsetOf(fewer) ? built : fewer;
}

function rootOf(
  file: string,
  granule: Granule,
  vaBits: number,
  vaBitsBuild: number | null,
  info: Vmcoreinfo | null,
  given: GivenFacts,
): { rootPa: number | null; rootVa: number | null } {
  const shift = rootShift(granule, vaBits, vaBitsBuild ?? vaBits);
  if (given.rootPa !== undefined) {
    // What TTBR1_EL1 holds includes the shift already, and is then not aligned to a page.
    const rootPa = given.rootPa % granule === 0 ? given.rootPa + shift : given.rootPa;
    return { rootPa, rootVa: null };
  }
  const symbol = info?.swapperPgDir ?? null;
  const rootVa = addressOf(symbol);
  if (symbol === null || rootVa === null) return missing(file, info, given);
  const voffset = info?.kimageVoffset ?? null;
  const pa = voffset === null ? null : BigInt.asUintN(64, symbol - voffset);
  const rootPa = pa === null || pa >= 2n ** 52n ? null : Number(pa) + shift;
  return { rootPa, rootVa: rootVa + shift };
}

/**
 * Bytes into swapper_pg_dir at which TTBR1 points. Only 64K kernels of 52 bits on hardware of fewer use the end of a
 * root that has entries for 52 (TTBR1_BADDR_4852_OFFSET); LPA2 kernels leave the top level out instead.
 */
function rootShift(granule: Granule, vaBits: number, vaBitsBuild: number): number {
  if (granule !== 65536 || vaBits >= vaBitsBuild) return 0;
  return ((2 ** vaBitsBuild - 2 ** vaBits) / levelSize(granule, rootLevelOf(granule, vaBits))) * 8;
}

function physOffsetIn(
  core: ElfCore,
  vaBits: number,
  vaBitsBuild: number | null,
  granule: Granule,
  info: Vmcoreinfo | null,
  given: GivenFacts,
): number | null {
  if (given.physOffset !== undefined) return given.physOffset;
  const memstart = info?.physOffset ?? null;
  if (memstart !== null) return physOffsetFrom(memstart, vaBits, vaBitsBuild ?? vaBits);
  const linear = core.loads.find((load) => liesIn(load, pageOffsetOf(vaBits), pageEndOf(granule, vaBits)));
  if (linear?.va == null || linear.pa === null) return null;
  return linear.pa - linear.va + pageOffsetOf(vaBits);
}

/**
 * memstart_addr belongs to the PAGE_OFFSET that the kernel was built for: where fewer bits are in use,
 * arm64_memblock_init() has lowered it by the difference, far below 0. Kernels before 5.11 left it as it was.
 */
function physOffsetFrom(memstart: bigint, vaBits: number, vaBitsBuild: number): number | null {
  const signed = BigInt.asIntN(64, memstart);
  const lowered = vaBitsBuild > vaBits && signed < 0n;
  return addressOf(BigInt.asUintN(64, lowered ? signed + BigInt(2 ** vaBitsBuild - 2 ** vaBits) : signed));
}

function liesIn({ va, pa }: Load, start: number, end: number): boolean {
  return va !== null && pa !== null && va >= start && va < end;
}

/** null where the value is in neither the top nor the bottom 2^52 bytes. */
function addressOf(value: bigint | null): number | null {
  if (value === null) return null;
  try {
    return fromWords(Number(value & 0xffffffffn), Number(value >> 32n));
  } catch {
    return null;
  }
}

function requireKnown(file: string, granule: Granule, vaBits: number, what: string): void {
  const known = vaBitsOf(granule);
  if (known.includes(vaBits)) return;
  const expected = `VA bits that a kernel of ${formatGranule(granule)} granule can ${what} (${known.join(', ')})`;
  throw new InputError(file, null, `expected ${expected}, found ${vaBits}`);
}

function requireAlike(file: string, name: string, given: number | undefined, found: number): void {
  if (given === undefined || given === found) return;
  throw new InputError(file, null, `expected ${name} ${given} as given, found ${found} in the image`);
}

function missing(file: string, info: Vmcoreinfo | null, given: GivenFacts): never {
  const wanted = [
    ...(info?.pageSize == null && given.granule === undefined ? [NEEDED.granule] : []),
    ...(info?.vaBits == null && given.vaBits === undefined ? [NEEDED.vaBits] : []),
    ...(info?.swapperPgDir == null && given.rootPa === undefined ? [NEEDED.root] : []),
  ].join(', ');
  const found =
    info === null
      ? 'none (QEMU writes it for machines with -device vmcoreinfo, /proc/kcore since Linux 4.19)'
      : 'one without';
  throw new InputError(file, null, `expected a VMCOREINFO note, or given instead: ${wanted}; found ${found}`);
}
