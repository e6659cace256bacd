// Events into calls: what the kernel did to its page tables, and what the trace says it saw itself doing.
//
// update_range_prot() and arch_kfence_init_pool() change the map; flushes belong to a change or stand alone.
import { type Masks, masks } from '../core/operations.js';
import type { Address } from '../io/address.js';
import { ProbeArguments } from './arguments.js';
import type { Trace, TraceEvent } from './trace.js';

/** One call of update_range_prot(). */
export interface ChangeCall {
  kind: 'change';
  line: number;
  task: string;
  start: Address;
  size: number;
  masks: Masks;
  /** flush_tlb_kernel_range() of the same range follows. */
  flush: boolean;
  /** Function that made the call, where the trace tells; else empty. */
  caller: string;
  /** What it returned, where the trace tells. */
  returned: number | null;
  /** Index of the table allocation in this call that failed, or null. */
  failedAllocation: number | null;
}

/** flush_tlb_kernel_range() that belongs to no change. */
export interface FlushCall {
  kind: 'flush';
  line: number;
  start: Address;
  end: Address;
}

/** arch_kfence_init_pool() */
export interface KfenceCall {
  kind: 'kfence';
  line: number;
  pool: Address;
}

/** A point at which the map was read: between `request` and `done`. */
export interface MarkerCall {
  kind: 'marker';
  line: number;
  name: string;
  phase: 'request' | 'done';
}

/** A point of a task's course that only grouping needs: change_memory_common() begins, or vm_unmap_aliases(). */
export interface CourseMark {
  kind: 'alias loop' | 'unmap aliases';
  line: number;
  task: string;
}

export type Call = ChangeCall | FlushCall | KfenceCall | MarkerCall | CourseMark;

export interface TracedCalls {
  calls: Call[];
  /** For each call, what the trace saw while it ran; index as in `calls`. */
  witnesses: CallWitness[];
  /** Which probes the trace has at all. */
  armed: { boundaries: boolean; splits: boolean; tables: boolean };
}

/** What the trace saw during one call. */
export interface CallWitness {
  boundaries: Address[];
  boundariesPartial: boolean;
  splits: { level: 1 | 2; contiguous: boolean }[];
  /** Tables that the allocator returned, by what their entries are. */
  tables: { pmd: number; pte: number };
}

const SNAPSHOT = /^SNAP_(.+)_(REQ|DONE)$/;
/** INVALID_PHYS_ADDR: what the allocator returns when it has no table. */
const NO_TABLE = 0xffff_ffff_ffff_ffffn;
const CHANGERS_THAT_FLUSH = new Set(['change_memory_common', '__change_memory_common', 'set_memory_valid']);

/** Turns a trace into calls. @throws InputError for arguments that are missing or malformed. */
export function tracedCalls(trace: Trace, file: string): TracedCalls {
  return new CallReader(trace, file).read();
}

/** What one task is in the middle of. */
interface TaskState {
  /** Changes that have not returned yet, with their witnesses: an interrupt's may run inside the task's own. */
  running: { call: ChangeCall; witness: CallWitness }[];
  /** The last change that began or returned: a flush of its range is its own. */
  open: ChangeCall | null;
  /** Of what runs now. */
  witness: CallWitness | null;
  /** Entry point that the next change comes from, where a probe told. */
  entry: string;
  /** vm_unmap_aliases() was asked to flush and no purge has flushed yet. */
  unflushed: FlushCall | null;
}

class CallReader {
  readonly #arguments: ProbeArguments;
  readonly #tasks = new Map<string, TaskState>();
  readonly #masks = new Map<string, Masks>();
  readonly #calls: Call[] = [];
  readonly #witnesses: CallWitness[] = [];
  readonly #flushesTraced: boolean;
  readonly #armed = { boundaries: false, splits: false, tables: false };

  constructor(
    private readonly trace: Trace,
    file: string,
  ) {
    this.#arguments = new ProbeArguments(file);
    this.#flushesTraced = trace.events.some((event) => event.name.startsWith('flush_'));
  }

