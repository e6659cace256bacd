// Calls: what the kernel did to its page tables, and what the trace says it saw itself doing.
import type { Masks } from '../core/operations.js';
import type { Address } from '../io/address.js';
import type { CallList } from './call-list.js';
import type { Sightings } from './columns.js';

interface CallPlace {
  line: number;
  /** Since the trace's clock began; null where the clock counts something else. */
  seconds: number | null;
  task: string;
}

/** One call of update_range_prot(). */
export interface ChangeCall extends CallPlace {
  kind: 'change';
  start: Address;
  size: number;
  masks: Masks;
  /** flush_tlb_kernel_range() of the same range follows. */
  flush: boolean;
  /** Function that made the call, where the trace tells; else empty. */
  caller: string;
  /** Outermost public function that it was made for (set_memory_ro, …), where the trace tells; else empty. */
  entry: string;
  /** Functions on the stack, innermost first, where the tracer wrote them. */
  stack: readonly string[];
  /** What it returned, where the trace tells. */
  returned: number | null;
  /** Index of the table allocation in this call that failed, or null. */
  failedAllocation: number | null;
}

/** flush_tlb_kernel_range() that belongs to no change. */
interface FlushCall extends CallPlace {
  kind: 'flush';
  start: Address;
  end: Address;
}

/** arch_kfence_init_pool() */
interface KfenceCall extends CallPlace {
  kind: 'kfence';
  pool: Address;
}

/** A point at which the map was read: between `request` and `done`. */
interface MarkerCall extends CallPlace {
  kind: 'marker';
  name: string;
  phase: 'request' | 'done';
}

/**
 * A point of a task's course that only grouping needs: change_memory_common() begins, or vm_unmap_aliases().
 * `inner call` is none even for that: the caller of a change that the trace shows by itself.
 */
interface CourseMark extends CallPlace {
  kind: 'alias loop' | 'unmap aliases' | 'inner call';
}

export type Call = ChangeCall | FlushCall | KfenceCall | MarkerCall | CourseMark;
export type CallKind = Call['kind'];

export interface TracedCalls {
  calls: CallList;
  seen: Witnessed;
  /** Which probes the trace has at all. */
  armed: { boundaries: boolean; splits: boolean; tables: boolean };
}

/** What the trace saw while calls ran; each with the index of its call. */
export interface Witnessed {
  /** Addresses of boundaries that were asked for. */
  boundaries: Sightings;
  /** Splits, as `splitCode()` tells them apart. */
  splits: Sightings;
  /** Tables that the allocator returned: level of the entry that points to it, 1 (a PMD table) or 2. */
  tables: Sightings;
}

/** A split of a level-1 or level-2 leaf, into a contiguous group or not, as a number. */
export function splitCode(level: 1 | 2, contiguous: boolean): number {
  return level * 2 + (contiguous ? 1 : 0);
}
