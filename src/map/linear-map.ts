import type { Address } from '../io/address.js';
import type { Granule } from '../machine/va-layout.js';

/** Leaves of one size in a row, VA and PA ascending together, their descriptors alike but for the output address. */
export interface LeafRun {
  /** 3 holds pages, 2 and 1 blocks. */
  level: number;
  va: Address;
  pa: number;
  count: number;
  /** The descriptor without its output address. */
  attributes: bigint;
}

/** A table descriptor, without the address of the next table: nothing predicts where that lies. */
export interface TableDescriptor {
  /** Level of the table that the descriptor is in. */
  level: number;
  /** First VA that it serves. */
  va: Address;
  attributes: bigint;
}

/** Every descriptor of a kernel's linear map that is not zero. */
export interface LinearMap {
  granule: Granule;
  /** Bits in use by TTBR1. */
  vaBits: number;
  /** Level of the root table, -1 … 2. */
  rootLevel: number;
  leaves: LeafRun[];
  tables: TableDescriptor[];
}

const LAST_LEVEL = 3;

/** Bytes that one entry at a level serves. */
export function levelSize(granule: number, level: number): number {
  // A table of 8-byte descriptors fills one granule, so each level indexes that many bits.
  const bitsPerLevel = Math.log2(granule) - 3;
  return 2 ** (bitsPerLevel * (LAST_LEVEL + 1 - level) + 3);
}

/** Level of the root table: as many levels as it takes to index the VA bits above the granule. */
export function rootLevelOf(granule: number, vaBits: number): number {
  const bitsPerLevel = Math.log2(granule) - 3;
  return LAST_LEVEL + 1 - Math.floor((vaBits - 4) / bitsPerLevel);
}

/** End of a run: the VA after its last byte. */
export function runEnd(run: LeafRun, granule: number): Address {
  return run.va + run.count * levelSize(granule, run.level);
}

/**
 * The same map in its one normal form, the order of captures: leaves by VA, tables by level, then VA;
 * no two runs that could be one.
 */
export function normalise(map: LinearMap): LinearMap {
  return {
    ...map,
    leaves: mergeRuns(
      map.leaves.toSorted((a, b) => a.va - b.va || a.level - b.level),
      map.granule,
    ),
    tables: map.tables.toSorted((a, b) => a.level - b.level || a.va - b.va),
  };
}

/** @throws RangeError where two maps have different geometry, and so nothing to compare. */
export function requireSameGeometry(one: LinearMap, other: LinearMap): void {
  if (geometryOf(one) !== geometryOf(other)) {
    throw new RangeError(`a map of ${geometryOf(one)} cannot be compared with one of ${geometryOf(other)}`);
  }
}

function geometryOf({ granule, vaBits, rootLevel }: LinearMap): string {
  return `granule ${granule}, ${vaBits} VA bits, root level ${rootLevel}`;
}

function mergeRuns(sorted: readonly LeafRun[], granule: number): LeafRun[] {
  const merged: LeafRun[] = [];
  let last: LeafRun | undefined;
  for (const run of sorted) {
    if (last && continues(last, run, granule)) {
      last.count += run.count;
    } else {
      last = { ...run };
      merged.push(last);
    }
  }
  return merged;
}

function continues(before: LeafRun, run: LeafRun, granule: number): boolean {
  return (
    before.level === run.level &&
    before.attributes === run.attributes &&
    runEnd(before, granule) === run.va &&
    run.pa - run.va === before.pa - before.va
  );
}
