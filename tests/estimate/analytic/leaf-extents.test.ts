import { describe, expect, it } from 'vitest';
import { Core } from '../../../src/core/core.js';
import { CLASS } from '../../../src/estimate/access.js';
import { LeafExtents } from '../../../src/estimate/analytic/leaf-extents.js';
import { bootLinearMap, linearVa } from '../../../src/kernel/boot.js';
import { describeMachine } from '../../../src/machine/synthetic.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 4 * GIB + 96 * MIB, bbml2: true });

function extentsOf(mergesContiguous: boolean, on = machine): (va: number, kind?: number) => object {
  const core = new Core();
  bootLinearMap(core, on, 'final');
  const extents = new LeafExtents(core, { mergesContiguous, aggregation: 1 });
  return (va, kind = 0) => extents.of((va & 0xfffff000) | (kind << 1), Math.floor(va / 2 ** 32));
}

describe('in the linear map', () => {
  it.each([true, false])('follows the leaves, groups merged: %s', (merged) => {
    const of = extentsOf(merged);
    expect(of(linearVa(machine, GIB + 4096))).toEqual({ level: 1, reach: 30 });
    expect(of(linearVa(machine, 4 * GIB + 40 * MIB))).toEqual({ level: 2, reach: merged ? 25 : 21 });
  });

  it('agrees with a walk, address by address', () => {
    const core = new Core();
    bootLinearMap(core, { ...machine, bbml2: false, bbml2AllCpus: false }, 'final');
    const extents = new LeafExtents(core, { mergesContiguous: true, aggregation: 1 });
    for (let pa = 0; pa < 4 * GIB + 96 * MIB; pa += 37 * MIB + 4096) {
      const va = linearVa(machine, pa);
      const walked = core.walk(va);
      expect(extents.of(va & 0xfffff000, Math.floor(va / 2 ** 32))).toEqual({
        level: walked?.level,
        reach: Math.log2(walked?.reachBytes ?? 0),
      });
    }
  });
});

describe('elsewhere', () => {
  it('follows what the core assumes', () => {
    const of = extentsOf(true);
    const image = -(2 ** 47) + 2 ** 31 + 5 * MIB;
    expect(of(image, CLASS.instruction)).toEqual({ level: 2, reach: 21 });
    expect(of(-(2 ** 47) + 2 ** 33 + 3 * 4096, CLASS.otherKernel)).toEqual({ level: 3, reach: 12 });
    expect(of(0xaaaaaaaa1000, CLASS.user)).toEqual({ level: 3, reach: 12 });
  });

  it('by granule', () => {
    const of = extentsOf(true, describeMachine({ granule: 65536, vaBits: 48, memory: GIB }));
    expect(of(0xaaaaaaaa0000, CLASS.user)).toEqual({ level: 3, reach: 16 });
    expect(of(-(2 ** 47) + 2 ** 31, CLASS.instruction)).toEqual({ level: 3, reach: 21 });
  });
});
