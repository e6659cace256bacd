import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSize, parseSize } from '../../src/io/size.js';

describe('sizes', () => {
  test.each([
    ['4K', 4096],
    ['4k', 4096],
    ['2M', 2 ** 21],
    ['1.5G', 1.5 * 2 ** 30],
    ['6T', 6 * 2 ** 40],
    ['6TiB', 6 * 2 ** 40],
    ['64kb', 65536],
    ['4096', 4096],
    ['512B', 512],
    ['0x1000', 4096],
    ['0', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', 'K', '4 K', '4KK', '-4K', '1e3', '0x', '0x4K', '4iB', '.5G', '4X', 'NaN'])(
    'refuses %j',
    (text) => {
      expect(() => parseSize(text)).toThrow('a size such as');
    },
  );

  test.each(['0.3K', '9007199254740992', '8192P', '0xffffffffffffffff'])(
    'refuses the number in %s',
    (text) => {
      expect(() => parseSize(text)).toThrow('a whole number of bytes below 2^53');
    },
  );

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [4096, '4 KiB'],
    [1536, '1.5 KiB'],
    [537923584, '513.004 MiB'],
    [2151686144, '2.004 GiB'],
    [3 * 2 ** 40, '3 TiB'],
    [2 ** 30 - 1, '1 GiB'],
    [2 ** 52, '4 PiB'],
    [-8192, '-8 KiB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  test('what is printed without rounding reads back the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1023 }), fc.constantFrom(0, 10, 20, 30, 40), (count, shift) => {
        const bytes = count * 2 ** shift;
        expect(parseSize(formatSize(bytes).replace(' ', ''))).toBe(bytes);
      }),
    );
  });
});
