import { formatAddress } from '../io/address.js';
import type { WrongValue } from '../io/json.js';
import { formatSize } from '../io/size.js';

/** A memblock memory region. PA and bytes, both multiples of the granule. */
export interface MemoryBank {
  start: number;
  size: number;
  /** Not in the linear map (MEMBLOCK_NOMAP). */
  noMap: boolean;
}

/** The part of physical memory that the linear region reaches. */
interface Reach {
  granule: number;
  /** PA mapped at PAGE_OFFSET. */
  physOffset: number;
  /** Bytes from PAGE_OFFSET to PAGE_END. */
  size: number;
  /** Bits of a physical address that a descriptor holds. */
  paBits: number;
}

/** Names that memblock's debugfs file prints for its flags, joined by `|`; only NOMAP decides what is mapped. */
const FLAGS: readonly string[] = [
  'NONE',
  'HOTPLUG',
  'MIRROR',
  'NOMAP',
  'DRV_MNG',
  'RSV_NIT',
  'RSV_KERN',
  'KHO_SCRATCH',
];

export function isNoMap(flags: string | undefined): boolean {
  return flags?.split('|').includes('NOMAP') ?? false;
}

/** The first bank with a flag that memblock does not have: a misspelt NOMAP would be mapped. */
export function findUnknownFlags(banks: readonly { flags?: string | undefined }[]): WrongValue | null {
  const index = banks.findIndex(({ flags = 'NONE' }) => flags.split('|').some((flag) => !isKnownFlag(flag)));
  return index < 0
    ? null
    : { path: ['memory', index, 'flags'], expected: `flags of memblock (${FLAGS.join(', ')})` };
}

function isKnownFlag(flag: string): boolean {
  return flag === '' || FLAGS.includes(flag);
}

/** The first thing wrong with the banks, in the order in which they were written; null if nothing is. */
export function findBadBank(banks: readonly MemoryBank[], reach: Reach): WrongValue | null {
  for (const [index, bank] of banks.entries()) {
    const problem = badPlace(bank, reach);
    if (problem) return { ...problem, path: ['memory', index, ...problem.path] };
  }
  return findOverlap(banks);
}

/** Ascending copy. */
export function sortBanks(banks: readonly MemoryBank[]): MemoryBank[] {
  return banks.toSorted((a, b) => a.start - b.start);
}

/** Whether every byte of [start, end) is memory, in whichever banks. */
export function isMemory(banks: readonly MemoryBank[], start: number, end: number): boolean {
  let covered = start;
  for (const bank of sortBanks(banks)) {
    if (bank.start <= covered) covered = Math.max(covered, bank.start + bank.size);
  }
  return covered >= end;
}

function badPlace({ start, size }: MemoryBank, reach: Reach): WrongValue | null {
  const { granule, physOffset } = reach;
  if (start % granule !== 0) return { path: ['start'], expected: `a multiple of ${formatSize(granule)}` };
  if (size <= 0 || size % granule !== 0) {
    return { path: ['size'], expected: `a multiple of ${formatSize(granule)} above 0` };
  }
  if (start < physOffset) {
    return { path: ['start'], expected: `memory at or above physOffset ${formatAddress(physOffset)}` };
  }
  if (start + size > physOffset + reach.size) {
    const region = `memory inside the ${formatSize(reach.size)} linear region from ${formatAddress(physOffset)}`;
    return { path: ['size'], expected: region, found: `an end at ${formatAddress(start + size)}` };
  }
  if (start + size > 2 ** reach.paBits) {
    const found = `an end at ${formatAddress(start + size)}`;
    return { path: ['size'], expected: `memory below 2^${reach.paBits}, all that descriptors hold`, found };
  }
  return null;
}

function findOverlap(banks: readonly MemoryBank[]): WrongValue | null {
  const indexed = banks.map((bank, index) => ({ ...bank, index })).sort((a, b) => a.start - b.start);
  for (const [at, bank] of indexed.entries()) {
    const before = indexed[at - 1];
    if (before && before.start + before.size > bank.start) {
      return {
        path: ['memory', bank.index, 'start'],
        expected: `memory that does not overlap memory[${before.index}], which ends at ${formatAddress(before.start + before.size)}`,
      };
    }
  }
  return null;
}
