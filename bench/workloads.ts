// The workloads of the comparison: what is done to a fresh machine, once.
import { allocatePack, protectPack } from '../src/kernel/bpf.js';
import { DM_MOD } from '../src/kernel/dm-mod.js';
import type { Kernel } from '../src/kernel/kernel.js';
import { allocateModule, loadModule, unloadModule } from '../src/kernel/module.js';
import type { Backing } from '../src/kernel/page-allocator.js';
import { faultSecretPage } from '../src/kernel/secretmem.js';
import { hugeBacking, unitOf } from '../src/kernel/vmalloc.js';

export interface Workload {
  /** Stable name in JSON and charts. */
  id: string;
  title: string;
  /** False where a configuration has no such thing. */
  possible(kernel: Kernel): boolean;
  /** Sets the scene, uncounted; the function returned does the work and gives 0 or a negative errno. */
  prepare(kernel: Kernel): () => number;
}

const MIB = 2 ** 20;

export const WORKLOADS: readonly Workload[] = [
  {
    id: 'module-load',
    title: 'load dm_mod (62 pages of 4K)',
    possible: () => true,
    prepare: (kernel) => {
      const module = allocateModule(kernel, DM_MOD, 'runs');
      return () => loadModule(kernel, module);
    },
  },
  {
    id: 'module-unload',
    title: 'unload dm_mod',
    possible: () => true,
    prepare: (kernel) => {
      const module = allocateModule(kernel, DM_MOD, 'runs');
      loadModule(kernel, module);
      return () => {
        unloadModule(kernel, module);
        return 0;
      };
    },
  },
  {
    id: 'bpf-pack-2m',
    title: 'BPF program pack, 2 MiB',
    possible: () => true,
    prepare: (kernel) => {
      const pack = allocatePack(kernel, 1, hugeBacking(2 * MIB, kernel.core.geometry));
      return () => protectPack(kernel, pack);
    },
  },
  readOnlyArea('vmalloc-2m-huge', '2 MiB vmalloc area, huge units', 2 * MIB),
  readOnlyArea('vmalloc-32m-huge', '32 MiB vmalloc area, huge units', 32 * MIB),
  readOnlyArea(
    'vmalloc-32m-cont-pmd',
    '32 MiB vmalloc area, contiguous PMDs (hypothetical)',
    32 * MIB,
    'huge-cont-pmd',
  ),
  readOnlyArea('vmalloc-2m-scattered', '2 MiB vmalloc area, scattered pages', 2 * MIB, 'scattered'),
  ...[1, 8, 64, 512].map(directMap),
  {
    id: 'secretmem-page',
    title: 'one secretmem page',
    possible: (kernel) => kernel.policy.canSetDirectMap,
    prepare: (kernel) => {
      const page = kernel.allocator.allocate(kernel.machine.granule);
      return () => faultSecretPage(kernel, page);
    },
  },
];

/** set_memory_ro() over a whole vmalloc area; by default of the units that vmalloc() uses for its size. */
function readOnlyArea(id: string, title: string, bytes: number, backing?: Backing): Workload {
  return {
    id,
    title,
    // A group of contiguous PMDs larger than the area would be another workload.
    possible: ({ core: { geometry } }) => {
      const unit = unitOf(backing ?? 'runs', geometry);
      return unit > 0 && unit <= bytes;
    },
    prepare: (kernel) => {
      const { geometry } = kernel.core;
      const area = kernel.vmallocArea(bytes / geometry.granule, backing ?? hugeBacking(bytes, geometry));
      return () => kernel.setMemoryRo(area.addr, area.pages.length);
    },
  };
}

/** set_direct_map_valid_noflush() over naturally aligned pages, which 7.2 makes one call whatever the strategy. */
function directMap(pages: number): Workload {
  return {
    id: `direct-map-${pages}`,
    title: `set_direct_map_valid_noflush, ${pages} page${pages > 1 ? 's' : ''}`,
    possible: (kernel) => kernel.policy.canSetDirectMap,
    prepare: (kernel) => {
      const page = kernel.allocator.allocate(pages * kernel.machine.granule);
      return () => kernel.setDirectMapValidNoflush(page, pages, false);
    },
  };
}
