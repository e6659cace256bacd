/** What a list of calls costs, in the order of kernel-side tables: stores, tables, barriers, TLBIs. */
import type { Core, Permission } from '../../src/core/core.js';
import { totalTables, totalTlbi } from '../../src/core/counters.js';
import { OperationList } from '../../src/core/operations.js';
import { bootLinearMap } from '../../src/kernel/boot.js';
import { describeMachine, type SyntheticMachine } from '../../src/machine/synthetic.js';

export type Costs = [
  writes: number,
  tables: number,
  dsbIshst: number,
  isb: number,
  dsbIsh: number,
  tlbi: number,
];

export function costsOf(core: Core): Costs {
  const counters = core.counters();
  const { descriptorWrites, dsbIshst, isb, dsbIsh } = counters;
  return [descriptorWrites, totalTables(counters), dsbIshst, isb, dsbIsh, totalTlbi(counters)];
}

/** Leaf descriptors: PUD, contPMD, PMD, contPTE, PTE. */
export function leavesOf(core: Core): [number, number, number, number, number] {
  const { pud, pmdCont, pmd, pteCont, pte } = core.summary().leaves;
  return [pud, pmdCont, pmd, pteCont, pte];
}

/** Boots a machine with BBML2 and clears the counters. */
export function bootSplittable(core: Core, machine: SyntheticMachine): void {
  bootLinearMap(core, describeMachine({ bbml2: true, ...machine }), 'final');
  core.resetCounters();
}

/** __change_memory_common() over `size` bytes at byte `offset` of the linear map; without its flush where `flush` is false. */
export function change(
  core: Core,
  permission: Permission,
  offset: number,
  size: number,
  flush = true,
): number {
  const { operation, geometry } = core;
  const list = new OperationList();
  const flags = flush ? 0 : operation.noFlush;
  list.push(operation.change, flags, geometry.pageOffset + offset, size, core.permission(permission));
  core.run(list);
  return list.result(0);
}

/** One of the operations that take a range and nothing else, at byte `offset` of the linear map. */
export function operate(
  core: Core,
  name: 'split' | 'splitToPages' | 'flush' | 'flushAll',
  offset: number,
  size: number,
): number {
  const list = new OperationList();
  list.push(core.operation[name], 0, core.geometry.pageOffset + offset, size);
  core.run(list);
  return list.result(0);
}
