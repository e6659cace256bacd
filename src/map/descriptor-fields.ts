// What a leaf descriptor permits, asked of its bits.
import type { Bits } from './leaf-change.js';

/** Bits that inspection needs, as the core defines them (Arm ARM D8.3; drawn in assembly/descriptor.ts). */
export interface LeafBits extends Bits {
  /** The kernel may not execute. */
  pxn: bigint;
  uxn: bigint;
  /** AP[1]: accessible from EL0. */
  user: bigint;
  /** AF: while it is clear, an access faults or has the hardware set it. */
  accessFlag: bigint;
  /** AttrIndx. */
  attrIndex: bigint;
  /** PXNTable of a table descriptor: nothing below it can be executed by the kernel. */
  tablePxn: bigint;
}

/** AttrIndx, an index into MAIR_EL1 as Linux fills it (MT_NORMAL = 0 … MT_DEVICE_nGnRE = 4). */
const MEMORY_TYPES = ['Normal', 'Normal-Tagged', 'Normal-NC', 'Device-nGnRnE', 'Device-nGnRE'];

/** `Normal-Tagged`, `Device-nGnRE`, …; `AttrIndx 6` for an index that Linux does not use. */
export function memoryTypeOf(attributes: bigint, bits: Pick<LeafBits, 'attrIndex'>): string {
  const index = attrIndexOf(attributes, bits);
  return MEMORY_TYPES[index] ?? `AttrIndx ${index}`;
}

/** RAM is mapped as Normal memory, write-back, tagged or not. */
export function isCacheableMemory(attributes: bigint, bits: Pick<LeafBits, 'attrIndex'>): boolean {
  return attrIndexOf(attributes, bits) <= 1;
}

function attrIndexOf(attributes: bigint, { attrIndex }: Pick<LeafBits, 'attrIndex'>): number {
  const lowestBit = attrIndex & -attrIndex;
  return Number((attributes & attrIndex) / lowestBit);
}

export function isValid(attributes: bigint, bits: Pick<LeafBits, 'valid'>): boolean {
  return (attributes & bits.valid) !== 0n;
}

/** AP[2] is set, whether the leaf is valid or not. */
export function isReadOnly(attributes: bigint, bits: Pick<LeafBits, 'readOnly'>): boolean {
  return (attributes & bits.readOnly) !== 0n;
}

/** Valid, and its own PXN is clear; a table above may still forbid it. */
export function hasExecutableBits(attributes: bigint, bits: Pick<LeafBits, 'valid' | 'pxn'>): boolean {
  return (attributes & (bits.valid | bits.pxn)) === bits.valid;
}

/** Valid and not AP[2]. */
export function isWritable(attributes: bigint, bits: Pick<LeafBits, 'valid' | 'readOnly'>): boolean {
  return (attributes & (bits.valid | bits.readOnly)) === bits.valid;
}

/** `rw`, `ro`, `rw x`, `ro invalid`: what a leaf permits the kernel by its own bits. */
export function permissionText(attributes: bigint, bits: LeafBits): string {
  const write = isReadOnly(attributes, bits) ? 'ro' : 'rw';
  if (!isValid(attributes, bits)) return `${write} invalid`;
  return hasExecutableBits(attributes, bits) ? `${write} x` : write;
}
