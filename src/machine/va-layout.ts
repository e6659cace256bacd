import type { Address } from '../io/address.js';

/** The translation granule in bytes. */
export type Granule = 4096 | 16384 | 65536;

export const GRANULES: readonly Granule[] = [4096, 16384, 65536];

/** Bits of virtual address that arm64 Linux can be built for or run with, by granule. */
const VA_BITS: Readonly<Record<Granule, readonly number[]>> = {
  4096: [39, 48, 52],
  16384: [36, 47, 48, 52],
  65536: [42, 48, 52],
};

const GIB = 2 ** 30;

/** ARM64_MEMSTART_ALIGN: what a PA and its linear-map VA agree in. 64K takes the size of a memory section. */
const MEMSTART_ALIGN: Readonly<Record<Granule, number>> = {
  4096: GIB,
  16384: GIB,
  65536: GIB / 2,
};

export function vaBitsOf(granule: Granule): readonly number[] {
  return VA_BITS[granule];
}

/** `4K`, `16K`, `64K`. */
export function formatGranule(granule: Granule): string {
  return `${granule / 1024}K`;
}

/** First VA of the linear map (PAGE_OFFSET): half of the address space belongs to TTBR1. */
export function pageOffsetOf(vaBits: number): Address {
  return -(2 ** vaBits);
}

/**
 * End of the linear map (PAGE_END). Kernels of 52 bits leave it where hardware of fewer bits
 * needs it (VA_BITS_MIN: 48, or 47 for 16K), so that the kernel image need not move.
 */
export function pageEndOf(granule: Granule, vaBits: number): Address {
  const fewest = granule === 16384 ? 47 : 48;
  const vaBitsMin = vaBits <= 48 ? vaBits : fewest;
  return -(2 ** (vaBitsMin - 1));
}

/** Whether 52-bit addresses change the descriptor format (FEAT_LPA2); 64K had them before, as LVA and LPA. */
export function usesLpa2(granule: Granule, vaBits: number): boolean {
  return vaBits === 52 && granule !== 65536;
}

/** Bits of a physical address that a descriptor holds: 48 with 4K and 16K pages but for LPA2, 52 with 64K pages (LPA). */
export function paBitsOf(granule: Granule, lpa2: boolean): 48 | 52 {
  return lpa2 || granule === 65536 ? 52 : 48;
}

/** PA mapped at PAGE_OFFSET for memory that starts at `start`, as arm64_memblock_init() chooses it. */
export function physOffsetOf(granule: Granule, start: number): number {
  const align = MEMSTART_ALIGN[granule];
  return Math.floor(start / align) * align;
}
