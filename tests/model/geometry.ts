/**
 * Sizes and levels of one translation granule and address width.
 *
 * This folder is an independent model: it deliberately repeats every constant and shares nothing with `src/` or
 * `assembly/`. See README.md.
 */

export type Granule = 4096 | 16384 | 65536;
/** Arm ARM levels: 3 holds pages, 2 is the kernel's PMD, 1 PUD, 0 and -1 P4D and PGD. */
export type Level = -1 | 0 | 1 | 2 | 3;
export const LEVELS: readonly Level[] = [-1, 0, 1, 2, 3];

export interface Geometry {
  readonly granule: Granule;
  readonly vaBits: number;
  readonly lpa2: boolean;
  readonly rootLevel: Level;
  readonly entriesPerTable: number;
  /** Descriptors in one contiguous group of pages and of level 2 blocks. */
  readonly contiguousPages: number;
  readonly contiguousBlocks: number;
  /** First and one past the last address of the linear map, as signed doubles (VA - 2^64). */
  readonly pageOffset: number;
  readonly pageEnd: number;
  /** Alignment of the physical address that is mapped at `pageOffset`. */
  readonly physOffsetAlign: number;
}

const GiB = 2 ** 30;
const BY_GRANULE = {
  4096: { shift: 12, contiguousPages: 16, contiguousBlocks: 16, physOffsetAlign: GiB, vaBits: [39, 48, 52] },
  16384: {
    shift: 14,
    contiguousPages: 128,
    contiguousBlocks: 32,
    physOffsetAlign: GiB,
    vaBits: [36, 47, 48, 52],
  },
  65536: {
    shift: 16,
    contiguousPages: 32,
    contiguousBlocks: 32,
    physOffsetAlign: GiB / 2,
    vaBits: [42, 48, 52],
  },
} as const;

/** @throws RangeError for a combination that no kernel is built for. */
export function geometryOf(granule: Granule, vaBits: number, lpa2: boolean): Geometry {
  const row = BY_GRANULE[granule];
  const known: readonly number[] = row.vaBits;
  if (!known.includes(vaBits)) throw new RangeError(`no ${granule} byte granule with ${vaBits} bits`);
  if (lpa2 && granule === 65536) throw new RangeError('LPA2 exists for 4K and 16K granules only');
  const bitsPerLevel = row.shift - 3;
  const levelCount = Math.floor((vaBits - 4) / bitsPerLevel);
  const narrowBits = vaBits <= 48 ? vaBits : granule === 16384 ? 47 : 48;
  return {
    granule,
    vaBits,
    lpa2,
    rootLevel: asLevel(4 - levelCount),
    entriesPerTable: granule / 8,
    contiguousPages: row.contiguousPages,
    contiguousBlocks: row.contiguousBlocks,
    pageOffset: -(2 ** vaBits),
    pageEnd: -(2 ** (narrowBits - 1)),
    physOffsetAlign: row.physOffsetAlign,
  };
}

function asLevel(n: number): Level {
  const level = LEVELS.find((candidate) => candidate === n);
  if (level === undefined) throw new RangeError(`no translation level ${n}`);
  return level;
}

/** Bytes that one entry at `level` covers. */
export function spanOf(g: Geometry, level: Level): number {
  return g.granule * g.entriesPerTable ** (3 - level);
}

/** PGDIR_SIZE: bytes that one entry of the root table covers. */
export function rootSpan(g: Geometry): number {
  return spanOf(g, g.rootLevel);
}

/** PUD_SIZE. With two levels the PUD is folded into the root, whose entries are then PMDs. */
export function pudSpan(g: Geometry): number {
  return g.rootLevel > 1 ? rootSpan(g) : spanOf(g, 1);
}

/** Bytes of a naturally aligned contiguous group at `level`; levels above 2 have none. */
export function contiguousSpan(g: Geometry, level: 2 | 3): number {
  return level === 3 ? g.granule * g.contiguousPages : spanOf(g, 2) * g.contiguousBlocks;
}

/** pud_sect_supported(): Linux uses level 1 blocks with the 4K granule only. */
export function hasPudBlocks(g: Geometry): boolean {
  return g.granule === 4096;
}

export function isAligned(address: number, size: number): boolean {
  return address % size === 0;
}

export function alignDown(address: number, size: number): number {
  return Math.floor(address / size) * size;
}

export function alignUp(address: number, size: number): number {
  return Math.ceil(address / size) * size;
}

/** Where the entry that covers `address` ends, or `end` if that comes first (pmd_addr_end() and its kin). */
export function nextBoundary(address: number, end: number, size: number): number {
  return Math.min(alignDown(address, size) + size, end);
}

/** The next level down. @throws RangeError at the last one. */
export function below(level: Level): Exclude<Level, -1> {
  const next = asLevel(level + 1);
  if (next === -1) throw new RangeError('no level lies above -1');
  return next;
}
