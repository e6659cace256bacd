// Texts of the command line as values. Commander puts the option's name in front of what these throw.
import { InvalidArgumentError } from 'commander';
import { parseSize } from '../io/size.js';
import { GRANULES, type Granule } from '../machine/va-layout.js';

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

/** A whole number without a sign. */
export function numberArgument(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** A regular expression, without slashes around it. */
export function regexpArgument(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('Expected a regular expression.');
  }
}