  read(): TracedCalls {
    for (const event of this.trace.events) this.#take(event);
    for (const task of this.#tasks.values()) this.#settleFlush(task);
    return { calls: this.#calls, witnesses: this.#witnesses, armed: this.#armed };
  }

  #take(event: TraceEvent): void {
    if (event.function === '') {
      const snapshot = SNAPSHOT.exec(event.text.trim());
      if (snapshot) {
        const [, name = '', phase] = snapshot;
        this.#add({ kind: 'marker', line: event.line, name, phase: phase === 'REQ' ? 'request' : 'done' });
      }
      return;
    }
    const task = this.#task(event.task);
    if (event.name.startsWith('flush_')) {
      this.#flush(event, task);
      return;
    }
    this.#settleFlush(task);
    if (event.caller !== '') this.#returned(event, task);
    else this.#entered(event, task);
  }

  #entered(event: TraceEvent, task: TaskState): void {
    switch (event.function) {
      case 'update_range_prot':
        this.#change(event, task);
        break;
      case 'arch_kfence_init_pool':
        task.running = [];
        task.open = null;
        task.witness = this.#add({
          kind: 'kfence',
          line: event.line,
          pool: this.#arguments.address(event, 'pool'),
        });
        break;
      case 'change_memory_common':
        task.entry = event.function;
        this.#add({ kind: 'alias loop', line: event.line, task: event.task });
        break;
      case '_vm_unmap_aliases':
        this.#unmapAliases(event, task);
        break;
      case 'split_kernel_leaf_mapping_locked':
        this.#armed.boundaries = true;
        task.witness?.boundaries.push(this.#arguments.address(event, 'addr'));
        if (task.witness && event.suffix !== '') task.witness.boundariesPartial = true;
        break;
      case 'split_pmd':
      case 'split_pud':
        this.#armed.splits = true;
        task.witness?.splits.push({
          level: event.function === 'split_pud' ? 1 : 2,
          contiguous: this.#arguments.int(event, 'to_cont') !== 0,
        });
        break;
      default:
        // Entry points: the next change of this task comes from here.
        if (/^set_(?:memory|direct_map)_/.test(event.function)) task.entry = event.function;
    }
  }

  #returned(event: TraceEvent, task: TaskState): void {
    if (event.function === '__pgd_pgtable_alloc') {
      this.#armed.tables = true;
      if (!task.witness) return;
      const { tables } = task.witness;
      const call = task.running.at(-1)?.call ?? task.open;
      if (this.#arguments.bits(event, 'pa') !== NO_TABLE)
        tables[event.caller === 'split_pud' ? 'pmd' : 'pte']++;
      else if (call) call.failedAllocation = tables.pmd + tables.pte;
    } else if (event.function === 'update_range_prot') {
      const returning = task.running.pop();
      if (!returning) return;
      const { call, witness } = returning;
      call.returned = this.#arguments.int(event, 'ret');
      call.caller = event.caller;
      if (!this.#flushesTraced) call.flush = CHANGERS_THAT_FLUSH.has(event.caller);
      task.open = call;
      task.witness = task.running.at(-1)?.witness ?? witness;
    }
  }

  #change(event: TraceEvent, task: TaskState): void {
    const call: ChangeCall = {
      kind: 'change',
      line: event.line,
      task: event.task,
      start: this.#arguments.address(event, 'start'),
      size: this.#arguments.address(event, 'size'),
      masks: this.#masksOf(event),
      flush: !this.#flushesTraced && CHANGERS_THAT_FLUSH.has(task.entry),
      caller: task.entry,
      returned: null,
      failedAllocation: null,
    };
    const witness = this.#add(call);
    task.running.push({ call, witness });
    task.open = call;
    task.witness = witness;
  }

  #unmapAliases(event: TraceEvent, task: TaskState): void {
    task.open = null;
    this.#add({ kind: 'unmap aliases', line: event.line, task: event.task });
    if (this.#arguments.int(event, 'flush') !== 0) {
      task.unflushed = {
        kind: 'flush',
        line: event.line,
        start: this.#arguments.address(event, 'start'),
        end: this.#arguments.address(event, 'end'),
      };
    }
  }

  #flush(event: TraceEvent, task: TaskState): void {
    const start = this.#arguments.address(event, 'start');
    const end = this.#arguments.address(event, 'end');
    const open = task.open;
    if (open && open.start === start && open.start + open.size === end && !open.flush) {
      open.flush = true;
      return;
    }
    task.unflushed = null;
    this.#add({ kind: 'flush', line: event.line, start, end });
  }

  /** Nothing was purged, so vm_unmap_aliases() flushed the range it was given, at a place that no probe shows. */
  #settleFlush(task: TaskState): void {
    if (task.unflushed) this.#add(task.unflushed);
    task.unflushed = null;
  }

  #add(call: Call): CallWitness {
    const witness: CallWitness = {
      boundaries: [],
      boundariesPartial: false,
      splits: [],
      tables: { pmd: 0, pte: 0 },
    };
    this.#calls.push(call);
    this.#witnesses.push(witness);
    return witness;
  }

  #masksOf(event: TraceEvent): Masks {
    const key = `${this.#arguments.text(event, 'set')} ${this.#arguments.text(event, 'clear')}`;
    let known = this.#masks.get(key);
    if (!known) {
      known = masks(this.#arguments.bits(event, 'set'), this.#arguments.bits(event, 'clear'));
      this.#masks.set(key, known);
    }
    return known;
  }

  #task(name: string): TaskState {
    let task = this.#tasks.get(name);
    if (!task) {
      task = { running: [], open: null, witness: null, entry: '', unflushed: null };
      this.#tasks.set(name, task);
    }
    return task;
  }
}
