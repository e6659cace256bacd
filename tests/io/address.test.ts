import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, fromWords, highWord, lowWord, parseAddress } from '../../src/io/address.js';

const address = fc.bigInt(-(2n ** 52n), 2n ** 52n).map(Number);

describe('addresses', () => {
  test('kernel addresses are negative, physical ones are not', () => {
    expect(parseAddress('0xffff000000000000')).toBe(-(2 ** 48));
    expect(parseAddress('0xffffffffffffffff')).toBe(-1);
    expect(parseAddress('0xfff0000000000000')).toBe(-(2 ** 52));
    expect(parseAddress('0x40000000')).toBe(2 ** 30);
    expect(parseAddress('0x0')).toBe(0);
    expect(parseAddress('0X4000ABCD')).toBe(0x4000abcd);
  });

  test('text is the unsigned 64-bit value', () => {
    expect(formatAddress(-(2 ** 48))).toBe('0xffff000000000000');
    expect(formatAddress(2 ** 52)).toBe('0x10000000000000');
    expect(formatAddress(0)).toBe('0x0');
  });

  test('every address survives its text and its two words', () => {
    fc.assert(
      fc.property(address, (value) => {
        const bits = BigInt.asUintN(64, BigInt(value));
        expect(formatAddress(value)).toBe(`0x${bits.toString(16)}`);
        expect(parseAddress(formatAddress(value))).toBe(value);
        expect(lowWord(value)).toBe(Number(bits & 0xffffffffn));
        expect(highWord(value)).toBe(Number(bits >> 32n));
        expect(fromWords(lowWord(value), highWord(value))).toBe(value);
        expect(fromWords(lowWord(value) | 0, highWord(value) | 0)).toBe(value);
      }),
    );
  });

  test.each(['', '0x', '40000000', '0xg', '-0x1', '0x1_000', ' 0x1', '0x10000000000000000'])(
    'refuses %j as malformed',
    (text) => {
      expect(() => parseAddress(text)).toThrow(RangeError);
      expect(() => parseAddress(text)).toThrow('an address in hex');
    },
  );

  test('refuses what lies in neither end of the address space', () => {
    const message = 'an address in the top or the bottom 2^52 bytes';
    expect(() => parseAddress('0x10000000000001')).toThrow(message);
    expect(() => parseAddress('0xffefffffffffffff')).toThrow(message);
    expect(() => fromWords(0, 0x80000000)).toThrow(message);
  });
});
