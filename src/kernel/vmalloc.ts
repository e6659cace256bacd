// vmalloc areas: their address range with its guard page, their flags, their pages, and how they are mapped.
import type { Core, Geometry } from '../core/core.js';
import type { Address } from '../io/address.js';
import { consecutiveRuns } from './alias-policy.js';
import type { Backing, PageAllocator } from './page-allocator.js';

export interface VmArea {
  addr: Address;
  /** Bytes, with the guard page unless noGuard. */
  size: number;
  /** PA of each page, in order. */
  pages: number[];
  /** VM_ALLOC: made by vmalloc(), not by vmap() or ioremap(). */
  alloc: boolean;
  /** VM_ALLOW_HUGE_VMAP, whether or not it is huge-mapped. */
  allowHuge: boolean;
  /** VM_FLUSH_RESET_PERMS: vfree() gives the linear map its permissions back. */
  flushResetPerms: boolean;
  /** Bytes of the units that it is mapped by: a page, or 2^page_order pages. */
  unit: number;
}

/** Modules, BPF programs and everything else of vmalloc lie above this distance from PAGE_END. */
const MODULES_BYTES = 2 ** 31;
const BY_PAGES = { noBlock: true, noCont: true };

/** How vmalloc() maps an area of that many bytes that may be huge: by PMDs, by contiguous PTEs, or by pages. */
export function hugeBacking(bytes: number, geometry: Geometry): Backing {
  if (bytes >= geometry.levelSize(2)) return 'huge-pmd';
  return bytes >= geometry.contiguousSize(3) ? 'huge-cont-pte' : 'runs';
}

/** Bytes of the physically contiguous units of a backing; a page for those that have none. */
export function unitOf(backing: Backing, geometry: Geometry): number {
  if (backing === 'huge-pmd') return geometry.levelSize(2);
  if (backing === 'huge-cont-pte') return geometry.contiguousSize(3);
  if (backing === 'huge-cont-pmd') return geometry.contiguousSize(2);
  return geometry.granule;
}

/** The vmalloc address space of a simulated kernel. */
export class VmallocSpace {
  readonly areas: VmArea[] = [];
  #next: Address;

  constructor(private readonly core: Core) {
    this.#next = core.geometry.pageEnd + MODULES_BYTES;
  }

  /**
   * Allocates and maps an area of `pages` pages, rounded up to whole units, aligned to its unit, with a guard page.
   * Where `mayBeHuge` is false the same physical pages are mapped one by one, as vmalloc() does without
   * VM_ALLOW_HUGE_VMAP. Mapping counts as setting the scene: reset the counters afterwards.
   */
  allocate(pages: number, backing: Backing, allocator: PageAllocator, mayBeHuge: boolean): VmArea {
    const { geometry } = this.core;
    const { granule } = geometry;
    const unit = unitOf(backing, geometry);
    if (unit === 0) throw new RangeError(`this configuration has no units for ${backing}`);
    const huge = mayBeHuge && unit > granule;
    const bytes = Math.ceil((pages * granule) / unit) * unit;
    const addr = Math.ceil(this.#next / unit) * unit;
    const area: VmArea = {
      addr,
      size: bytes + granule,
      pages: allocator.pages(bytes / granule, backing, unit),
      alloc: true,
      allowHuge: huge,
      flushResetPerms: true,
      unit: huge ? unit : granule,
    };
    this.#next = addr + area.size;
    this.#map(area);
    this.areas.push(area);
    return area;
  }

  /** By units where it is huge-mapped; else by pages, of which neighbours take one call. */
  #map({ addr, pages, unit }: VmArea): void {
    const { granule } = this.core.geometry;
    if (unit > granule) {
      for (let at = 0; at < pages.length; at += unit / granule) {
        this.core.mapRange(pages[at] as number, addr + at * granule, unit, 'kernel');
      }
      return;
    }
    let at = addr;
    for (const { pa, size } of consecutiveRuns(pages, granule)) {
      this.core.mapRange(pa, at, size, 'kernel', BY_PAGES);
      at += size;
    }
  }

  /** find_vm_area(): the area that holds an address, its guard page included. */
  find(addr: Address): VmArea | undefined {
    return this.areas.find((area) => addr >= area.addr && addr < area.addr + area.size);
  }

  /** @throws RangeError where there is no such area (any more): the kernel warns of a nonexistent area. */
  remove(area: VmArea): void {
    const index = this.areas.indexOf(area);
    if (index < 0) throw new RangeError('vfree() of an area that does not exist');
    this.areas.splice(index, 1);
  }
}
