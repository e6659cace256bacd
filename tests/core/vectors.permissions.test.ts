/** The masks of the public calls, and the descriptors that they make. */
import { describe, expect, it } from 'vitest';
import { pageEndOf } from '../../src/machine/va-layout.js';
import { releaseCore } from './builds.js';
import { bootSplittable, change } from './costs.js';
import { MiB } from './sizes.js';

const core = releaseCore();

describe('masks', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('nG %s, BTI %s', (nonGlobal, bti) => {
    const n = nonGlobal ? 0x800n : 0n;
    const g = bti ? 0x0004000000000000n : 0n;
    core.reset(4096, 48, pageEndOf(4096, 48), { nonGlobal, bti });
    const expected = {
      ro: [0x80n, 0x0008000000000000n],
      rw: [0x0008000000000000n, 0x80n],
      nx: [0x0020000000000000n, g],
      x: [g, 0x0020000000000000n],
      valid: [1n | n, 0x800n],
      invalid: [0x800n, 1n | n],
      default: [0x0008000000000001n | n, 0x880n],
      // Outside a realm there is no shared half of the address space.
      decrypted: [0x800n, 1n | n],
      encrypted: [0x800n, 1n | n],
    } as const;
    for (const [name, [set, clear]] of Object.entries(expected)) {
      expect(core.permission(name as keyof typeof expected)).toMatchObject({ set, clear });
    }
  });

  it.each([
    [4096, 48, false, 48, 1n << 47n],
    [4096, 52, true, 49, 1n << 48n],
    [4096, 52, true, 52, 1n << 9n],
    [16384, 52, true, 51, 1n << 8n],
    [65536, 52, false, 52, 1n << 15n],
    // The mask of 7.2 leaves PA[49:48] in place as well.
    [65536, 52, false, 50, (1n << 49n) | (1n << 13n)],
  ])(
    'granule %i, %i bits, LPA2 %s: a realm of %i bits shares by bit 0x%x',
    (granule, vaBits, lpa2, ipa, shared) => {
      core.reset(granule, vaBits, pageEndOf(granule as 4096, vaBits), { lpa2 }, ipa);
      expect(core.permission('decrypted')).toMatchObject({ set: shared | 0x800n, clear: 1n });
      expect(core.permission('encrypted')).toMatchObject({ set: 0x800n, clear: shared | 1n });
    },
  );
});

describe('descriptors of a page of the linear map', () => {
  const page = (): bigint | undefined => core.walk(core.geometry.pageOffset)?.descriptor;
  it.each([
    ['4K', 4096, 48, 0x00e8000000000707n, 0x00e0000000000787n, 0x00e8000000000f06n],
    ['LPA2', 4096, 52, 0x00e8000000000407n, 0x00e0000000000487n, 0x00e8000000000c06n],
    ['64K', 65536, 52, 0x00e8000000000707n, 0x00e0000000000787n, 0x00e8000000000f06n],
  ] as const)('%s', (_name, granule, vaBits, writable, readOnly, invalid) => {
    bootSplittable(core, { granule, vaBits, memory: granule });
    expect(page()).toBe(writable);
    change(core, 'ro', 0, granule);
    expect(page()).toBe(readOnly);
    change(core, 'invalid', 0, granule);
    change(core, 'default', 0, granule);
    expect(page()).toBe(writable);
    change(core, 'invalid', 0, granule);
    expect(page()).toBe(invalid);
    change(core, 'valid', 0, granule);
    expect(page()).toBe(writable);
  });

  it('with nG mappings bit 11 is cleared first, then set', () => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: 4096 });
    core.setSystem({ nonGlobal: true, lazyMmu: true });
    change(core, 'default', 0, 4096);
    expect(page()).toBe(0x00e8000000000f07n);
    change(core, 'invalid', 0, 4096);
    expect(page()).toBe(0x00e8000000000f06n);
    change(core, 'valid', 0, 4096);
    expect(page()).toBe(0x00e8000000000f07n);
  });

  it('an invalid block’s children are invalid, and its table is not', () => {
    bootSplittable(core, { granule: 4096, vaBits: 48, memory: 2 * MiB });
    change(core, 'invalid', 0, 2 * MiB);
    expect(page()).toBe(0x00e8000000000f04n);
    change(core, 'ro', 4096, 4096);
    const leaf = core.walk(core.geometry.pageOffset);
    expect(leaf?.descriptor).toBe(0x00e8000000000f06n);
    expect((leaf?.read.at(-2) ?? 0n) & 0xf800000000000fffn).toBe(0x1800000000000403n);
  });
});
