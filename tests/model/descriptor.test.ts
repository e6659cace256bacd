import { describe, expect, it } from 'vitest';
import { decodeAddress, encodeAddress, pageKernelReadOnly, pageKernelTagged } from './descriptor.js';
import { geometryOf } from './geometry.js';

describe('descriptors', () => {
  it('are the kernel’s words', () => {
    const plain = geometryOf(4096, 48, false);
    const lpa2 = geometryOf(4096, 52, true);
    expect(pageKernelTagged(plain, false)).toBe(0x00e8000000000707n);
    expect(pageKernelTagged(plain, true)).toBe(0x00e8000000000f07n);
    expect(pageKernelTagged(lpa2, false)).toBe(0x00e8000000000407n);
    expect(pageKernelReadOnly(plain, false)).toBe(0x00e0000000000783n);
    expect(pageKernelReadOnly(lpa2, false)).toBe(0x00e0000000000483n);
  });

  it('hold high addresses where the granule wants them', () => {
    expect(encodeAddress(geometryOf(4096, 52, true), 2 ** 51 + 4096)).toBe(0x1200n);
    expect(encodeAddress(geometryOf(65536, 52, false), 2 ** 48 + 65536)).toBe(0x0001_0000_0001_1000n);
    for (const geometry of [
      geometryOf(4096, 52, true),
      geometryOf(16384, 52, true),
      geometryOf(65536, 52, false),
    ]) {
      for (const pa of [0, geometry.granule, 2 ** 52 - geometry.granule, 5 * 2 ** 49]) {
        expect(decodeAddress(geometry, encodeAddress(geometry, pa))).toBe(pa);
      }
    }
  });
});
