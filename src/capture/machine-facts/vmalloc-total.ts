// VmallocTotal of meminfo: vmemmap, whose size goes with the number of pages of the linear map, takes its part of
// the upper half of the kernel's addresses, so that what is left to vmalloc tells the granule and the VA bits.
import { type Granule, pageEndOf, pageOffsetOf, vaBitsOf } from '../../machine/va-layout.js';
import { levelSize, rootLevelOf } from '../../map/linear-map.js';
import type { KernelVersion } from '../texts/kernel-version.js';
import { type Evidence, nameOf } from './evidence.js';
import { isBefore } from './permission-facts.js';

interface VmallocRow {
  granule: Granule;
  /** Bits that the kernel was built for. */
  vaBits: number;
  from: string;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** sizeof(struct page) on arm64, in all but debugging configurations. */
const STRUCT_PAGE = 64;

type Extent = (granule: Granule, vaBits: number) => number;

/** VMALLOC_END - VMALLOC_START by the version that brought each layout, latest first. */
const LAYOUTS: readonly (readonly [major: number, minor: number, extent: Extent])[] = [
  // Vmemmap ends 1 GiB below the top; modules take 2 GiB.
  [6, 9, (granule, vaBits) => upperHalf(granule, vaBits) - vmemmap(granule, vaBits) - 3 * GIB - 8 * MIB],
  // Vmemmap starts at a power of two below the top; modules take 128 MiB.
  [5, 11, (granule, vaBits) => upperHalf(granule, vaBits) - powerOfTwoVmemmap(granule, vaBits) - 384 * MIB],
  // Below vmemmap one PUD is kept free for fixmap and PCI.
  [
    0,
    0,
    (granule, vaBits) =>
      upperHalf(granule, vaBits) -
      vmemmap(granule, vaBits) -
      levelSize(granule, Math.max(1, rootLevelOf(granule, vaBits))) -
      256 * MIB,
  ],
];

/**
 * The one configuration among those of `granules` that a kernel of this version prints such a VmallocTotal for;
 * null where there is none, or more than one. Ends moved by some hundred MiB within a layout, which is allowed for.
 */
export function rowOfVmallocTotal(
  { meminfo, kernel }: Evidence,
  granules: readonly Granule[],
): VmallocRow | null {
  const total = (meminfo?.values.get('VmallocTotal') ?? 0) * 1024;
  if (!meminfo || total === 0) return null;
  const slack = Math.min(3 * GIB, total / 8);
  const rows = granules
    .flatMap((granule) => vaBitsOf(granule).map((vaBits) => ({ granule, vaBits })))
    .filter(({ granule, vaBits }) =>
      layoutsOf(kernel).some((extent) => Math.abs(extent(granule, vaBits) - total) < slack),
    );
  const [row] = rows;
  return row && rows.length === 1 ? { ...row, from: `${nameOf(meminfo.file)}: VmallocTotal` } : null;
}

/** All of them where the version is not known. */
function layoutsOf(kernel: KernelVersion | undefined): Extent[] {
  const applicable = LAYOUTS.filter(([major, minor]) => !isBefore(kernel, major, minor));
  const extents = applicable.map(([, , extent]) => extent);
  return kernel ? extents.slice(0, 1) : extents;
}

function upperHalf(granule: Granule, vaBits: number): number {
  return -pageEndOf(granule, vaBits);
}

function vmemmap(granule: Granule, vaBits: number): number {
  return ((pageEndOf(granule, vaBits) - pageOffsetOf(vaBits)) / granule) * STRUCT_PAGE;
}

function powerOfTwoVmemmap(granule: Granule, vaBits: number): number {
  return (2 ** vaBits / granule) * STRUCT_PAGE;
}
