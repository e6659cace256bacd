// The words of inspect's filters as values.
import { InvalidArgumentError } from 'commander';
import type { LeafCounts } from '../core/core.js';
import { formatAddress, parseAddress } from '../io/address.js';
import { parseSize } from '../io/size.js';
import { type MapFilter, PERMISSIONS, type PermissionName } from '../map/filter.js';
import { LEAF_SIZES } from '../report/leaf-size.js';
import { namesArgument } from './arguments.js';

type Sizes = readonly (keyof LeafCounts)[];

/** A level of the architecture means its leaves with and without the contiguous bit. */
const LEVELS: Readonly<Record<string, Sizes>> = { 1: ['pud'], 2: ['pmdCont', 'pmd'], 3: ['pteCont', 'pte'] };

/** `0xffff000000000000-0xffff000040000000`, or `0x80000000+2M`; kernel VAs or PAs, the end not included. */
export function rangeArgument(text: string): NonNullable<MapFilter['range']> {
  const match = /^(0x[0-9a-f]+)([-+])(\w[\w.]*)$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected START-END in hex, or START+SIZE.');
  const [, first = '', joint, second = ''] = match;
  try {
    const start = parseAddress(first);
    const end = joint === '+' ? start + parseSize(second) : parseAddress(second);
    if (end <= start) throw new RangeError('an end above the start');
    return { start, end };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError(`Expected ${error.message}.`);
  }
}

/** `pmd,pteCont`, `2`: leaf sizes by their JSON names, or levels. */
export function levelArgument(text: string): Sizes {
  return namesArgument(text).flatMap((name) => {
    const sizes = LEVELS[name] ?? LEAF_SIZES.filter((size) => size.toLowerCase() === name.toLowerCase());
    if (sizes.length > 0) return sizes;
    throw new InvalidArgumentError(
      `Expected 1, 2, 3 or any of ${LEAF_SIZES.join(', ')}, with commas between.`,
    );
  });
}

/** No leaf is both. */
const OPPOSITES: readonly (readonly [PermissionName, PermissionName])[] = [
  ['ro', 'rw'],
  ['valid', 'invalid'],
  ['exec', 'noexec'],
];

/** `ro`, `rw,exec`: all that must hold. */
export function permissionArgument(text: string): PermissionName[] {
  const permissions = namesArgument(text).map((name) => {
    const permission = PERMISSIONS.find((known) => known === name);
    if (permission !== undefined) return permission;
    throw new InvalidArgumentError(`Expected any of ${PERMISSIONS.join(', ')}, with commas between.`);
  });
  const both = OPPOSITES.find((pair) => pair.every((one) => permissions.includes(one)));
  if (both === undefined) return permissions;
  throw new InvalidArgumentError(`Expected ${both.join(' or ')}, found both, which no leaf is.`);
}

/** Bytes, a power of two that no page is larger than. */
export function regionArgument(text: string): number {
  try {
    const bytes = parseSize(text);
    if (bytes >= 65536 && Number.isInteger(Math.log2(bytes))) return bytes;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new InvalidArgumentError('Expected a power of two from 64K on, such as 1G.');
}

export function rangeText({ start, end }: NonNullable<MapFilter['range']>): string {
  return `${formatAddress(start)}-${formatAddress(end)}`;
}
