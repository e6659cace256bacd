// The plan of a replay: the trace's calls as operations of the core, as the kernel made them or as a strategy would.
import type { Core } from '../core/core.js';
import { OperationList } from '../core/operations.js';
import type { Address } from '../io/address.js';
import { linearMapPolicy } from '../kernel/boot.js';
import { kfencePoolSize } from '../machine/kfence.js';
import type { Machine } from '../machine/machine.js';
import type { Strategy } from '../strategy/index.js';
import type { CallList } from './call-list.js';
import { groupChanges } from './groups.js';

/** Some calls as operations. */
export class Segment {
  readonly operations = new OperationList();
  /** For each operation, the index of the call that it came from. */
  #callOf = new Uint32Array(1024);
  #known = 0;

  clear(): void {
    this.operations.clear();
    this.#known = 0;
  }

  callOf(operation: number): number {
    return this.#callOf[operation] as number;
  }

  /** Says that the operations added last are the call's. */
  belongTo(call: number): void {
    const { length } = this.operations;
    if (length > this.#callOf.length) {
      const larger = new Uint32Array(2 * length);
      larger.set(this.#callOf);
      this.#callOf = larger;
    }
    this.#callOf.fill(call, this.#known, length);
    this.#known = length;
  }
}

/**
 * Plans calls of a trace. A call on its own is made as it was; the pages of a group are made as the strategy makes
 * them, where the group's first page was made.
 * @param strategy null to do exactly what the kernel did
 * @param range the calls that will be made: pages before or after them belong to no group
 */
export class ReplayPlan {
  readonly #groups: Map<number, number[]>;

  constructor(
    private readonly core: Core,
    private readonly machine: Machine,
    private readonly calls: CallList,
    private readonly strategy: Strategy | null,
    [from, to]: readonly [from: number, to: number],
  ) {
    this.#groups = strategy ? this.#regularGroups(from, to) : new Map();
  }

  /** Groups that can be made differently: single pages, as the loops of the kernel are. */
  #regularGroups(from: number, to: number): Map<number, number[]> {
    const { calls, machine } = this;
    const leaveOut = (index: number) => calls.isChange(index) && calls.failedAllocation(index) !== null;
    const groups = groupChanges(calls, machine.pageEnd, { from, to, leaveOut });
    const irregular = new Set<number[]>();
    for (const [call, group] of groups) if (calls.size(call) !== machine.granule) irregular.add(group);
    for (const [call, group] of groups) if (irregular.has(group)) groups.delete(call);
    return groups;
  }

  /**
   * Fills a segment with the calls [from, to), as far as `most` operations go; a call is never cut in two.
   * @returns the first call that is not in it
   */
  fill(segment: Segment, from: number, to: number, most: number): number {
    segment.clear();
    let index = from;
    while (index < to && segment.operations.length < most) {
      this.#add(index, segment.operations);
      segment.belongTo(index);
      index++;
    }
    return index;
  }

  #add(index: number, operations: OperationList): void {
    const { calls, core } = this;
    switch (calls.kind(index)) {
      case 'change':
        this.#addChange(index, operations);
        break;
      case 'flush':
        operations.push(core.operation.flush, 0, calls.start(index), calls.size(index));
        break;
      case 'kfence':
        this.#addKfence(calls.start(index), operations);
        break;
    }
  }

  #addChange(index: number, operations: OperationList): void {
    const { calls } = this;
    // Without a table for the split no permission was changed; another strategy might not have needed the table.
    if (this.strategy && calls.failedAllocation(index) !== null) return;
    const group = this.strategy ? this.#groups.get(index) : undefined;
    if (!this.strategy || !group) {
      this.#push(index, calls.start(index), calls.size(index), operations);
      return;
    }
    if (group[0] !== index) return;
    const { pageOffset, physOffset, granule } = this.machine;
    const offset = physOffset - pageOffset;
    const pages = group.map((member) => calls.start(member) + offset);
    const { geometry } = this.core;
    const units = [geometry.levelSize(2), geometry.contiguousSize(3)];
    for (const { pa, size } of this.strategy.ranges({ pages, areaPages: pages, units, granule })) {
      this.#push(index, pa - offset, size, operations);
    }
  }

  #push(index: number, start: Address, size: number, operations: OperationList): void {
    const { operation } = this.core;
    const opcode = operation[this.strategy?.operation ?? 'change'];
    const failed = this.calls.failedAllocation(index);
    if (failed !== null) operations.push(operation.failAllocations, 0, 0, failed);
    const flags = this.calls.flush(index) ? 0 : operation.noFlush;
    operations.push(opcode, flags, start, size, this.calls.masks(index));
    if (failed !== null) operations.push(operation.failAllocations, 0, 0, -1);
  }

  /** arch_kfence_init_pool(): nothing to do where everything is pages already, or the pool was there at boot. */
  #addKfence(pool: Address, operations: OperationList): void {
    const { operation } = this.core;
    const { kfence, granule } = this.machine;
    const size = kfencePoolSize(kfence.objects, granule);
    const running = { ...this.machine, bbml2: this.machine.bbml2 && this.machine.bbml2AllCpus };
    if (!linearMapPolicy(running).forcePages && !kfence.early) {
      operations.push(operation.splitToPages, 0, pool, size);
    }
    operations.push(operation.kfencePool, 0, pool, size);
  }
}
