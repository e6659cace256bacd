// What accesses outside the linear map are mapped with. Their tables are not in this core, so their leaves have fixed
// sizes by address. Kernel text and data, and the struct pages of vmemmap, get 2 MiB wherever the granule gives that
// size: blocks with 4K pages; contiguous groups of the image's pages with 16K and 64K ones, where vmemmap has single
// pages (vmemmap_populate()). vmalloc space and user space have single pages. The places are those of 48-bit kernels.
import { granuleShift, LAST_LEVEL } from '../geometry';

const IMAGE_START: u64 = 0xffff800080000000;
const IMAGE_SIZE: u64 = (<u64>2) << 30;
const VMEMMAP_START: u64 = 0xfffffc0000000000;
const BLOCK_SHIFT: u64 = 21;

export function assumedLevel(va: u64): i32 {
  return granuleShift === 12 && (inImage(va) || inVmemmap(va)) ? 2 : LAST_LEVEL;
}

/** log2 of what one TLB entry may cover. */
export function assumedReach(va: u64, mergesContiguous: bool): u64 {
  if (granuleShift === 12) return inImage(va) || inVmemmap(va) ? BLOCK_SHIFT : 12;
  return inImage(va) && mergesContiguous ? BLOCK_SHIFT : <u64>granuleShift;
}

function inImage(va: u64): bool {
  return va - IMAGE_START < IMAGE_SIZE;
}

function inVmemmap(va: u64): bool {
  return va >= VMEMMAP_START;
}
