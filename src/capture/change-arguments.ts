// What a change is told to do: which range, which bits. A kernel changes attributes, of its own addresses.
import type { Masks } from '../core/operations.js';
import type { Address } from '../io/address.js';
import type { ProbeArguments } from './arguments.js';
import { changesAttributesOnly, type MasksTable } from './masks-table.js';

interface ChangeArguments {
  start: Address;
  /** Bytes. */
  size: number;
  bits: Masks;
}

/**
 * Reads start, size and the masks of a change.
 * @param setAt which argument holds the bits to set; those to clear follow
 * @throws InputError with the trace's line, also for a range or masks that no kernel passes
 */
export function readChange(read: ProbeArguments, setAt: number, known: MasksTable): ChangeArguments {
  const start = read.kernelAddress(0);
  const size = read.address(1);
  if (size < 0 || start + size > 0) throw read.refusal(1, 'a number of bytes that ends at a kernel address');
  const { low, high } = read.bits(setAt);
  const { low: clearLow, high: clearHigh } = read.bits(setAt + 1);
  const bits = known.of(low, high, clearLow, clearHigh);
  if (known.isNew) {
    const moved = [bits.set, bits.clear].findIndex((mask) => !changesAttributesOnly(mask));
    if (moved >= 0) {
      throw read.refusal(setAt + moved, 'a mask of attributes, without bits of the address or the type,');
    }
  }
  return { start, size, bits };
}
