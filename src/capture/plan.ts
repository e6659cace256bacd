// The plan of a replay: the trace's calls as operations of the core, as the kernel made them or as a strategy would.
import type { Core } from '../core/core.js';
import { OperationList } from '../core/operations.js';
import type { Address } from '../io/address.js';
import { linearMapPolicy } from '../kernel/boot.js';
import { kfencePoolSize } from '../machine/kfence.js';
import type { Machine } from '../machine/machine.js';
import type { Strategy } from '../strategy/index.js';
import type { Call, ChangeCall, KfenceCall } from './calls.js';
import { groupChanges } from './groups.js';

/** Operations between two points at which the map may have been read. */
export interface Segment {
  operations: OperationList;
  /** For each operation, the index of the call that it came from. */
  callOf: number[];
}

/**
 * Plans calls of a trace. A call on its own is made as it was; the pages of a group are made as the strategy makes
 * them, where the group's first page was made.
 * @param strategy null to do exactly what the kernel did
 * @param range the calls that will be made: pages before or after them belong to no group
 */
export class ReplayPlan {
  readonly #groups: Map<ChangeCall, ChangeCall[]>;

  constructor(
    private readonly core: Core,
    private readonly machine: Machine,
    private readonly calls: readonly Call[],
    private readonly strategy: Strategy | null,
    [begin, end]: readonly [begin: number, end: number],
  ) {
    this.#groups = strategy ? this.#regularGroups(calls.slice(begin, end)) : new Map();
  }

  /** Groups that can be made differently: single pages, as the loops of the kernel are. */
  #regularGroups(calls: readonly Call[]): Map<ChangeCall, ChangeCall[]> {
    const made = calls.filter((call) => call.kind !== 'change' || call.failedAllocation === null);
    const groups = groupChanges(made, this.machine.pageEnd);
    const irregular = new Set<ChangeCall[]>();
    for (const [call, group] of groups) if (call.size !== this.machine.granule) irregular.add(group);
    for (const [call, group] of groups) if (irregular.has(group)) groups.delete(call);
    return groups;
  }

  segment(from: number, to: number): Segment {
    const segment: Segment = { operations: new OperationList(), callOf: [] };
    for (let index = from; index < to; index++) {
      this.#add(this.calls[index] as Call, segment);
      while (segment.callOf.length < segment.operations.length) segment.callOf.push(index);
    }
    return segment;
  }

  #add(call: Call, { operations }: Segment): void {
    const { operation } = this.core;
    if (call.kind === 'flush') operations.push(operation.flush, 0, call.start, call.end - call.start);
    else if (call.kind === 'kfence') this.#addKfence(call, operations);
    else if (call.kind === 'change') this.#addChange(call, operations);
  }

  #addChange(call: ChangeCall, operations: OperationList): void {
    // Without a table for the split no permission was changed; another strategy might not have needed the table.
    if (this.strategy && call.failedAllocation !== null) return;
    const group = this.#groups.get(call);
    if (!this.strategy || !group) {
      this.#push(call, call.start, call.size, operations);
      return;
    }
    if (group[0] !== call) return;
    const { pageOffset, physOffset, granule } = this.machine;
    const offset = physOffset - pageOffset;
    const pages = group.map((member) => member.start + offset);
    const { geometry } = this.core;
    const units = [geometry.levelSize(2), geometry.contiguousSize(3)];
    for (const { pa, size } of this.strategy.ranges({ pages, areaPages: pages, units, granule })) {
      this.#push(call, pa - offset, size, operations);
    }
  }

  #push(call: ChangeCall, start: Address, size: number, operations: OperationList): void {
    const { operation } = this.core;
    const opcode = operation[this.strategy?.operation ?? 'change'];
    const failed = call.failedAllocation !== null;
    if (failed) operations.push(operation.failAllocations, 0, 0, call.failedAllocation ?? 0);
    operations.push(opcode, call.flush ? 0 : operation.noFlush, start, size, call.masks);
    if (failed) operations.push(operation.failAllocations, 0, 0, -1);
  }

  /** arch_kfence_init_pool(): nothing to do where everything is pages already, or the pool was there at boot. */
  #addKfence(call: KfenceCall, operations: OperationList): void {
    const { operation } = this.core;
    const { kfence, granule } = this.machine;
    const size = kfencePoolSize(kfence.objects, granule);
    const running = { ...this.machine, bbml2: this.machine.bbml2 && this.machine.bbml2AllCpus };
    if (!linearMapPolicy(running).forcePages && !kfence.early) {
      operations.push(operation.splitToPages, 0, call.pool, size);
    }
    operations.push(operation.kfencePool, 0, call.pool, size);
  }
}
