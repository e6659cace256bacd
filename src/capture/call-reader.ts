// Events into calls, as they come.
//
// update_range_prot() and arch_kfence_init_pool() change the map; flushes belong to a change or stand alone. Kernels up
// to 6.17 have apply_to_page_range() with change_page_range() in the place of update_range_prot(). Where neither was
// probed, __change_memory_common() is the change, and those of set_direct_map_*() do not show.
import { ProbeArguments } from './arguments.js';
import { CallList } from './call-list.js';
import { splitCode, type TracedCalls, type Witnessed } from './calls.js';
import { readChange } from './change-arguments.js';
import { Sightings } from './columns.js';
import { askedBy, changerBehind, flushesAfterwards, isEntryPoint, reaches } from './entry-points.js';
import { MasksTable } from './masks-table.js';
import { idleTask, type TaskState } from './task-state.js';
import type { LineEvent } from './trace/event.js';
import type { TraceSink } from './trace/reader.js';
import { SIGNATURES } from './trace/signatures.js';

const SNAPSHOT = /^SNAP_(.+)_(REQ|DONE)$/;
/** Arguments of flush_tlb_kernel_range(), in whoever's body it was probed in. */
const FLUSH_ARGUMENTS = ['start', 'end'];
const RETURN_ARGUMENTS = ['ret'];
/** What apply_to_page_range() is given to change permissions; it serves others too. */
const PAGE_CHANGER = /^change_page_range(?:\+|$)/;
/** Which arguments hold the bits to set; those to clear follow. */
const SET_OF_UPDATE = 2;
const SET_OF_APPLY = 3;
/** Interrupts nest no deeper; where only entries are probed, no change ever returns. */
const MAX_RUNNING = 8;

