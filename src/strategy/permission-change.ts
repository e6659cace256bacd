// One permission change on a machine that has just booted: what `linmap change` and the report's "what if" both make.
import type { Core } from '../core/core.js';
import type { Counters } from '../core/counters.js';
import { Kernel } from '../kernel/kernel.js';
import type { Backing } from '../kernel/page-allocator.js';
import type { Machine } from '../machine/machine.js';
import { type MapState, mapState } from '../map/map-state.js';
import type { Strategy } from './strategy.js';

/** Calls on a vmalloc area, and calls on pages of the linear map. */
const AREA_CALLS = [
  'set_memory_ro',
  'set_memory_rw',
  'set_memory_x',
  'set_memory_nx',
  'set_memory_rox',
  'vfree',
] as const;
const PAGE_CALLS = ['set_direct_map_valid_noflush', 'set_direct_map_invalid_noflush'] as const;
export const CHANGE_CALLS = [...AREA_CALLS, ...PAGE_CALLS] as const;
export type ChangeCall = (typeof CHANGE_CALLS)[number];

/** A larger area than any that kernels make executable or secret, and still made at once. */
export const MOST_PAGES = 2 ** 16;

export interface ChangeRequest {
  call: ChangeCall;
  /** Pages of the granule, 1 to MOST_PAGES. */
  pages: number;
  /** Where the pages of an area come from; calls on pages of the linear map have no area. */
  backing: Backing;
  /** Of the allocator. */
  seed: number;
}

export interface ChangeResult {
  strategy: Strategy;
  /** 0 or a negative errno. */
  result: number;
  counters: Counters;
  before: MapState;
  after: MapState;
}

/** Whether a call is one on a vmalloc area, whose pages have a backing. */
export function isAreaCall(call: ChangeCall): boolean {
  return AREA_CALLS.some((one) => one === call);
}

/**
 * Boots the machine in the core and makes the change as the strategy would; the core holds what comes of it.
 * @throws RangeError where the machine has no room for the pages, or no units of that backing
 */
export function changePermissions(
  core: Core,
  machine: Machine,
  strategy: Strategy,
  request: ChangeRequest,
): ChangeResult {
  const kernel = new Kernel(core, machine, strategy, { seed: request.seed });
  const work = prepare(kernel, request);
  const before = mapState(core);
  core.resetCounters();
  const result = work();
  return { strategy, result, counters: core.counters(), before, after: mapState(core) };
}

/** Allocates what is to be changed; the function returned changes it. */
function prepare(kernel: Kernel, { call, pages, backing }: ChangeRequest): () => number {
  if (call === 'set_direct_map_valid_noflush' || call === 'set_direct_map_invalid_noflush') {
    const block = kernel.allocator.allocate(2 ** Math.ceil(Math.log2(pages)) * kernel.machine.granule);
    if (call === 'set_direct_map_valid_noflush') {
      return () => kernel.setDirectMapValidNoflush(block, pages, false);
    }
    return () => {
      for (let i = 0; i < pages; i++) {
        const error = kernel.setDirectMapInvalidNoflush(block + i * kernel.machine.granule);
        if (error) return error;
      }
      return 0;
    };
  }
  const area = kernel.vmallocArea(pages, backing);
  switch (call) {
    case 'set_memory_ro':
      return () => kernel.setMemoryRo(area.addr, pages);
    case 'set_memory_rw':
      return () => kernel.setMemoryRw(area.addr, pages);
    case 'set_memory_x':
      return () => kernel.setMemoryX(area.addr, pages);
    case 'set_memory_nx':
      return () => kernel.setMemoryNx(area.addr, pages);
    case 'set_memory_rox':
      return () => kernel.setMemoryRox(area.addr, pages);
    case 'vfree':
      return () => {
        kernel.vfree(area);
        return 0;
      };
  }
}
