// Texts of the command line as values. Commander puts the option's name in front of what these throw.
import { InvalidArgumentError } from 'commander';
import { parseSize } from '../io/size.js';
import { formatGranule, GRANULES, type Granule, vaBitsOf } from '../machine/va-layout.js';

/** Bytes of `4K`, `6T`, `0x1000`. */
export function sizeArgument(text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError(`Expected ${error.message}.`);
  }
}

/** `4K`, `16K`, `64K`, or the same in bytes. */
export function granuleArgument(text: string): Granule {
  const granule = GRANULES.find((bytes) => [`${bytes}`, `${bytes / 1024}k`].includes(text.toLowerCase()));
  if (granule === undefined) throw new InvalidArgumentError('Expected 4K, 16K or 64K.');
  return granule;
}

/** Of numbers that nothing else limits: nine digits. */
export const MOST = 999_999_999;

/** Reads a whole number without a sign. Both limits are included. */
export function wholeArgument(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= from && number <= to) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`);
  };
}

/** A regular expression, without slashes around it. */
export function regexpArgument(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('Expected a regular expression.');
  }
}

/** A path that says which kind of picture it is. */
export function pictureArgument(text: string): string {
  if (/\.(png|svg)$/i.test(text)) return text;
  throw new InvalidArgumentError('Expected a file that ends in .png or .svg.');
}

/** Names with commas between, each once. */
export function namesArgument(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new InvalidArgumentError(`Expected each name once, found ${twice} twice.`);
  return names;
}

const VA_BITS = GRANULES.map((granule) => ({ granule, bits: vaBitsOf(granule) }));
const ALL_BITS = VA_BITS.flatMap(({ bits }) => bits);

/** Which bits of VA each granule has. */
export const VA_BITS_HELP = VA_BITS.map(
  ({ granule, bits }) => `${bits.join(', ')} with ${formatGranule(granule)}`,
).join('; ');

/** Bits of VA that some granule has; whether it is the one that is asked for, the machine finds out. */
export const vaBitsArgument = wholeArgument(Math.min(...ALL_BITS), Math.max(...ALL_BITS));
