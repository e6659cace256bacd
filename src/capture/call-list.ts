// Calls in columns: a trace of ten million lines has millions, and an object each would take gigabytes.
import type { Masks } from '../core/operations.js';
import type { Address } from '../io/address.js';
import type { Call, CallKind, ChangeCall } from './calls.js';
import { grown, Numbered } from './columns.js';

const KINDS: readonly CallKind[] = [
  'change',
  'flush',
  'kfence',
  'marker',
  'alias loop',
  'unmap aliases',
  'inner call',
];
const CHANGE = KINDS.indexOf('change');
const INNER_CALL = KINDS.indexOf('inner call');

const FLUSH_SEEN = 1;
const FLUSHES_BY_CALLER = 2;
const RETURNED = 4;
const HAS_BOUNDARY = 8;
const BOUNDARIES_PARTIAL = 16;

const NO_STACK: readonly string[] = [];
const NOT_FAILED = -1;

/** What every call has. */
interface Place {
  line: number;
  seconds: number | null;
  task: string;
}

export class CallList implements Iterable<Call> {
  #length = 0;
  #kind = new Uint8Array(64);
  #flags = new Uint8Array(64);
  #line = new Uint32Array(64);
  #seconds = new Float64Array(64);
  #task = new Uint32Array(64);
  /** Of a marker its name, else the first address. */
  #start = new Float64Array(64);
  /** Bytes; of a marker 1 where it is done. */
  #size = new Float64Array(64);
  #masks = new Uint32Array(64);
  #caller = new Uint32Array(64);
  #entry = new Uint32Array(64);
  #stack = new Uint32Array(64);
  #returned = new Int32Array(64);
  #failed = new Int32Array(64);

  readonly #names = new Numbered<string>((name) => name);
  readonly #stacks = new Numbered<readonly string[]>((frames) => frames.join('\n'));
  readonly #allMasks: Masks[] = [];
  readonly #masksNumbers = new Map<Masks, number>();
  readonly #markers: number[] = [];
  #kfence = 0;
  /** Flushes have probes of their own, so that a change without one did not flush. */
  flushesTraced = false;

  constructor() {
    this.#stacks.number(NO_STACK);
  }

  get length(): number {
    return this.#length;
  }

  /** Calls of arch_kfence_init_pool(). */
  get kfencePools(): number {
    return this.#kfence;
  }

  /** Indices of the markers, in order. */
  get markers(): readonly number[] {
    return this.#markers;
  }

  addChange(
    place: Place,
    range: { start: Address; size: number },
    bits: Masks,
    by: { caller: string; entry: string; flushes: boolean },
  ): number {
    const index = this.#add(CHANGE, place, range.start, range.size);
    this.#masks[index] = this.#numberOf(bits);
    this.setCaller(index, by);
    return index;
  }

  addFlush(place: Place, start: Address, end: Address): number {
    return this.#add(KINDS.indexOf('flush'), place, start, end - start);
  }

  addKfence(place: Place, pool: Address): number {
    this.#kfence++;
    return this.#add(KINDS.indexOf('kfence'), place, pool, 0);
  }

