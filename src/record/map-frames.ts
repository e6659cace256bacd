// A captured linear map at some moments of its trace, whole: what a picture of it over time is drawn from.
import type { Granule } from '../machine/va-layout.js';
import type { LeafBits } from '../map/descriptor-fields.js';
import type { LeafRun, LinearMap } from '../map/linear-map.js';

export interface MapFramesRecord {
  machine: string;
  scenario: string;
  granule: number;
  vaBits: number;
  rootLevel: number;
  /** The bits of a leaf descriptor that a picture tells apart, by name, as hexadecimal numbers. */
  bits: Record<string, string>;
  /** In order; the first is the map before the trace, the last the map after it. */
  frames: MapFrame[];
}

export interface MapFrame {
  /** Calls of the trace made so far, flushes and others that leave the map as it is included. */
  calls: number;
  /** Since the first call, by the clock of the trace; null where it has none. */
  seconds: number | null;
  /** Leaves in runs: level, VA, PA, number of leaves, descriptor without the address in hexadecimal. */
  leaves: FrameLeaves[];
  tableBytes: number;
  /** Counted since the first frame. */
  splits: number;
  tlbi: number;
}

type FrameLeaves = [level: number, va: number, pa: number, count: number, attributes: string];

export function frameLeaves({ leaves }: LinearMap): FrameLeaves[] {
  return leaves.map(({ level, va, pa, count, attributes }) => [
    level,
    va,
    pa,
    count,
    `0x${attributes.toString(16)}`,
  ]);
}

/** The map of a frame; its tables are only counted in the record, and left out. */
export function mapOfFrame({ granule, vaBits, rootLevel }: MapFramesRecord, frame: MapFrame): LinearMap {
  return {
    granule: granule as Granule,
    vaBits,
    rootLevel,
    leaves: frame.leaves.map(
      ([level, va, pa, count, attributes]): LeafRun => ({
        level,
        va,
        pa,
        count,
        attributes: BigInt(attributes),
      }),
    ),
    tables: [],
  };
}

export function frameBits(bits: LeafBits): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bits)
      .filter(([, bit]) => typeof bit === 'bigint')
      .map(([name, bit]) => [name, `0x${(bit as bigint).toString(16)}`]),
  );
}

export function bitsOfFrames({ bits }: MapFramesRecord): LeafBits {
  return Object.fromEntries(
    Object.entries(bits).map(([name, bit]) => [name, BigInt(bit)]),
  ) as unknown as LeafBits;
}
