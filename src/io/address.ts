/**
 * A virtual or physical address: a 64-bit two's complement value held exactly in a double.
 *
 * Kernel virtual addresses lie in the top 2^52 bytes, so they are the negatives -2^52 … -1
 * (VA - 2^64). Physical addresses, and ends of ranges that reach the top of the physical
 * address space, are 0 … 2^52. A virtual range that reaches the top of the address space ends
 * at 0. Doubles are exact to 2^53, so sums and differences of two addresses are exact too.
 *
 * The text form is lower-case hex of the unsigned 64-bit value: `0xffff000000000000`.
 */
export type Address = number;

const REACH = 2 ** 52;
const WORD = 2 ** 32;

/**
 * Reads `0x…`, at most 16 digits.
 * @throws RangeError where the text is no hex number or no address of this convention.
 */
export function parseAddress(text: string): Address {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) {
    throw new RangeError('an address in hex (0x and at most 16 digits)');
  }
  const address = Number(BigInt.asIntN(64, BigInt(text)));
  if (!isAddress(address)) {
    throw new RangeError('an address in the top or the bottom 2^52 bytes');
  }
  return address;
}

/** Lower-case hex of the unsigned 64-bit value. */
export function formatAddress(address: Address): string {
  if (address >= 0) return `0x${address.toString(16)}`;
  // Maps of terabytes write millions of these: two words are much faster than a bigint.
  return `0x${highWord(address).toString(16)}${lowWord(address).toString(16).padStart(8, '0')}`;
}

/** Bits 31:0 of the 64-bit value, unsigned. */
export function lowWord(address: Address): number {
  return (address - Math.floor(address / WORD) * WORD) >>> 0;
}

/** Bits 63:32 of the 64-bit value, unsigned. */
export function highWord(address: Address): number {
  return Math.floor(address / WORD) >>> 0;
}

/**
 * The address of which `low` and `high` are the halves (any sign: only their 32 bits count).
 * @throws RangeError where the 64-bit value is no address of this convention.
 */
export function fromWords(low: number, high: number): Address {
  const address = (high | 0) * WORD + (low >>> 0);
  if (!isAddress(address)) {
    throw new RangeError('an address in the top or the bottom 2^52 bytes');
  }
  return address;
}

function isAddress(value: number): boolean {
  return value >= -REACH && value <= REACH;
}
