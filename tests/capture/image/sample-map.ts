/** Linear maps of random machines after random changes, and what else a memory image of them depends on. */
import fc from 'fast-check';
import { Core } from '../../../src/core/core.js';
import { readMap } from '../../../src/map/core-map.js';
import type { LinearMap } from '../../../src/map/linear-map.js';
import { findMisplaced } from '../../../src/map/placement.js';
import { bootCore } from '../../core/boot-core.js';
import { callCore } from '../../core/calls.js';
import { callOn, sampleDrafts } from '../../core/sample-calls.js';
import { sampleMachine } from '../../core/sample-machines.js';
import { GiB } from '../../core/sizes.js';
import { geometryOf } from '../../model/geometry.js';
import { physOffsetOf } from '../../model/machine.js';
import { type CoreFileOptions, FLAVOURS } from './core-file.js';

export interface MapCase {
  /** `4K/48 built for 52`. */
  name?: string;
  map: LinearMap;
  options: CoreFileOptions;
}

const core = new Core();

/** Bits that kernels are built for, by those in use, where they can differ. */
function buildsOf({ granule, vaBits }: LinearMap): number[] {
  return vaBits === (granule === 16384 ? 47 : 48) ? [vaBits, 52] : [vaBits];
}

const choices = fc.record({
  flavour: fc.constantFrom(...FLAVOURS),
  wide: fc.boolean(),
  kernelOffset: fc.oneof(
    fc.constant(0),
    fc.nat(2 ** 28).map((units) => units * 65536),
  ),
  seed: fc.nat(),
  knownPa: fc.boolean(),
  high: fc.boolean(),
});

/** Where bits of a table's address lie elsewhere in a descriptor than in the address, if RAM can be there. */
function highAddress({ granule, vaBits }: LinearMap, physOffset: number): number | undefined {
  const moved = granule === 65536 ? 2 ** 48 : 2 ** 50;
  const { pageOffset, pageEnd } = geometryOf(granule, vaBits, vaBits === 52 && granule !== 65536);
  const fits = physOffset <= moved && moved + 64 * GiB < physOffset + pageEnd - pageOffset;
  return fits ? moved + GiB : undefined;
}

/** Only maps that page tables of a real linear map can hold: changes of holes leave descriptors that are none. */
export const sampleMapCase: fc.Arbitrary<MapCase> = fc
  .tuple(sampleMachine(), sampleDrafts(8), choices)
  .map(([machine, drafts, { wide, high, ...options }]): MapCase => {
    bootCore(core, machine);
    for (const draft of drafts) callCore(core, callOn(machine, draft, true), false);
    const map = readMap(core);
    const vaBitsBuild = buildsOf(map).at(wide ? -1 : 0) ?? map.vaBits;
    const physOffset = physOffsetOf(machine);
    const tablesAt = high ? highAddress(map, physOffset) : undefined;
    return { map, options: { ...options, vaBitsBuild, physOffset, ...(tablesAt && { tablesAt }) } };
  })
  .filter(({ map }) => map.leaves.length > 0 && findMisplaced(map) === null);

/** One case for each granule, width and build, in an order that does not change. */
export function oneOfEach(): MapCase[] {
  const cases = new Map<string, MapCase>();
  for (const one of fc.sample(sampleMapCase, { numRuns: 400, seed: 20 })) {
    const { granule, vaBits, leaves } = one.map;
    const name = `${granule / 1024}K/${vaBits} built for ${one.options.vaBitsBuild}`;
    if (leaves.length > 3 && !cases.has(name)) cases.set(name, one);
  }
  return [...cases].sort(([a], [b]) => a.localeCompare(b)).map(([name, one]) => ({ ...one, name }));
}
