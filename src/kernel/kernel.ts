// The running kernel: the entry points that change permissions, as calls on the core. What an alias loop does with
// an area's pages is the strategy's; everything around it is Linux 7.2's (arch/arm64/mm/pageattr.c, mm/vmalloc.c).
import type { Core, Permission } from '../core/core.js';
import { type Masks, OperationList } from '../core/operations.js';
import type { Address } from '../io/address.js';
import type { Machine } from '../machine/machine.js';
import type { AliasPolicy } from './alias-policy.js';
import { bootLinearMap, type LinearMapPolicy, linearMapPolicy, linearVa } from './boot.js';
import { type Backing, PageAllocator } from './page-allocator.js';
import { type VmArea, VmallocSpace } from './vmalloc.js';

const EINVAL = 22;

interface KernelOptions {
  seed?: number;
  /** Tables stored even where one formula describes them. */
  storeUniformTables?: boolean;
}

export class Kernel {
  readonly vmalloc: VmallocSpace;
  readonly allocator: PageAllocator;
  readonly policy: LinearMapPolicy;
  /** Lazily freed areas are waiting, so that the next vm_unmap_aliases() flushes. */
  lazilyFreed = false;
  readonly #list = new OperationList();

  /** Boots a machine in the core, as the kernel that has this alias policy maps it. */
  constructor(
    readonly core: Core,
    readonly machine: Machine,
    readonly alias: AliasPolicy,
    options: KernelOptions = {},
  ) {
    const { storeUniformTables = false } = options;
    bootLinearMap(core, machine, 'final', { ...alias.boot, storeUniformTables });
    this.policy = linearMapPolicy(machine);
    this.vmalloc = new VmallocSpace(core);
    this.allocator = new PageAllocator(machine, options.seed);
  }

  /** An area of vmalloc(); huge-mapped only for a strategy that can change huge areas. */
  vmallocArea(pages: number, backing: Backing): VmArea {
    return this.vmalloc.allocate(pages, backing, this.allocator, this.alias.acceptsHugeAreas);
  }

  setMemoryRo(addr: Address, pages: number): number {
    return this.#changeMemoryCommon(addr, pages, 'ro');
  }

  setMemoryRw(addr: Address, pages: number): number {
    return this.#changeMemoryCommon(addr, pages, 'rw');
  }

  setMemoryX(addr: Address, pages: number): number {
    return this.#changeMemoryCommon(addr, pages, 'x');
  }

  setMemoryNx(addr: Address, pages: number): number {
    return this.#changeMemoryCommon(addr, pages, 'nx');
  }

  setMemoryRox(addr: Address, pages: number): number {
    return this.setMemoryRo(addr, pages) || this.setMemoryX(addr, pages);
  }

  /** set_memory_valid(): any kernel address, no look at areas. */
  setMemoryValid(addr: Address, pages: number, valid: boolean): number {
    const masks = this.core.permission(valid ? 'valid' : 'invalid');
    this.#push(addr, pages * this.machine.granule, masks, true);
    return this.#run();
  }

  setDirectMapInvalidNoflush(page: number): number {
    return this.#setDirectMap([page], 'invalid');
  }

  setDirectMapDefaultNoflush(page: number): number {
    return this.#setDirectMap([page], 'default');
  }

  /** Despite its name it flushes where pages become invalid: it is set_memory_valid(). */
  setDirectMapValidNoflush(page: number, pages: number, valid: boolean): number {
    if (!this.policy.canSetDirectMap) return 0;
    return this.setMemoryValid(linearVa(this.machine, page), pages, valid);
  }

  /**
   * set_memory_encrypted() and set_memory_decrypted() of a realm: invalidate and flip NS, ask the RMM, validate.
   * Elsewhere they do nothing.
   */
  setMemoryEncrypted(addr: Address, pages: number, encrypted: boolean, realm: boolean): number {
    if (!realm) return 0;
    const { pageOffset, pageEnd, granule } = this.machine;
    if (addr < pageOffset || addr >= pageEnd) return -EINVAL;
    const size = pages * granule;
    this.#push(addr, size, this.core.permission(encrypted ? 'encrypted' : 'decrypted'), true);
    this.#push(addr, size, this.core.permission('valid'), true, true);
    return this.#run();
  }

  /** flush_tlb_kernel_range() */
  flushKernelRange(start: Address, end: Address): void {
    this.#list.push(this.core.operation.flush, 0, start, end - start);
    this.#run();
  }

  /**
   * vfree(). With VM_FLUSH_RESET_PERMS every page of the linear map becomes invalid, everything is flushed (the range
   * spans from the linear map to the area, beyond any limit), and every page gets its default permissions back.
   */
  vfree(area: VmArea): void {
    this.vmalloc.remove(area);
    this.lazilyFreed = true;
    if (!area.flushResetPerms) return;
    this.#setDirectMap(area.pages, 'invalid', area);
    this.#list.push(this.core.operation.flushAll, 0, 0, 0);
    this.#run();
    this.lazilyFreed = false;
    this.#setDirectMap(area.pages, 'default', area);
  }

  /** change_memory_common(): the checks of the area, the alias loop, vm_unmap_aliases(), the area itself. */
  #changeMemoryCommon(addr: Address, pages: number, permission: Permission): number {
    const { granule, rodata } = this.machine;
    const start = Math.floor(addr / granule) * granule;
    const size = pages * granule;
    const area = this.vmalloc.find(start);
    if (!area || start + size > area.addr + area.size) return -EINVAL;
    if (!area.alloc || (area.allowHuge && !this.alias.acceptsHugeAreas)) return -EINVAL;
    if (pages === 0) return 0;

    const masks = this.core.permission(permission);
    if (rodata === 'full' && (permission === 'ro' || permission === 'rw')) {
      const first = (start - area.addr) / granule;
      this.#pushAlias(area.pages.slice(first, first + pages), area, masks, true, !this.alias.ignoresErrors);
      const error = this.#run();
      if (error && !this.alias.ignoresErrors) return error;
    }
    if (this.lazilyFreed) this.#list.push(this.core.operation.flushAll, 0, 0, 0);
    this.lazilyFreed = false;
    this.#push(start, size, masks, true);
    return this.#run();
  }

  /**
   * A loop of set_direct_map_*_noflush() over single pages, in the strategy's way where they belong to an area. The
   * kernel does not look at what they return.
   */
  #setDirectMap(pages: readonly number[], permission: 'invalid' | 'default', area?: VmArea): number {
    if (!this.policy.canSetDirectMap) return 0;
    this.#pushAlias(pages, area, this.core.permission(permission), false, false);
    return this.#run();
  }

  #pushAlias(
    pages: readonly number[],
    area: VmArea | undefined,
    masks: Masks,
    flush: boolean,
    chained: boolean,
  ): void {
    const { granule } = this.machine;
    const units = area && area.unit > granule ? [area.unit] : [];
    const change = { pages, areaPages: area?.pages ?? pages, units, granule };
    for (const { pa, size } of this.alias.ranges(change)) {
      this.#push(linearVa(this.machine, pa), size, masks, flush, chained);
    }
  }

  #push(start: Address, size: number, masks: Masks, flush: boolean, chained = false): void {
    const { operation } = this.core;
    const opcode = operation[this.alias.operation];
    const flags = (flush ? 0 : operation.noFlush) | (chained ? operation.chained : 0);
    this.#list.push(opcode, flags, start, size, masks);
  }

  #run(): number {
    this.core.run(this.#list);
    const error = this.#list.firstError();
    this.#list.clear();
    return error;
  }
}
