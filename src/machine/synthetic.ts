import { formatSize } from '../io/size.js';
import type { ImageLayout } from './image.js';
import { KFENCE_OBJECTS_DEFAULT, type Kfence, kfencePoolSize } from './kfence.js';
import type { Machine } from './machine.js';
import type { Rodata } from './rodata.js';
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

export interface SyntheticMachine {
  granule: Granule;
  vaBits: number;
  /** Bytes of DRAM, one bank. */
  memory: number;
  /** PA of the first byte of DRAM. Default 0. */
  base?: number;
  /** Default `full`. */
  rodata?: Rodata;
  /** Every CPU is on the BBML2_NOABORT list. Default false. */
  bbml2?: boolean;
  /** Default `off`: not built in. */
  kfence?: 'early' | 'late' | 'off';
  debugPagealloc?: boolean;
  /** Place a kernel image of a typical distribution 2 MiB into DRAM. Default false: the ideal map. */
  image?: boolean;
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/**
 * A machine that nobody captured: one bank of memory, and what the arguments ask for.
 * @throws RangeError where the numbers do not make a machine.
 */
export function describeMachine(options: SyntheticMachine): Machine {
  const { granule, vaBits, memory, base = 0, rodata = 'full', bbml2 = false } = options;
  checkPlace(granule, vaBits, base, memory);
  return {
    name: `${formatGranule(granule)}/${vaBits}, ${formatSize(memory)}`,
    kernel: '',
    commandLine: '',
    granule,
    vaBits,
    vaBitsBuild: vaBits,
    lpa2: usesLpa2(granule, vaBits),
    nonGlobal: false,
    pageOffset: pageOffsetOf(vaBits),
    pageEnd: pageEndOf(granule, vaBits),
    physOffset: physOffsetOf(granule, base),
    rodata,
    bbml2,
    bbml2AllCpus: bbml2,
    midr: null,
    linearMapRequiresBbml2: null,
    kfence: placeKfence(options.kfence ?? 'off', granule, base, memory),
    memory: [{ start: base, size: memory, noMap: false }],
    image: options.image === true ? placeImage(base, memory) : null,
    debugPagealloc: options.debugPagealloc ?? false,
    memTotalKiB: null,
  };
}

function checkPlace(granule: Granule, vaBits: number, base: number, memory: number): void {
  const name = `${formatGranule(granule)}/${vaBits}`;
  const rows = vaBitsOf(granule);
  if (!rows.includes(vaBits)) {
    throw new RangeError(
      `${name} is no configuration: the ${formatGranule(granule)} granule has ${rows.join(', ')} VA bits`,
    );
  }
  if (!(memory > 0) || memory % granule !== 0) {
    throw new RangeError(
      `memory of ${formatSize(memory)} is not a multiple of the ${formatSize(granule)} granule above 0`,
    );
  }
  if (!(base >= 0) || base % granule !== 0) {
    throw new RangeError(`base ${base} is not a multiple of the ${formatSize(granule)} granule`);
  }
  const region = pageEndOf(granule, vaBits) - pageOffsetOf(vaBits);
  if (base - physOffsetOf(granule, base) + memory > region) {
    throw new RangeError(
      `memory of ${formatSize(memory)} does not fit the ${formatSize(region)} linear region of ${name}`,
    );
  }
  const paBits = paBitsOf(granule, usesLpa2(granule, vaBits));
  if (base + memory > 2 ** paBits) {
    throw new RangeError(
      `memory of ${formatSize(memory)} from ${formatSize(base)} ends above 2^${paBits}, all that ${name} can map`,
    );
  }
}

/** Sections of the size they have in a distribution's kernel, 64 KiB aligned (SEGMENT_ALIGN). */
function placeImage(base: number, memory: number): ImageLayout {
  const text = base + 2 * MIB;
  const initBegin = text + 30 * MIB + 192 * KIB;
  const initEnd = initBegin + 9 * MIB + 320 * KIB;
  const bssStop = initEnd + 10 * MIB + 448 * KIB;
  if (bssStop > base + memory) {
    throw new RangeError(
      `memory of ${formatSize(memory)} does not hold a kernel image of ${formatSize(bssStop - text)}`,
    );
  }
  return { text, stext: text + 64 * KIB, startRodata: text + 20 * MIB, initBegin, initEnd, bssStop };
}

/** memblock allocates from the top; what is above the pool stands for earlier allocations. */
function placeKfence(
  kfence: 'early' | 'late' | 'off',
  granule: Granule,
  base: number,
  memory: number,
): Kfence {
  const objects = kfence === 'off' ? 0 : KFENCE_OBJECTS_DEFAULT;
  const placed = { early: kfence === 'early', late: kfence === 'late', objects };
  if (kfence !== 'early') return { ...placed, pool: null };
  const size = kfencePoolSize(objects, granule);
  const start = base + memory - 64 * MIB - size;
  if (start < base) {
    throw new RangeError(
      `memory of ${formatSize(memory)} does not hold a KFENCE pool of ${formatSize(size)} below its last 64 MiB`,
    );
  }
  return { ...placed, pool: { start, size } };
}
