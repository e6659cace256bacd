/** The state of the model: every descriptor of the linear map, by level and the first address it covers. */
import { CostModel, type ModelCounters, zeroCounters } from './counters.js';
import { isContiguous, isPresent, PXN, TABLE_PXN } from './descriptor.js';
import { alignDown, below, contiguousSpan, type Geometry, LEVELS, type Level, spanOf } from './geometry.js';
import { geometryOfMachine, linearMapRequiresBbml2, type ModelMachine, physOffsetOf } from './machine.js';

/** An entry of a table. `attributes` is the descriptor without its output address. */
export type Entry =
  | { readonly kind: 'none' }
  | { readonly kind: 'table'; readonly attributes: bigint }
  | { readonly kind: 'leaf'; readonly pa: number; readonly attributes: bigint };
export type LeafEntry = Extract<Entry, { kind: 'leaf' }>;

/** `count` leaves of one level, ascending in VA and PA together, all with the same attributes. */
export interface LeafRun {
  readonly level: Level;
  readonly va: number;
  readonly pa: number;
  readonly count: number;
  readonly attributes: bigint;
}

/** The table descriptor at `level` whose span starts at `va`. */
export interface TableAt {
  readonly level: Level;
  readonly va: number;
  readonly attributes: bigint;
}

export interface WalkedLeaf {
  readonly level: Level;
  /** First address and bytes of the leaf itself, or of its whole group where it is contiguous. */
  readonly start: number;
  readonly size: number;
  readonly contiguous: boolean;
  /** PA of the address asked for. */
  readonly pa: number;
  readonly attributes: bigint;
  /** PXN of the leaf or of any table on the way. */
  readonly effectivePxn: boolean;
  readonly descriptorsRead: number;
}

const NONE: Entry = { kind: 'none' };
const TABLE_NAMES = { 0: 'p4d', 1: 'pud', 2: 'pmd', 3: 'pte' } as const;

export class LinearMapModel {
  readonly geometry: Geometry;
  readonly physOffset: number;
  readonly cost: CostModel;
  /** How far the boot has come (split_kernel_leaf_mapping() asks). */
  boot = { capsFinal: true, pageAllocatorUp: true, onlineCpus: 2 };
  requiresBbml2: boolean;
  /** The KFENCE pool as a VA range, once there is one. */
  kfencePool: { start: number; end: number } | null = null;
  /** Successful allocations until one fails; null if none will. */
  allocationsLeft: number | null = null;
  readonly #entries = new Map<Level, Map<number, Entry>>(LEVELS.map((level) => [level, new Map()]));

  constructor(readonly machine: ModelMachine) {
    this.geometry = geometryOfMachine(machine);
    this.physOffset = physOffsetOf(machine);
    this.cost = new CostModel(machine.repeatTlbi);
    this.requiresBbml2 = linearMapRequiresBbml2(machine);
  }

  get counters(): ModelCounters {
    return this.cost.counters;
  }

  resetCounters(): void {
    this.cost.counters = zeroCounters();
  }

  /** __phys_to_virt(). */
  virtualOf(pa: number): number {
    return pa - this.physOffset + this.geometry.pageOffset;
  }

  /** The entry at `level` whose span contains `va`, whether or not a table leads to it. */
  entryAt(level: Level, va: number): Entry {
    return this.#at(level).get(alignDown(va, spanOf(this.geometry, level))) ?? NONE;
  }

  /** The leaf at exactly this level, if the entry there is a present one. */
  presentLeafAt(level: Level, va: number): LeafEntry | null {
    const entry = this.entryAt(level, va);
    return entry.kind === 'leaf' && isPresent(entry.attributes) ? entry : null;
  }

  /** Puts an entry in place without counting anything. A leaf of all zeros is no entry. */
  place(level: Level, va: number, entry: Entry): void {
    const start = alignDown(va, spanOf(this.geometry, level));
    const isZero = entry.kind === 'leaf' && entry.attributes === 0n && entry.pa === 0;
    if (entry.kind === 'none' || isZero) this.#at(level).delete(start);
    else this.#at(level).set(start, entry);
  }

  /** Stores an entry as the running kernel does, with what that costs. */
  store(level: Level, va: number, entry: LeafEntry | Extract<Entry, { kind: 'table' }>): void {
    this.place(level, va, entry);
    this.cost.store(level, entry.attributes, level === this.geometry.rootLevel);
  }

