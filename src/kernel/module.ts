// Loading and unloading a module: which memory types it has, and what is called on them in which order.
// Source: kernel/module/main.c, kernel/module/strict_rwx.c; one vmalloc area for each type that is not empty.
import type { Kernel } from './kernel.js';
import type { Backing } from './page-allocator.js';
import type { VmArea } from './vmalloc.js';

/** Memory types in the kernel's order. */
export const MODULE_TYPES = [
  'text',
  'data',
  'rodata',
  'roAfterInit',
  'initText',
  'initData',
  'initRodata',
] as const;
type ModuleType = (typeof MODULE_TYPES)[number];

/** Bytes of each memory type; 0 where the module has none. */
export type ModuleSections = Readonly<Record<ModuleType, number>>;

type LoadedModule = Partial<Record<ModuleType, VmArea>>;

/** Allocates a module's areas. Writable and not executable, so nothing is changed yet. */
export function allocateModule(kernel: Kernel, sections: ModuleSections, backing: Backing): LoadedModule {
  const module: LoadedModule = {};
  for (const type of MODULE_TYPES) {
    const pages = Math.ceil(sections[type] / kernel.machine.granule);
    if (pages > 0) module[type] = kernel.vmallocArea(pages, backing);
  }
  return module;
}

/**
 * Everything from module_enable_rodata_ro() to the freeing of the init areas. Returns the first error that aborts
 * the load, or 0.
 */
export function loadModule(kernel: Kernel, module: LoadedModule): number {
  const protects = kernel.machine.rodata !== 'off';
  const call = (type: ModuleType, change: (addr: number, pages: number) => number) => {
    const area = module[type];
    return area ? change(area.addr, area.pages.length) : 0;
  };
  const ro = (addr: number, pages: number) => kernel.setMemoryRo(addr, pages);
  const nx = (addr: number, pages: number) => kernel.setMemoryNx(addr, pages);
  const rox = (addr: number, pages: number) => kernel.setMemoryRox(addr, pages);
  const error =
    (protects && (call('rodata', ro) || call('initRodata', ro))) ||
    call('data', nx) ||
    call('rodata', nx) ||
    call('roAfterInit', nx) ||
    call('initData', nx) ||
    call('initRodata', nx) ||
    call('text', rox) ||
    call('initText', rox);
  if (error) return error;
  // Its failure only warns.
  if (protects) call('roAfterInit', ro);
  freeTypes(kernel, module, ['initText', 'initData', 'initRodata']);
  return 0;
}

/** free_mod_mem(): the data area last. */
export function unloadModule(kernel: Kernel, module: LoadedModule): void {
  freeTypes(kernel, module, ['text', 'rodata', 'roAfterInit', 'initText', 'initData', 'initRodata', 'data']);
}

function freeTypes(kernel: Kernel, module: LoadedModule, types: readonly ModuleType[]): void {
  for (const type of types) {
    const area = module[type];
    if (area) kernel.vfree(area);
    delete module[type];
  }
}
