import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/io/address.js';
import { pageEndOf, pageOffsetOf, physOffsetOf, usesLpa2 } from '../../src/machine/va-layout.js';

const GIB = 2 ** 30;
const TIB = 2 ** 40;

describe('the linear region', () => {
  // Sizes as in Documentation/arch/arm64/memory.rst and the kernel's VA_BITS_MIN.
  test.each([
    [4096, 39, 256 * GIB],
    [4096, 48, 128 * TIB],
    [4096, 52, 2 ** 52 - 2 ** 47],
    [16384, 36, 32 * GIB],
    [16384, 47, 64 * TIB],
    [16384, 48, 128 * TIB],
    [16384, 52, 2 ** 52 - 2 ** 46],
    [65536, 42, 2 * TIB],
    [65536, 48, 128 * TIB],
    [65536, 52, 2 ** 52 - 2 ** 47],
  ] as const)('granule %d, %d bits', (granule, vaBits, size) => {
    expect(pageEndOf(granule, vaBits) - pageOffsetOf(vaBits)).toBe(size);
  });

  test('lies where the kernel puts it', () => {
    expect(formatAddress(pageOffsetOf(48))).toBe('0xffff000000000000');
    expect(formatAddress(pageEndOf(4096, 48))).toBe('0xffff800000000000');
    expect(formatAddress(pageEndOf(16384, 47))).toBe('0xffffc00000000000');
  });
});

test('memory starts on the alignment of each granule', () => {
  expect(physOffsetOf(4096, 2.75 * GIB)).toBe(2 * GIB);
  expect(physOffsetOf(16384, 2.75 * GIB)).toBe(2 * GIB);
  expect(physOffsetOf(65536, 2.75 * GIB)).toBe(2.5 * GIB);
  expect(physOffsetOf(4096, 0)).toBe(0);
});

test('LPA2 is the 52 bits of the small granules', () => {
  expect([usesLpa2(4096, 52), usesLpa2(16384, 52), usesLpa2(65536, 52), usesLpa2(4096, 48)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