  /** Takes one table page for the entries of `level`. False if the allocation fails. */
  allocateTable(level: Exclude<Level, -1>): boolean {
    if (this.allocationsLeft === 0) return false;
    if (this.allocationsLeft !== null) this.allocationsLeft -= 1;
    this.counters.tablesAllocated[TABLE_NAMES[level]] += 1;
    return true;
  }

  /** What the hardware finds at `va`: the leaf, present or junk, or null. */
  walk(va: number): WalkedLeaf | null {
    let tablePxn = false;
    for (let level = this.geometry.rootLevel; ; level = below(level)) {
      const entry = this.entryAt(level, va);
      if (entry.kind === 'none') return null;
      if (entry.kind === 'leaf') return this.#walked(level, va, entry, tablePxn);
      tablePxn ||= (entry.attributes & TABLE_PXN) !== 0n;
    }
  }

  #walked(level: Level, va: number, leaf: LeafEntry, tablePxn: boolean): WalkedLeaf {
    const g = this.geometry;
    const span = spanOf(g, level);
    const contiguous = isContiguous(leaf.attributes);
    const size = contiguous && (level === 2 || level === 3) ? contiguousSpan(g, level) : span;
    return {
      level,
      start: alignDown(va, size),
      size,
      contiguous,
      pa: leaf.pa + (va - alignDown(va, span)),
      attributes: leaf.attributes,
      effectivePxn: tablePxn || (leaf.attributes & PXN) !== 0n,
      descriptorsRead: level - g.rootLevel + 1,
    };
  }

  /** All leaves as maximal runs, ascending in VA. Junk that a walk left in empty slots is listed too, at PA 0. */
  leafRuns(): LeafRun[] {
    const leaves: LeafRun[] = [];
    for (const level of LEVELS) {
      for (const [va, entry] of this.#at(level)) {
        if (entry.kind === 'leaf')
          leaves.push({ level, va, pa: entry.pa, count: 1, attributes: entry.attributes });
      }
    }
    return mergedRuns(this.geometry, leaves);
  }

  /** All table descriptors, by level, then VA. */
  tables(): TableAt[] {
    const tables: TableAt[] = [];
    for (const level of LEVELS) {
      for (const [va, entry] of this.#at(level)) {
        if (entry.kind === 'table') tables.push({ level, va, attributes: entry.attributes });
      }
    }
    return inOrder(tables);
  }

  #at(level: Level): Map<number, Entry> {
    const entries = this.#entries.get(level);
    if (entries === undefined) throw new RangeError(`no translation level ${level}`);
    return entries;
  }
}

/** The same leaves, in as few runs as there can be, ascending in VA. */
export function mergedRuns(g: Geometry, runs: readonly LeafRun[]): LeafRun[] {
  const merged: (Omit<LeafRun, 'count'> & { count: number })[] = [];
  for (const next of [...runs].sort((a, b) => a.va - b.va)) {
    const run = merged.at(-1);
    if (run !== undefined && continues(run, next, spanOf(g, next.level))) run.count += next.count;
    else merged.push({ ...next });
  }
  return merged;
}

function continues(run: LeafRun, leaf: LeafRun, span: number): boolean {
  const length = run.count * span;
  return (
    run.level === leaf.level &&
    run.attributes === leaf.attributes &&
    run.va + length === leaf.va &&
    run.pa + length === leaf.pa
  );
}

/** By level, then VA. */
export function inOrder(tables: readonly TableAt[]): TableAt[] {
  return [...tables].sort((a, b) => a.level - b.level || a.va - b.va);
}

/** A running kernel's map, given as a capture lists it. */
export function modelFromMap(
  machine: ModelMachine,
  leaves: readonly LeafRun[],
  tables: readonly TableAt[],
): LinearMapModel {
  const model = new LinearMapModel(machine);
  for (const { level, va, attributes } of tables) model.place(level, va, { kind: 'table', attributes });
  for (const run of leaves) {
    const span = spanOf(model.geometry, run.level);
    for (let i = 0; i < run.count; i++) {
      const entry: LeafEntry = { kind: 'leaf', pa: run.pa + i * span, attributes: run.attributes };
      model.place(run.level, run.va + i * span, entry);
    }
  }
  model.cost.rootIsReadOnly = machine.rodataEnabled;
  if (typeof machine.kfence === 'object') {
    const start = model.virtualOf(machine.kfence.start);
    model.kfencePool = { start, end: start + machine.kfence.size };
  }
  return model;
}
