/** What the boot decides, for every combination of what it decides by, and that the map is mapped so. */
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/core/core.js';
import { bootLinearMap, linearMapPolicy, linearVa, runningSystem } from '../../src/kernel/boot.js';
import type { Machine } from '../../src/machine/machine.js';
import { mapState } from '../../src/map/map-state.js';
import { GiB } from '../core/sizes.js';
import { machineWith } from './machines.js';

const core = new Core();

/** debug_pagealloc, BBML2, rodata full, KFENCE late → pages forced, set_direct_map_*() act, splits on demand. */
const ROWS: readonly (readonly [string, readonly [boolean, boolean, boolean]])[] = [
  ['1***', [true, true, false]],
  ['001*', [true, true, false]],
  ['0001', [true, true, false]],
  ['0000', [false, false, false]],
  ['0100', [false, false, false]],
  ['0110', [false, true, true]],
  ['0101', [false, true, true]],
  ['0111', [false, true, true]],
];

const COMBINATIONS = Array.from({ length: 16 }, (_, n) => n.toString(2).padStart(4, '0'));

function machineOf(bits: string): Machine {
  const [debugPagealloc, bbml2, full, late] = [...bits].map((bit) => bit === '1');
  return machineWith({
    memory: GiB,
    debugPagealloc: debugPagealloc === true,
    bbml2: bbml2 === true,
    rodata: full ? 'full' : 'on',
    kfence: late ? 'late' : 'off',
  });
}

function rowOf(bits: string): readonly [boolean, boolean, boolean] {
  const rows = ROWS.filter(([pattern]) => [...pattern].every((bit, i) => bit === '*' || bit === bits[i]));
  expect(rows).toHaveLength(1);
  return rows[0]?.[1] ?? [false, false, false];
}

describe('debug_pagealloc, BBML2, rodata full, late KFENCE', () => {
  it.each(COMBINATIONS)('%s', (bits) => {
    const machine = machineOf(bits);
    const [forcePages, canSetDirectMap, requiresBbml2] = rowOf(bits);
    expect(linearMapPolicy(machine)).toEqual({ forcePages, canSetDirectMap, requiresBbml2 });
    expect(linearMapPolicy({ ...machine, rodata: machine.rodata === 'on' ? 'off' : 'full' })).toEqual(
      linearMapPolicy(machine),
    );
    bootLinearMap(core, machine, 'final');
    const { leafBytes } = mapState(core);
    expect([leafBytes.pte, leafBytes.pud]).toEqual(forcePages ? [GiB, 0] : [0, GiB]);
    expect(runningSystem(machine).requiresBbml2).toBe(requiresBbml2);
  });

  it('an early KFENCE forces nothing', () => {
    const machine = machineWith({ rodata: 'on', bbml2: false, kfence: 'early' });
    expect(linearMapPolicy(machine)).toEqual({
      forcePages: false,
      canSetDirectMap: false,
      requiresBbml2: false,
    });
  });

  it('the kernel’s own variable is believed', () => {
    for (const linearMapRequiresBbml2 of [true, false]) {
      expect(linearMapPolicy({ ...machineWith(), linearMapRequiresBbml2 }).requiresBbml2).toBe(
        linearMapRequiresBbml2,
      );
    }
  });

  it('a kernel that has only pages has them where permissions may change', () => {
    for (const [rodata, pages] of [
      ['full', GiB],
      ['on', 0],
    ] as const) {
      bootLinearMap(core, machineWith({ rodata }), 'final', { pagesOnly: true });
      expect(mapState(core).leafBytes.pte).toBe(pages);
    }
  });
});

describe('the image', () => {
  it.each(['full', 'on', 'off'] as const)(
    'rodata=%s: text is read-only, data where it is protected',
    (rodata) => {
      const machine = machineWith({ rodata, image: true });
      bootLinearMap(core, machine, 'final');
      const { image } = machine;
      if (!image) throw new Error('a machine with an image');
      const readOnly = (pa: number) => {
        const { descriptor = 0n } = core.walk(linearVa(machine, pa)) ?? {};
        return (descriptor & core.bits.readOnly) !== 0n && (descriptor & core.bits.write) === 0n;
      };
      expect([image.text, image.initBegin - 1, image.initBegin, image.initEnd - 1].map(readOnly)).toEqual([
        true,
        true,
        false,
        false,
      ]);
      expect([image.initEnd, image.bssStop - 1, image.bssStop].map(readOnly)).toEqual(
        rodata === 'off' ? [false, false, false] : [true, true, false],
      );
    },
  );
});