  addMarker(place: Place, name: string, phase: 'request' | 'done'): number {
    const index = this.#add(
      KINDS.indexOf('marker'),
      place,
      this.#names.number(name),
      phase === 'done' ? 1 : 0,
    );
    this.#markers.push(index);
    return index;
  }

  addCourse(place: Place, kind: 'alias loop' | 'unmap aliases'): number {
    return this.#add(KINDS.indexOf(kind), place, 0, 0);
  }

  setCaller(index: number, by: { caller: string; entry: string; flushes: boolean }): void {
    this.#caller[index] = this.#names.number(by.caller);
    this.#entry[index] = this.#names.number(by.entry);
    this.#flag(index, FLUSHES_BY_CALLER, by.flushes);
  }

  setFlushSeen(index: number): void {
    this.#flag(index, FLUSH_SEEN, true);
  }

  setReturned(index: number, value: number): void {
    this.#returned[index] = value;
    this.#flag(index, RETURNED, true);
  }

  setFailedAllocation(index: number, allocation: number): void {
    this.#failed[index] = allocation;
  }

  setStack(index: number, frames: readonly string[]): void {
    this.#stack[index] = this.#stacks.number(frames);
  }

  setBoundary(index: number, partial: boolean): void {
    this.#flag(index, HAS_BOUNDARY, true);
    if (partial) this.#flag(index, BOUNDARIES_PARTIAL, true);
  }

  /** What was taken for a change turned out to be the caller of one that the trace shows too. */
  setInnerCall(index: number): void {
    this.#kind[index] = INNER_CALL;
  }

  kind(index: number): CallKind {
    return KINDS[this.#kind[index] as number] as CallKind;
  }

  isChange(index: number): boolean {
    return this.#kind[index] === CHANGE;
  }

  line(index: number): number {
    return this.#line[index] as number;
  }

  seconds(index: number): number | null {
    const seconds = this.#seconds[index] as number;
    return Number.isNaN(seconds) ? null : seconds;
  }

  task(index: number): string {
    return this.#names.at(this.#task[index] as number);
  }

  start(index: number): Address {
    return this.#start[index] as number;
  }

  size(index: number): number {
    return this.#size[index] as number;
  }

  masks(index: number): Masks {
    return this.#allMasks[this.#masks[index] as number] as Masks;
  }

  /** Whether flush_tlb_kernel_range() of the same range followed. */
  flush(index: number): boolean {
    return ((this.#flags[index] as number) & (this.flushesTraced ? FLUSH_SEEN : FLUSHES_BY_CALLER)) !== 0;
  }

  hasSeenFlush(index: number): boolean {
    return ((this.#flags[index] as number) & FLUSH_SEEN) !== 0;
  }

  caller(index: number): string {
    return this.#names.at(this.#caller[index] as number);
  }

  entry(index: number): string {
    return this.#names.at(this.#entry[index] as number);
  }

  stack(index: number): readonly string[] {
    return this.#stacks.at(this.#stack[index] as number);
  }

  returned(index: number): number | null {
    return ((this.#flags[index] as number) & RETURNED) !== 0 ? (this.#returned[index] as number) : null;
  }

  /** Index of the table allocation in the call that failed, or null. */
  failedAllocation(index: number): number | null {
    const failed = this.#failed[index] as number;
    return failed === NOT_FAILED ? null : failed;
  }

  /** Whether the trace saw the call ask for a leaf boundary. */
  hasBoundary(index: number): boolean {
    return ((this.#flags[index] as number) & HAS_BOUNDARY) !== 0;
  }

  /** The probe stood behind the first check of the function, which a compiler left in its caller. */
  hasPartialBoundaries(index: number): boolean {
    return ((this.#flags[index] as number) & BOUNDARIES_PARTIAL) !== 0;
  }

  marker(index: number): { name: string; phase: 'request' | 'done' } {
    return {
      name: this.#names.at(this.#start[index] as number),
      phase: this.#size[index] ? 'done' : 'request',
    };
  }

  /** One call as an object. */
  at(index: number): Call {
    const kind = this.kind(index);
    const place = { line: this.line(index), seconds: this.seconds(index), task: this.task(index) };
    const start = this.start(index);
    switch (kind) {
      case 'change':
        return this.#change(index, place);
      case 'flush':
        return { kind, ...place, start, end: start + this.size(index) };
      case 'kfence':
        return { kind, ...place, pool: start };
      case 'marker':
        return { kind, ...place, ...this.marker(index) };
      default:
        return { kind, ...place };
    }
  }

  *[Symbol.iterator](): Generator<Call> {
    for (let index = 0; index < this.#length; index++) yield this.at(index);
  }

  #change(index: number, place: Place): ChangeCall {
    return {
      kind: 'change',
      ...place,
      start: this.start(index),
      size: this.size(index),
      masks: this.masks(index),
      flush: this.flush(index),
      caller: this.caller(index),
      entry: this.entry(index),
      stack: this.stack(index),
      returned: this.returned(index),
      failedAllocation: this.failedAllocation(index),
    };
  }

  #add(kind: number, { line, seconds, task }: Place, start: number, size: number): number {
    const index = this.#length++;
    if (index === this.#kind.length) this.#grow();
    this.#kind[index] = kind;
    this.#line[index] = line;
    this.#seconds[index] = seconds ?? Number.NaN;
    this.#task[index] = this.#names.number(task);
    this.#start[index] = start;
    this.#size[index] = size;
    this.#failed[index] = NOT_FAILED;
    return index;
  }

  #flag(index: number, flag: number, on: boolean): void {
    const flags = this.#flags[index] as number;
    this.#flags[index] = on ? flags | flag : flags & ~flag;
  }

  #numberOf(bits: Masks): number {
    const known = this.#masksNumbers.get(bits);
    if (known !== undefined) return known;
    this.#masksNumbers.set(bits, this.#allMasks.length);
    return this.#allMasks.push(bits) - 1;
  }

  #grow(): void {
    this.#kind = grown(this.#kind);
    this.#flags = grown(this.#flags);
    this.#line = grown(this.#line);
    this.#seconds = grown(this.#seconds);
    this.#task = grown(this.#task);
    this.#start = grown(this.#start);
    this.#size = grown(this.#size);
    this.#masks = grown(this.#masks);
    this.#caller = grown(this.#caller);
    this.#entry = grown(this.#entry);
    this.#stack = grown(this.#stack);
    this.#returned = grown(this.#returned);
    this.#failed = grown(this.#failed);
  }
}
