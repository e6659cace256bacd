// Barriers and stores: every descriptor store goes through here, so that the barriers it needs are counted
// by the kernel's own rules (arch/arm64/include/asm/pgtable.h: __set_pte_complete(), set_pmd(), set_pud(), set_p4d()).
//
//   dsb ishst   page-table walkers of all CPUs see the store before anything later
//   isb         this CPU does not go on with an older fetch
//
// Inside a lazy MMU section the pair is only noted and emitted once, when the section is left.
import {
  COUNTER_DESCRIPTOR_WRITES,
  COUNTER_DSB_ISH,
  COUNTER_DSB_ISHST,
  COUNTER_ISB,
  COUNTER_TLBI_SINGLE,
  count,
} from './counters';
import { VALID } from './descriptor';
import { anyValidKernelLeaf, validKernelLeaves } from './fill';
import { SYSTEM_LAZY_MMU, SYSTEM_REPEAT_TLBI, SYSTEM_RODATA_READ_ONLY, systemHas } from './system';
import { inRoot } from './tables';

let lazyDepth: u32 = 0;
let pending: bool = false;

export function dsbIshst(): void {
  count(COUNTER_DSB_ISHST);
}

function isb(): void {
  count(COUNTER_ISB);
}

/**
 * What follows the TLBI instructions of one flush: every CPU has completed them, and this one fetches anew.
 * The repeat-TLBI workaround issues one more TLBI and DSB after the first DSB, whatever was flushed.
 */
export function completeTlbi(): void {
  count(COUNTER_DSB_ISH);
  if (systemHas(SYSTEM_REPEAT_TLBI)) {
    count(COUNTER_TLBI_SINGLE);
    count(COUNTER_DSB_ISH);
  }
  isb();
}

/** No section is open, whatever ended the machine before. */
export function resetLazyMmu(): void {
  lazyDepth = 0;
  pending = false;
}

export function enterLazyMmu(): void {
  if (systemHas(SYSTEM_LAZY_MMU)) lazyDepth++;
}

/** Leaving any section, nested or not, emits what is pending (arch_flush_lazy_mmu_mode()). */
export function leaveLazyMmu(): void {
  if (!systemHas(SYSTEM_LAZY_MMU)) return;
  lazyDepth--;
  if (!pending) return;
  pending = false;
  dsbIshst();
  isb();
}

/** The barriers after `stores` stores of valid kernel entries: queue_pte_barriers(). An invalid one needs none. */
export function queueBarriers(stores: u64): void {
  if (stores === 0) return;
  if (lazyDepth > 0) {
    pending = true;
    return;
  }
  count(COUNTER_DSB_ISHST, stores);
  count(COUNTER_ISB, stores);
}

/** The barriers of `stores` sections with one store of a valid kernel entry each: a pair, whether at once or on leaving. */
export function barriersOfLoneStores(stores: u64): void {
  count(COUNTER_DSB_ISHST, stores);
  count(COUNTER_ISB, stores);
}

/** The same after `entries` entries from `entry` on have been stored: only valid kernel leaves count. */
export function queueBarriersOf(entry: usize, entries: u32): void {
  // In a lazy section one of them is as good as all.
  if (lazyDepth > 0) pending = pending || anyValidKernelLeaf(entry, entries);
  else queueBarriers(validKernelLeaves(entry, entries));
}

/** Stores a descriptor above the last level: set_pmd(), set_pud(). */
export function storeAbove(entry: usize, desc: u64): void {
  if (inRoot(entry)) {
    storeInRoot(entry, desc);
    return;
  }
  store<u64>(entry, desc);
  count(COUNTER_DESCRIPTOR_WRITES);
  if (desc & VALID) queueBarriers(1);
}

/**
 * set_swapper_pgd(): a store to swapper_pg_dir ignores lazy mode. Once the kernel's rodata is read-only it
 * goes through a fixmap slot: map (a PTE store), store, unmap (a PTE store and a flush of one page, which
 * also makes the new entry visible to walkers).
 */
function storeInRoot(entry: usize, desc: u64): void {
  store<u64>(entry, desc);
  count(COUNTER_DESCRIPTOR_WRITES);
  if (!systemHas(SYSTEM_RODATA_READ_ONLY)) {
    dsbIshst();
    isb();
    return;
  }
  count(COUNTER_DESCRIPTOR_WRITES, 2);
  queueBarriers(1);
  dsbIshst();
  count(COUNTER_TLBI_SINGLE);
  completeTlbi();
}
