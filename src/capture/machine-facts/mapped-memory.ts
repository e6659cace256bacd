// What is mapped in the linear map, from a dump or from a map, in the few words that facts are derived from.
import type { Core } from '../../core/core.js';
import type { Address } from '../../io/address.js';
import { type Granule, pageEndOf, pageOffsetOf } from '../../machine/va-layout.js';
import { type LinearMap, runEnd } from '../../map/linear-map.js';
import type { Ptdump } from '../texts/ptdump.js';
import { leafPrototypes } from './leaf-prototypes.js';

/** Leaves in a row that look alike. */
interface MappedStretch {
  start: Address;
  end: Address;
  valid: boolean;
  readOnly: boolean;
  /** Of the memory type that the linear map has, but for the aliases of the image. */
  tagged: boolean;
  nonGlobal: boolean;
  /** Larger than a page: a block, or pages in a contiguous group. */
  large: boolean;
}

export interface MappedMemory {
  file: string;
  vaBits: number;
  pageOffset: Address;
  /** Ascending. */
  stretches: MappedStretch[];
}

/** Of a dump: its ranges between the markers of the linear map, or where a kernel of these VA bits has it. */
export function mappedByDump(dump: Ptdump, granule: Granule, vaBits: number): MappedMemory {
  const pageOffset = pageOffsetOf(vaBits);
  const pageEnd = linearEndOf(dump, granule, vaBits);
  const stretches: MappedStretch[] = [];
  for (const { start, end, level, leaf } of dump.ranges) {
    if (leaf === null || start < pageOffset || start >= pageEnd) continue;
    stretches.push({
      start,
      end,
      valid: leaf.valid,
      readOnly: leaf.readOnly,
      tagged: leaf.memory === 'MEM/NORMAL-TAGGED',
      nonGlobal: leaf.valid && leaf.nonGlobal,
      large: level !== 'PTE' || leaf.contiguous,
    });
  }
  return { file: dump.file, vaBits, pageOffset, stretches };
}

/** Of a map that was read as it is. */
export function mappedByMap(file: string, map: LinearMap, core: Core): MappedMemory {
  const { bits } = core;
  const { tagged, untagged } = leafPrototypes(core, map.granule, map.vaBits);
  const memoryType = tagged.page ^ untagged.page;
  const stretches = map.leaves.map((run): MappedStretch => {
    const valid = (run.attributes & bits.valid) !== 0n;
    return {
      start: run.va,
      end: runEnd(run, map.granule),
      valid,
      readOnly: (run.attributes & bits.readOnly) !== 0n,
      tagged: (run.attributes & memoryType) === (tagged.page & memoryType),
      nonGlobal: valid && (run.attributes & bits.presentInvalid) !== 0n,
      large: run.level !== 3 || (run.attributes & bits.contiguous) !== 0n,
    };
  });
  return { file, vaBits: map.vaBits, pageOffset: pageOffsetOf(map.vaBits), stretches };
}

/** Where a dump's linear map ends: by its marker, else PAGE_END. */
export function linearEndOf(dump: Ptdump, granule: Granule, vaBits: number): Address {
  const pageEnd = pageEndOf(granule, vaBits);
  return dump.linearEnd === null ? pageEnd : Math.min(dump.linearEnd, pageEnd);
}

/** Stretches put together where one begins at the end of another. */
export function mappedRanges({ stretches }: MappedMemory): { start: Address; end: Address }[] {
  const ranges: { start: Address; end: Address }[] = [];
  for (const { start, end } of stretches) {
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}
