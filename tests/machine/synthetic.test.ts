import { describe, expect, test } from 'vitest';
import { describeMachine } from '../../src/machine/synthetic.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

test('the ideal machine: one bank from 0, nothing else', () => {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 256 * GIB });
  expect(machine).toMatchObject({
    name: '4K/48, 256 GiB',
    pageOffset: -(2 ** 48),
    pageEnd: -(2 ** 47),
    physOffset: 0,
    lpa2: false,
    rodata: 'full',
    bbml2: false,
    bbml2AllCpus: false,
    kfence: { early: false, late: false, objects: 0, pool: null },
    memory: [{ start: 0, size: 256 * GIB, noMap: false }],
    image: null,
    debugPagealloc: false,
    linearMapRequiresBbml2: null,
  });
});

test('an image and an early KFENCE pool', () => {
  const machine = describeMachine({
    granule: 16384,
    vaBits: 48,
    memory: 256 * GIB,
    base: 2 * GIB,
    image: true,
    kfence: 'early',
    bbml2: true,
    rodata: 'on',
  });
  const text = 2 * GIB + 2 * MIB;
  const initBegin = text + 30 * MIB + 192 * KIB;
  const initEnd = initBegin + 9 * MIB + 320 * KIB;
  expect(machine.image).toMatchObject({ text, initBegin, initEnd, bssStop: initEnd + 10 * MIB + 448 * KIB });
  expect(machine.kfence).toEqual({
    early: true,
    late: false,
    objects: 255,
    pool: { start: 258 * GIB - 64 * MIB - 8 * MIB, size: 8 * MIB },
  });
  expect(machine).toMatchObject({ physOffset: 2 * GIB, bbml2: true, bbml2AllCpus: true, rodata: 'on' });
});

test('late KFENCE has objects and no pool', () => {
  const { kfence } = describeMachine({ granule: 4096, vaBits: 39, memory: GIB, kfence: 'late' });
  expect(kfence).toEqual({ early: false, late: true, objects: 255, pool: null });
});

test('memory need not start on the alignment of the linear map', () => {
  const machine = describeMachine({ granule: 65536, vaBits: 52, memory: GIB, base: 768 * MIB });
  expect(machine).toMatchObject({ physOffset: 512 * MIB, lpa2: false });
  expect(describeMachine({ granule: 4096, vaBits: 52, memory: GIB }).lpa2).toBe(true);
});

describe('what is no machine', () => {
  test.each([
    [
      { granule: 4096, vaBits: 39, memory: 6 * TIB },
      'memory of 6 TiB does not fit the 256 GiB linear region of 4K/39',
    ],
    [
      { granule: 4096, vaBits: 39, memory: 256 * GIB, base: MIB },
      'memory of 256 GiB does not fit the 256 GiB linear region of 4K/39',
    ],
    [
      { granule: 4096, vaBits: 47, memory: GIB },
      '4K/47 is no configuration: the 4K granule has 39, 48, 52 VA bits',
    ],
    [
      { granule: 65536, vaBits: 48, memory: 4096 },
      'memory of 4 KiB is not a multiple of the 64 KiB granule above 0',
    ],
    [
      { granule: 4096, vaBits: 48, memory: 0 },
      'memory of 0 B is not a multiple of the 4 KiB granule above 0',
    ],
    [{ granule: 4096, vaBits: 48, memory: Number.NaN }, 'is not a multiple'],
    [{ granule: 4096, vaBits: 48, memory: GIB, base: 1 }, 'base 1 is not a multiple of the 4 KiB granule'],
    [{ granule: 4096, vaBits: 48, memory: GIB, base: -4096 }, 'base -4096 is not a multiple'],
    [{ granule: 4096, vaBits: 48, memory: 32 * MIB, image: true }, 'does not hold a kernel image'],
    [
      { granule: 4096, vaBits: 48, memory: 65 * MIB, kfence: 'early' },
      'does not hold a KFENCE pool of 2 MiB',
    ],
    [{ granule: 4096, vaBits: 48, memory: GIB, base: 2 ** 48 - GIB / 2 }, 'ends above 2^48'],
    [{ granule: 4096, vaBits: 52, memory: GIB, base: 2 ** 52 - GIB / 2 }, 'ends above 2^52'],
    [{ granule: 65536, vaBits: 48, memory: GIB, base: 2 ** 52 - GIB / 2 }, 'ends above 2^52'],
  ] as const)('%j', (options, message) => {
    expect(() => describeMachine(options)).toThrow(RangeError);
    expect(() => describeMachine(options)).toThrow(message);
  });
});
