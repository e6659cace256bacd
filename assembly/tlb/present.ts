// Present: the sizes of leaves that a TLB holds. A look-up probes for these, and hardware is charged for them.
import { COUNTS, PRESENT } from './array-layout';

const TAG_TABLE: u64 = 1 << 6;
const TAG_SHIFT_MASK: u64 = 63;
const TAG_KIND_MASK: u64 = 127;
/** Counts of what is no leaf start here: they never come to zero, where they would change PRESENT. */
const NOT_COUNTED: u32 = 1 << 31;

export function nonePresent(array: usize): void {
  store<u64>(array, 0, PRESENT);
  for (let kind: u32 = 0; kind < 128; kind++) {
    store<u32>(array + ((<usize>kind) << 2), kind > 0 && kind < 64 ? 0 : NOT_COUNTED, COUNTS);
  }
}

/** A ring is one set, asked for all sizes at once: those that have gone again may stay noted. */
export function notePresent(array: usize, tag: u64): void {
  if (!(tag & TAG_TABLE))
    store<u64>(array, load<u64>(array, PRESENT) | ((<u64>1) << (tag & TAG_SHIFT_MASK)), PRESENT);
}

export function countIn(array: usize, tag: u64): void {
  const counter = counterOf(array, tag);
  const entries = load<u32>(counter) + 1;
  store<u32>(counter, entries);
  if (entries === 1)
    store<u64>(array, load<u64>(array, PRESENT) | ((<u64>1) << (tag & TAG_SHIFT_MASK)), PRESENT);
}

export function countOut(array: usize, tag: u64): void {
  const counter = counterOf(array, tag);
  const entries = load<u32>(counter) - 1;
  store<u32>(counter, entries);
  if (entries === 0)
    store<u64>(array, load<u64>(array, PRESENT) & ~((<u64>1) << (tag & TAG_SHIFT_MASK)), PRESENT);
}

function counterOf(array: usize, tag: u64): usize {
  return array + COUNTS + ((<usize>(tag & TAG_KIND_MASK)) << 2);
}
