/** What calls cost, and the rules that say when a store needs a barrier (set_pte() and its kin, lazy MMU mode). */
import { isValid, USER, UXN } from './descriptor.js';
import type { TlbiOperation } from './flush.js';
import type { Level } from './geometry.js';

export interface ModelCounters {
  /** Stores to descriptors of the linear map. */
  descriptorWrites: number;
  /** Stores to the fixmap slot through which a read-only root table is written. */
  fixmapWrites: number;
  /** By the level of the new table. */
  tablesAllocated: { p4d: number; pud: number; pmd: number; pte: number };
  splits: {
    pudToContPmd: number;
    pudToPmd: number;
    contPmd: number;
    pmdToContPte: number;
    pmdToPte: number;
    contPte: number;
  };
  dsbIshst: number;
  dsbIsh: number;
  isb: number;
  tlbi: { single: number; range: number; all: number };
}

export function zeroCounters(): ModelCounters {
  return {
    descriptorWrites: 0,
    fixmapWrites: 0,
    tablesAllocated: { p4d: 0, pud: 0, pmd: 0, pte: 0 },
    splits: { pudToContPmd: 0, pudToPmd: 0, contPmd: 0, pmdToContPte: 0, pmdToPte: 0, contPte: 0 },
    dsbIshst: 0,
    dsbIsh: 0,
    isb: 0,
    tlbi: { single: 0, range: 0, all: 0 },
  };
}

export class CostModel {
  counters = zeroCounters();
  /** mark_rodata_ro() has run: the root table is read-only and is written through a fixmap slot. */
  rootIsReadOnly = false;
  #lazyDepth = 0;
  #barrierPending = false;

  constructor(readonly repeatTlbi: boolean) {}

  /** Runs `section` in lazy MMU mode: its stores ask for one barrier, which leaving the section pays. */
  lazily<T>(section: () => T): T {
    this.#lazyDepth += 1;
    try {
      return section();
    } finally {
      this.#lazyDepth -= 1;
      if (this.#barrierPending) this.#storeBarrier();
      this.#barrierPending = false;
    }
  }

  /** A store to an entry at `level`; `inRoot` where that entry lies in swapper_pg_dir. */
  store(level: Level, value: bigint, inRoot: boolean): void {
    this.counters.descriptorWrites += 1;
    if (inRoot) this.#storeToRoot();
    else if (needsBarrier(level, value)) this.#queueBarrier();
  }

  /** Before a table is linked, its entries must be visible to the walker. */
  publishTable(): void {
    this.counters.dsbIshst += 1;
  }

  /** flush_tlb_kernel_range() or flush_tlb_all(). */
  flush(operations: readonly TlbiOperation[]): void {
    this.counters.dsbIshst += 1;
    for (const operation of operations) this.counters.tlbi[operation.kind] += 1;
    this.counters.dsbIsh += 1;
    if (this.repeatTlbi) {
      this.counters.tlbi.single += 1;
      this.counters.dsbIsh += 1;
    }
    this.counters.isb += 1;
  }

  /** set_swapper_pgd(): lazy mode does not apply to the root itself. */
  #storeToRoot(): void {
    if (!this.rootIsReadOnly) {
      this.#storeBarrier();
      return;
    }
    // Mapping the slot stores a valid page; unmapping stores 0 and flushes that page, which also orders our store.
    this.counters.fixmapWrites += 2;
    this.#queueBarrier();
    this.flush([{ kind: 'single', va: 0 }]);
  }

  #queueBarrier(): void {
    if (this.#lazyDepth > 0) this.#barrierPending = true;
    else this.#storeBarrier();
  }

  #storeBarrier(): void {
    this.counters.dsbIshst += 1;
    this.counters.isb += 1;
  }
}

/** Pages need a barrier only as valid kernel leaves; PMD and PUD setters look at VALID alone. */
function needsBarrier(level: Level, value: bigint): boolean {
  if (level < 1) throw new RangeError('no call stores to level 0 or -1 after the map is built');
  if (!isValid(value)) return false;
  return level < 3 || ((value & UXN) !== 0n && (value & USER) === 0n);
}
