// Stage-1 descriptors: the bits Linux uses in kernel mappings, and the output address in its three formats.
//
//   63     60  59  58..55  54  53   52    51  50  49          shift  11  10  9:8  7    6   4:2   1:0
//   | … | UXNT|PXNT| sw  |UXN|PXN|CONT|DBM|GP | output address      |nG |AF |SH |RDONLY|USER|Attr|type|
//                                                                  (with LPA2, 9:8 hold OA[51:50])
//
// Source: Arm ARM D8.3 (descriptor formats) and arch/arm64/include/asm/pgtable-hwdef.h, pgtable-prot.h.
// It does not know where descriptors are stored.
import { granuleShift } from './geometry';

export const VALID: u64 = 1 << 0;
export const TYPE_MASK: u64 = 3;
export const TYPE_BLOCK: u64 = 1;
export const TYPE_PAGE: u64 = 3;
export const TYPE_TABLE: u64 = 3;
/** AttrIndx, an index into MAIR_EL1. */
export const ATTR_INDEX: u64 = 7 << 2;
const ATTR_TAGGED: u64 = 1 << 2;
export const USER: u64 = 1 << 6;
export const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 3 << 8;
export const ACCESS_FLAG: u64 = 1 << 10;
export const NON_GLOBAL: u64 = 1 << 11;
/** Bit 11 of an entry whose bit 0 is clear: present for the kernel, a fault for the hardware. */
export const PRESENT_INVALID: u64 = 1 << 11;
const GUARDED: u64 = (<u64>1) << 50;
export const WRITE: u64 = (<u64>1) << 51;
export const CONTIGUOUS: u64 = (<u64>1) << 52;
export const PXN: u64 = (<u64>1) << 53;
export const UXN: u64 = (<u64>1) << 54;
const DIRTY: u64 = (<u64>1) << 55;
export const TABLE_PXN: u64 = (<u64>1) << 59;
export const TABLE_UXN: u64 = (<u64>1) << 60;

/** PAGE_KERNEL: writable, not executable, inner shareable. The SH field is dropped where LPA2 reuses it. */
const PAGE_KERNEL: u64 = TYPE_PAGE | INNER_SHAREABLE | ACCESS_FLAG | WRITE | PXN | UXN | DIRTY;

/** Protections that the mapper can be asked for; the core alone turns them into bits. */
export const PROT_KERNEL: u32 = 0;
export const PROT_KERNEL_TAGGED: u32 = 1;
export const PROT_KERNEL_RO: u32 = 2;

const OA_PLAIN: u32 = 0;
const OA_LPA2: u32 = 1;
const OA_LPA: u32 = 2;

let oaFormat: u32 = OA_PLAIN;
/** The bits of a descriptor that hold its output address. */
export let oaMask: u64 = 0x0003fffffffff000;
/** NON_GLOBAL while the kernel maps itself non-global (KPTI), else 0: PTE_MAYBE_NG. */
export let nonGlobalBit: u64 = 0;
/** GUARDED while the kernel runs with BTI, else 0: PTE_MAYBE_GP. */
export let guardedBit: u64 = 0;

/** Chooses the output address format for the granule in force: LPA2 (4K, 16K), LPA (64K) or plain. */
export function setDescriptorFormat(lpa2: bool): void {
  const field = 0x0003ffffffffffff & (~(<u64>0) << (<u64>granuleShift));
  if (granuleShift === 16) {
    oaFormat = OA_LPA;
    oaMask = field | 0xf000;
  } else if (lpa2) {
    oaFormat = OA_LPA2;
    oaMask = field | INNER_SHAREABLE;
  } else {
    oaFormat = OA_PLAIN;
    oaMask = field;
  }
}

export function setMaybeBits(nonGlobal: bool, guarded: bool): void {
  nonGlobalBit = nonGlobal ? NON_GLOBAL : 0;
  guardedBit = guarded ? GUARDED : 0;
}

/** Output address as a descriptor holds it (__phys_to_pte_val()). */
export function oaField(pa: u64): u64 {
  if (oaFormat === OA_PLAIN) return pa;
  if (oaFormat === OA_LPA2) return (pa | (pa >> 42)) & 0x0003ffffffffff00;
  // Linux 7.2 leaves PA[49:48] in place as well as in bits 13:12: its mask reaches up to bit 49.
  return (pa | (pa >> 36)) & 0x0003fffffffff000;
}

/** Output address of a descriptor (__pte_to_phys()). */
export function oaOf(desc: u64): u64 {
  const low = desc & oaMask;
  if (oaFormat === OA_PLAIN) return low;
  if (oaFormat === OA_LPA2) return (low & ~INNER_SHAREABLE) | ((desc & INNER_SHAREABLE) << 42);
  return (low & 0x0000ffffffff0000) | ((desc & 0xf000) << 36);
}

/** True where descriptors of consecutive output addresses in [pa, pa + size) differ by a plain addition. */
export function oaIsLinear(pa: u64, size: u64): bool {
  const last = pa + (size - 1);
  if (oaFormat === OA_LPA2) return pa >> 50 === last >> 50;
  if (oaFormat === OA_LPA) return pa >> 48 === last >> 48;
  return true;
}

/** Everything in a leaf but its output address: pte_pgprot(). */
export function attributesOf(desc: u64): u64 {
  return desc & ~oaMask;
}

/** The attribute bits of a page for one of the PROT_ values. */
export function protBits(prot: u32): u64 {
  let bits = PAGE_KERNEL;
  if (oaFormat === OA_LPA2) bits &= ~INNER_SHAREABLE;
  if (prot === PROT_KERNEL_TAGGED) bits |= ATTR_TAGGED;
  if (prot === PROT_KERNEL_RO) bits = (bits & ~WRITE) | READ_ONLY;
  return bits | nonGlobalBit;
}

/** A page's attributes as a leaf of `level` carries them: blocks have type 1 (mk_pmd_sect_prot()). */
export function leafAttributes(pageAttributes: u64, level: i32): u64 {
  return level === 3 ? pageAttributes : (pageAttributes & ~TYPE_MASK) | TYPE_BLOCK;
}

/** pXd_present(): valid, or invalid to the hardware but kept by the kernel. */
export function isPresent(desc: u64): bool {
  return (desc & VALID) !== 0 || (desc & PRESENT_INVALID) !== 0;
}

/** A table descriptor, above the last level. */
export function isTable(desc: u64): bool {
  return (desc & TYPE_MASK) === TYPE_TABLE;
}

/** pXd_leaf() above the last level. */
export function isBlock(desc: u64): bool {
  return isPresent(desc) && !isTable(desc);
}

/** pte_valid_not_user() with UXN: a store of such a PTE needs barriers before it is used. */
export function isValidKernelLeaf(desc: u64): bool {
  return (desc & (VALID | UXN | USER)) === (VALID | UXN);
}
