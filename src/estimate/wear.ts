// Wear: what months of use do to a linear map, in a second. No trace of a server's whole life exists, so this is an
// assumption: as many modules, BPF packs and secret pages as a busy server has, in page blocks at random places.
import { allocatePack, protectPack } from '../kernel/bpf.js';
import { DM_MOD } from '../kernel/dm-mod.js';
import type { Kernel } from '../kernel/kernel.js';
import { allocateModule, loadModule } from '../kernel/module.js';
import { faultSecretPage, freeSecretPage } from '../kernel/secretmem.js';
import { hugeBacking } from '../kernel/vmalloc.js';

/** How much of each; assumed. */
export const WEAR = { modules: 120, packs: 8, secretPages: 256 } as const;

const PACK_BYTES = 2 * 2 ** 20;

/**
 * Loads modules and BPF packs, which stay, and secret pages, which come and go. Splits are never undone. On a kernel
 * without direct-map changes only the vmalloc side is touched.
 * @throws RangeError where memory is too small for it.
 */
export function wear(kernel: Kernel): void {
  const packBacking = hugeBacking(PACK_BYTES, kernel.core.geometry);
  for (let i = 0; i < WEAR.modules; i++) loadModule(kernel, allocateModule(kernel, DM_MOD, 'runs'));
  for (let i = 0; i < WEAR.packs; i++) protectPack(kernel, allocatePack(kernel, 1, packBacking));
  for (let i = 0; i < WEAR.secretPages; i++) {
    const page = kernel.allocator.allocateGrouped(kernel.machine.granule);
    faultSecretPage(kernel, page);
    freeSecretPage(kernel, page);
  }
}
