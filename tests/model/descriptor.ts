/** Stage 1 descriptors: attribute bits, predicates, and the output address field (Arm ARM D8.3; pgtable-hwdef.h). */
import type { Geometry } from './geometry.js';

const bit = (n: number): bigint => 1n << BigInt(n);

export const VALID = bit(0);
/** Set in tables and pages, clear in blocks. */
export const TYPE = bit(1);
export const USER = bit(6);
export const RDONLY = bit(7);
export const SHAREABLE = bit(8) | bit(9);
export const AF = bit(10);
export const NOT_GLOBAL = bit(11);
/** PTE_PRESENT_INVALID is nG's bit, read so where VALID is clear. */
export const PRESENT_INVALID = bit(11);
export const GUARDED = bit(50);
export const WRITE = bit(51);
export const CONTIGUOUS = bit(52);
export const PXN = bit(53);
export const UXN = bit(54);
export const DIRTY = bit(55);
export const TABLE_PXN = bit(59);
export const TABLE_UXN = bit(60);
const ATTRINDX = bit(2) | bit(3) | bit(4);
const NORMAL_TAGGED = bit(2);
const SOFTWARE = bit(63) | bit(58) | bit(57) | bit(56) | bit(55);

export const isValid = (d: bigint): boolean => (d & VALID) !== 0n;
export const isPresent = (d: bigint): boolean => isValid(d) || (d & PRESENT_INVALID) !== 0n;
export const isContiguous = (d: bigint): boolean => (d & CONTIGUOUS) !== 0n;

/** PAGE_KERNEL as a page. With LPA2 the shareability bits hold address bits, so the kernel sets nothing there. */
function pageKernel(g: Geometry, nonGlobal: boolean): bigint {
  const shareable = g.lpa2 ? 0n : SHAREABLE;
  return VALID | TYPE | AF | shareable | (nonGlobal ? NOT_GLOBAL : 0n) | WRITE | PXN | UXN | DIRTY;
}

/** pgprot_tagged(PAGE_KERNEL): what the linear map is made of, with and without MTE. */
export function pageKernelTagged(g: Geometry, nonGlobal: boolean): bigint {
  return pageKernel(g, nonGlobal) | NORMAL_TAGGED;
}

export function pageKernelReadOnly(g: Geometry, nonGlobal: boolean): bigint {
  return (pageKernel(g, nonGlobal) & ~WRITE) | RDONLY;
}

/** The descriptor of a page as a block has it. */
export const asBlock = (page: bigint): bigint => page & ~TYPE;

/** A table that map_mem() makes: execute-never for the kernel. */
export const BOOT_TABLE = VALID | TYPE | AF | TABLE_UXN | TABLE_PXN;

/** A table that the early mapper of the kernel image has made. */
export const EARLY_IMAGE_TABLE = VALID | TYPE | TABLE_UXN;

/** The table that replaces a block: valid even where the block was not. */
export function splitTable(block: bigint): bigint {
  return VALID | TYPE | AF | TABLE_UXN | ((block & PXN) !== 0n ? TABLE_PXN : 0n);
}

/** One of the smaller leaves that `block` becomes. VALID, nG and all permissions are the block's own. */
export function splitChild(block: bigint, childIsPage: boolean, contiguous: boolean): bigint {
  const type = childIsPage ? TYPE : 0n;
  return (block & ~(TYPE | CONTIGUOUS)) | type | (contiguous ? CONTIGUOUS : 0n);
}

/** pgattr_change_is_safe(): what the boot mapper may do to an entry that is in use. */
export function changeIsSafe(before: bigint, after: bigint): boolean {
  if (!isValid(before) || !isValid(after)) return true;
  if ((before & ~after & NOT_GLOBAL) !== 0n) return false;
  const normal = (d: bigint) => (d & ATTRINDX) === 0n || (d & ATTRINDX) === NORMAL_TAGGED;
  const memoryType = normal(before) && normal(after) ? ATTRINDX : 0n;
  return ((before ^ after) & ~(PXN | RDONLY | WRITE | NOT_GLOBAL | SOFTWARE | memoryType)) === 0n;
}

/** The bits of a descriptor that hold its output address. */
export function addressField(g: Geometry): bigint {
  const inPlace = (low: number) => bit(50) - bit(low);
  if (g.granule === 65536) return inPlace(12);
  return inPlace(Math.log2(g.granule)) | (g.lpa2 ? SHAREABLE : 0n);
}

/** A physical address as descriptor bits. 64K keeps PA[49:48] in place as well as in [13:12]: the mask of 7.2 does. */
export function encodeAddress(g: Geometry, pa: number): bigint {
  const high = g.granule === 65536 ? BigInt(pa) >> 36n : g.lpa2 ? BigInt(pa) >> 42n : 0n;
  return (BigInt(pa) | high) & addressField(g);
}

export function decodeAddress(g: Geometry, descriptor: bigint): number {
  if (g.granule === 65536) {
    return Number((descriptor & (bit(48) - bit(16))) | ((descriptor & 0xf000n) << 36n));
  }
  const low = descriptor & (bit(50) - BigInt(g.granule));
  return Number(g.lpa2 ? low | ((descriptor & SHAREABLE) << 42n) : low);
}