/** Takes the events of a trace as they come. @throws InputError for arguments that are missing or malformed */
export class CallReader implements TraceSink {
  readonly #arguments: ProbeArguments;
  readonly #tasks = new Map<string, TaskState>();
  readonly #masks = new MasksTable();
  readonly #calls = new CallList();
  readonly #seen: Witnessed = {
    boundaries: new Sightings(),
    splits: new Sightings(),
    tables: new Sightings(),
  };
  readonly #armed = { boundaries: false, splits: false, tables: false };
  /** Calls of __change_memory_common(), changes as long as no inner function shows; then null. */
  #outerChanges: number[] | null = [];

  constructor(file: string) {
    this.#arguments = new ProbeArguments(file);
  }

  event(event: LineEvent): void {
    switch (event.site.kind) {
      case 'probe':
        this.#takeProbe(event);
        break;
      case 'marker':
        this.#takeMarker(event);
        break;
      case 'stack': {
        const change = this.#tasks.get(event.task)?.begun;
        if (change) this.#takeStack(change.call, event.stack);
        break;
      }
    }
  }

  /** What was lost may have been the end of anything. */
  other(_bytes: Buffer, _from: number, _to: number, lost: number | null): void {
    if (lost === null) return;
    for (const task of this.#tasks.values()) {
      task.running = [];
      task.open = task.witness = null;
      task.outer = task.inner = '';
    }
  }

  /** The calls, when every event was taken. */
  end(): TracedCalls {
    for (const [name, task] of this.#tasks) this.#settleFlush(name, task);
    return { calls: this.#calls, seen: this.#seen, armed: this.#armed };
  }

  #takeMarker(event: LineEvent): void {
    const snapshot = SNAPSHOT.exec(event.text.trim());
    if (snapshot) {
      const [, name = '', phase] = snapshot;
      this.#calls.addMarker(event, name, phase === 'REQ' ? 'request' : 'done');
    }
  }

  #takeProbe(event: LineEvent): void {
    const task = this.#task(event.task);
    task.begun = null;
    if (event.name.startsWith('flush_')) {
      this.#flush(event, task);
      return;
    }
    if (task.unflushed) this.#settleFlush(event.task, task);
    if (event.isReturn) this.#returned(event, task);
    else this.#entered(event, task);
  }

  #entered(event: LineEvent, task: TaskState): void {
    const name = event.function;
    switch (name) {
      case 'update_range_prot':
        this.#innerChange(event, task, SET_OF_UPDATE);
        break;
      case 'apply_to_page_range':
        if (PAGE_CHANGER.test(this.#read(event).extra('fn') ?? ''))
          this.#innerChange(event, task, SET_OF_APPLY);
        break;
      case '__change_memory_common':
        this.#enter(task, name);
        if (this.#outerChanges) this.#outerChanges.push(this.#change(event, task, SET_OF_UPDATE));
        break;
      case 'arch_kfence_init_pool':
        task.running = [];
        task.open = null;
        task.witness = { call: this.#calls.addKfence(event, this.#read(event).kernelAddress(0)), tables: 0 };
        break;
      case '_vm_unmap_aliases':
        this.#unmapAliases(event, task);
        break;
      case 'split_kernel_leaf_mapping_locked':
        this.#boundary(event, task);
        break;
      case 'split_pmd':
      case 'split_pud':
        this.#split(event, task, name === 'split_pud' ? 1 : 2);
        break;
      case 'change_memory_common':
        this.#enter(task, name);
        this.#calls.addCourse(event, 'alias loop');
        break;
      default:
        if (!isEntryPoint(name)) return;
        this.#enter(task, name);
        if (changerBehind(name) === 'change_memory_common') this.#calls.addCourse(event, 'alias loop');
    }
  }

  /** The next change of this task comes from here, or from further out where that called this. */
  #enter(task: TaskState, name: string): void {
    // The alias loop calls it again and again.
    if (name === '__change_memory_common' && reaches(task.inner, name)) return;
    if (!reaches(task.inner, name)) task.outer = name;
    task.inner = name;
  }

  #boundary(event: LineEvent, task: TaskState): void {
    this.#armed.boundaries = true;
    if (!task.witness) return;
    const { call } = task.witness;
    this.#seen.boundaries.add(call, this.#read(event).address(0));
    this.#calls.setBoundary(call, event.suffix !== '');
  }

  #split(event: LineEvent, task: TaskState, level: 1 | 2): void {
    this.#armed.splits = true;
    task.level = level;
    if (!task.witness) return;
    this.#seen.splits.add(task.witness.call, splitCode(level, this.#read(event).int(3) !== 0));
  }

  #returned(event: LineEvent, task: TaskState): void {
    switch (event.function) {
      case '__pgd_pgtable_alloc':
        this.#table(event, task);
        break;
      case '__change_memory_common':
        if (this.#outerChanges) this.#changeReturned(event, task);
        break;
      case 'update_range_prot':
        this.#changeReturned(event, task);
        break;
    }
  }

  #table(event: LineEvent, task: TaskState): void {
    this.#armed.tables = true;
    const { witness } = task;
    if (!witness) return;
    const { low, high } = this.#arguments.of(event, SIGNATURES[event.function] as string[]).bits(0);
    // INVALID_PHYS_ADDR: what the allocator returns when it has no table.
    if (low !== 0xffffffff || high !== 0xffffffff) {
      const level = event.caller === '' ? task.level : event.caller === 'split_pud' ? 1 : 2;
      this.#seen.tables.add(witness.call, level);
      witness.tables++;
      return;
    }
    const change = task.running.at(-1) ?? task.open;
    if (change) this.#calls.setFailedAllocation(change.call, witness.tables);
  }

  #changeReturned(event: LineEvent, task: TaskState): void {
    const change = task.running.pop();
    if (!change) return;
    const { call } = change;
    this.#calls.setReturned(call, this.#arguments.of(event, RETURN_ARGUMENTS).int(0));
    if (event.caller !== '') this.#cameFrom(call, event.caller);
    task.open = change;
    task.witness = task.running.at(-1) ?? change;
  }

  /** The function that a change returns to is the one that made it, which an entry probe only supposes. */
  #cameFrom(call: number, caller: string): void {
    const supposed = this.#calls.caller(call);
    const changer = reaches(supposed, caller) ? supposed : changerBehind(caller);
    let entry = this.#calls.entry(call);
    if (entry !== changer && !reaches(entry, changer)) entry = isEntryPoint(caller) ? caller : '';
    this.#calls.setCaller(call, { caller: changer, entry, flushes: flushesAfterwards(changer) });
  }

  #takeStack(call: number, stack: readonly string[] | undefined): void {
    if (stack === undefined || stack.length === 0) return;
    this.#calls.setStack(call, stack);
    const asked = askedBy(stack);
    if (asked) this.#calls.setCaller(call, { ...asked, flushes: flushesAfterwards(asked.caller) });
  }

  /** The change itself: whatever calls it is no change of its own. */
  #innerChange(event: LineEvent, task: TaskState, setAt: number): void {
    if (this.#outerChanges) this.#dropOuterChanges(this.#outerChanges);
    this.#change(event, task, setAt);
  }

  #change(event: LineEvent, task: TaskState, setAt: number): number {
    const read = this.#read(event);
    const { start, size, bits } = readChange(read, setAt, this.#masks);
    const caller = changerBehind(task.inner);
    const entry = isEntryPoint(task.outer) ? task.outer : '';
    const by = { caller, entry, flushes: flushesAfterwards(caller) };
    const call = this.#calls.addChange(event, { start, size }, bits, by);
    const told = read.extra('caller');
    if (told !== null) this.#cameFrom(call, told.replace(/\+.*$/, ''));
    if (event.stack) this.#takeStack(call, event.stack);
    const change = { call, tables: 0 };
    if (task.running.length === MAX_RUNNING) task.running.shift();
    task.running.push(change);
    task.open = task.witness = task.begun = change;
    return call;
  }

  /** The inner function shows: then its caller is no change of its own, and never was. */
  #dropOuterChanges(calls: readonly number[]): void {
    this.#outerChanges = null;
    if (calls.length === 0) return;
    for (const call of calls) this.#calls.setInnerCall(call);
    for (const task of this.#tasks.values()) {
      task.running = [];
      task.open = task.witness = null;
    }
  }

  #unmapAliases(event: LineEvent, task: TaskState): void {
    task.open = null;
    this.#calls.addCourse(event, 'unmap aliases');
    const read = this.#read(event);
    if (read.int(2) === 0) return;
    task.unflushed = {
      line: event.line,
      seconds: event.seconds,
      start: read.address(0),
      end: read.address(1),
    };
  }

  #flush(event: LineEvent, task: TaskState): void {
    this.#calls.flushesTraced = true;
    const read = this.#arguments.of(event, FLUSH_ARGUMENTS);
    const start = read.address(0);
    const end = read.address(1);
    const { open } = task;
    if (open && !this.#calls.hasSeenFlush(open.call)) {
      const from = this.#calls.start(open.call);
      if (from === start && from + this.#calls.size(open.call) === end) {
        this.#calls.setFlushSeen(open.call);
        return;
      }
    }
    task.unflushed = null;
    this.#calls.addFlush(event, start, end);
  }

  /** Nothing was purged, so vm_unmap_aliases() flushed the range it was given, at a place that no probe shows. */
  #settleFlush(name: string, task: TaskState): void {
    if (!task.unflushed) return;
    const { line, seconds, start, end } = task.unflushed;
    this.#calls.addFlush({ line, seconds, task: name }, start, end);
    task.unflushed = null;
  }

  #read(event: LineEvent): ProbeArguments {
    return this.#arguments.of(event, SIGNATURES[event.function] as string[]);
  }

  #task(name: string): TaskState {
    let task = this.#tasks.get(name);
    if (!task) {
      task = idleTask();
      this.#tasks.set(name, task);
    }
    return task;
  }
}
