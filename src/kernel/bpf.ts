// BPF: programs live in packs, which become read-only and executable as a whole before the first is written into one
// (kernel/bpf/core.c, alloc_new_pack()).
import type { Kernel } from './kernel.js';
import type { Backing } from './page-allocator.js';
import type { VmArea } from './vmalloc.js';

/** BPF_PROG_PACK_SIZE for each possible node, with every granule. */
const PACK_BYTES_PER_NODE = 2 * 2 ** 20;

export function allocatePack(kernel: Kernel, nodes: number, backing: Backing): VmArea {
  return kernel.vmallocArea((nodes * PACK_BYTES_PER_NODE) / kernel.machine.granule, backing);
}

/** set_memory_rox() over the whole pack. Returns 0 or a negative errno. */
export function protectPack(kernel: Kernel, pack: VmArea): number {
  return kernel.setMemoryRox(pack.addr, pack.pages.length);
}
