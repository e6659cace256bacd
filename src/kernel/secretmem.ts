// memfd_secret: a page leaves the linear map when it is first touched and comes back when it is freed (mm/secretmem.c).
import { linearVa } from './boot.js';
import type { Kernel } from './kernel.js';

/** The fault that adds a page: invalid, then a flush of it. Returns 0 or a negative errno. */
export function faultSecretPage(kernel: Kernel, page: number): number {
  const error = kernel.setDirectMapInvalidNoflush(page);
  if (error) return error;
  const va = linearVa(kernel.machine, page);
  kernel.flushKernelRange(va, va + kernel.machine.granule);
  return 0;
}

/** Freeing it: default permissions, no flush, for an invalid entry is in no TLB. */
export function freeSecretPage(kernel: Kernel, page: number): number {
  return kernel.setDirectMapDefaultNoflush(page);
}
