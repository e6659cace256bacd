// Where descriptors keep their output address. The core knows; it is asked by writing addresses and reading them back.
import type { Core } from '../../core/core.js';
import { lowWord } from '../../io/address.js';
import { type Granule, pageEndOf, usesLpa2 } from '../../machine/va-layout.js';

const WORD = 2 ** 32;
const PA_BITS = 52;

/** The address field as masks over the low and the high word of a descriptor. */
export interface AddressField {
  /** All bits that belong to it. */
  low: number;
  high: number;
  /** Those of them that are address bits in place. */
  inPlaceLow: number;
  inPlaceHigh: number;
  /** Address bits that lie elsewhere (PA[51:48] of 64K, PA[51:50] with LPA2). */
  moved: { low: number; high: number; pa: number }[];
}

/** Resets the core to the geometry and learns from it how it writes each bit of an address. */
export function addressFieldOf(core: Core, granule: Granule, vaBits: number): AddressField {
  core.reset(granule, vaBits, pageEndOf(granule, vaBits), { lpa2: usesLpa2(granule, vaBits) });
  const { rootLevel, pageOffset, granuleShift } = core.geometry;
  const { typeMask } = core.bits;
  for (let level = rootLevel; level < 3; level++) core.raw.loadTable(level, pageOffset, typeMask);
  const field: AddressField = { low: 0, high: 0, inPlaceLow: 0, inPlaceHigh: 0, moved: [] };
  for (let bit = granuleShift; bit < PA_BITS; bit++) {
    const pa = 2 ** bit;
    const va = pageOffset + bit * granule;
    core.raw.loadLeaves(3, va, pa, 1, typeMask);
    const leaf = core.walk(va);
    // The first bit that does not come back is one that this format has no room for.
    if (leaf === null || leaf.pa !== pa) break;
    addBit(field, pa, leaf.descriptor & ~typeMask);
  }
  return field;
}

/** The output address of a descriptor given as two words. */
export function outputAddress(field: AddressField, low: number, high: number): number {
  let pa = ((low & field.inPlaceLow) >>> 0) + ((high & field.inPlaceHigh) >>> 0) * WORD;
  for (const bit of field.moved) if ((low & bit.low) | (high & bit.high)) pa += bit.pa;
  return pa;
}

/** Everything in a descriptor but its output address. */
export function attributesOf(field: AddressField, low: number, high: number): bigint {
  return (BigInt((high & ~field.high) >>> 0) << 32n) | BigInt((low & ~field.low) >>> 0);
}

/** 64K's PA[49:48] are in place and elsewhere: only the latter counts when reading (__pte_to_phys()). */
function addBit(field: AddressField, pa: number, bits: bigint): void {
  const inPlace = BigInt(pa);
  const elsewhere = bits & ~inPlace;
  field.low |= wordOf(bits, 0n);
  field.high |= wordOf(bits, 32n);
  if (elsewhere !== 0n) {
    field.moved.push({ low: wordOf(elsewhere, 0n), high: wordOf(elsewhere, 32n), pa });
  } else {
    field.inPlaceLow |= wordOf(bits, 0n);
    field.inPlaceHigh |= wordOf(bits, 32n);
  }
}

function wordOf(bits: bigint, shift: bigint): number {
  return lowWord(Number((bits >> shift) & 0xffffffffn));
}
