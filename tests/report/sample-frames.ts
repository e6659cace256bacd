// The map of a machine of 8 MiB at three moments: a block of it is split, and one of its pages becomes read-only.
import { Core } from '../../src/core/core.js';
import type { LeafRun } from '../../src/map/linear-map.js';
import { frameBits, frameLeaves, type MapFramesRecord } from '../../src/record/map-frames.js';
import { MIB } from './sample-state.js';

const BASE = -(2 ** 47);
const PA = 0x4000_0000;

export function sampleFrames(): MapFramesRecord {
  const { bits } = new Core();
  const page = bits.valid | bits.typeMask;
  const run = (level: number, offset: number, count: number, attributes: bigint): LeafRun => ({
    level,
    va: BASE + offset,
    pa: PA + offset,
    count,
    attributes,
  });
  const blocks = [run(2, 2 * MIB, 3, bits.valid)];
  const maps = [
    [run(2, 0, 1, bits.valid), ...blocks],
    [run(3, 0, 512, page), ...blocks],
    [run(3, 0, 1, page | bits.readOnly), run(3, 4096, 511, page), ...blocks],
  ];
  return {
    machine: '4k-bbml2',
    scenario: 'load-small',
    granule: 4096,
    vaBits: 48,
    rootLevel: 0,
    bits: frameBits(bits),
    frames: maps.map((leaves, at) => ({
      calls: 7 * at,
      seconds: at / 8,
      leaves: frameLeaves({ granule: 4096, vaBits: 48, rootLevel: 0, leaves, tables: [] }),
      tableBytes: 4096 * (at === 0 ? 2 : 3),
      splits: at === 0 ? 0 : 1,
      tlbi: at,
    })),
  };
}
