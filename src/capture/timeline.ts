// The course of a linear map over a trace: what it is made of, at some hundred moments. Each is exact; what lies
// between two of them is not looked at.
import type { Core, LeafCounts } from '../core/core.js';
import { totalSplits, totalTables, totalTlbi } from '../core/counters.js';
import { mapStateOf } from '../map/map-state.js';
import type { CallList } from './call-list.js';
import type { Segment } from './plan.js';
import type { ReplayWatch } from './replay-watch.js';

/** Points beside the first and the last. */
const MOST_POINTS = 500;
const FEWEST_POINTS = 32;
/** Tables that are read for all points together: where a map has more, it gets fewer points. */
const TABLES_READ = 2 ** 23;

/** The linear map at one moment, and what was counted up to it. */
export interface TimelinePoint {
  /** Seconds since the timeline's start, or events; never less than that of the point before. */
  at: number;
  /** Changes, KFENCE pools and flushes made so far. */
  calls: number;
  /** Mapped bytes by leaf size, invalid ones included. */
  leafBytes: LeafCounts;
  /** Tables of the linear map below the root. */
  tables: number;
  tableBytes: number;
  readOnlyBytes: number;
  invalidBytes: number;
  /** Counted so far, changes of the vmalloc range included. */
  splits: number;
  tablesAllocated: number;
  tlbi: number;
}

interface TimelineMarker {
  at: number;
  name: string;
}

export interface Timeline {
  /** What `at` counts: `events` where the trace has no times; then it is the same as a point's `calls`. */
  unit: 'seconds' | 'events';
  /** Seconds of the trace's clock at which `at` is 0; null for events. */
  start: number | null;
  /** The first is the map before, the last the map after. */
  points: TimelinePoint[];
  /** Where the trace says that the map was read. */
  markers: TimelineMarker[];
}

/**
 * Samples the map while a trace is replayed: after an equal number of calls each, and after an equal time each where
 * the trace has times, so that neither a burst nor a long wait goes by between two points.
 */
export class TimelineWatch implements ReplayWatch {
  #core: Core | null = null;
  #calls: CallList | null = null;
  #slots: Slots | null = null;
  #unit: Timeline['unit'] = 'events';
  #start: number | null = null;
  readonly #points: TimelinePoint[] = [];
  readonly #markers: TimelineMarker[] = [];
  /** Where the calls that ran last belong; null before the first. */
  #slot: number | null = null;
  #at = 0;
  #made = 0;
  /** Calls before this one were looked at. */
  #seen = 0;

  begin(core: Core, calls: CallList, from: number, to: number): void {
    this.#core = core;
    this.#calls = calls;
    this.#seen = from;
    const first = from < to ? calls.seconds(from) : null;
    const last = from < to ? calls.seconds(to - 1) : null;
    if (first !== null && last !== null && last > first) {
      this.#unit = 'seconds';
      this.#start = first;
    }
    this.#sample();
    const tables = Math.max(1, this.#points[0]?.tables ?? 1);
    const most = Math.max(FEWEST_POINTS, Math.min(MOST_POINTS, Math.floor(TABLES_READ / tables)));
    this.#slots = new Slots(calls, [from, to], this.#start === null ? null : [first ?? 0, last ?? 0], most);
  }

  pause(segment: Segment, from: number, to: number): number {
    const slots = this.#slots as Slots;
    const call = segment.callOf(from);
    const slot = slots.enter(call);
    if (this.#slot !== null && slot !== this.#slot) {
      this.#goTo(call);
      this.#sample();
    }
    this.#slot = slot;
    let next = from + 1;
    while (next < to && slots.of(segment.callOf(next)) === slot) next++;
    return next;
  }

  end(to: number): void {
    this.#goTo(to);
    this.#sample();
  }

  timeline(): Timeline {
    return { unit: this.#unit, start: this.#start, points: this.#points, markers: this.#markers };
  }

  /** Goes on to where calls before `to` have been made. */
  #goTo(to: number): void {
    const calls = this.#calls as CallList;
    for (; this.#seen < to; this.#seen++) {
      const kind = calls.kind(this.#seen);
      if (kind === 'change' || kind === 'kfence' || kind === 'flush') this.#made++;
      this.#at = this.#placeOf(this.#seen);
      if (kind === 'marker') this.#mark(this.#seen);
    }
  }

  /** CPUs may be a little out of order in a trace. */
  #placeOf(call: number): number {
    if (this.#start === null) return this.#made;
    return Math.max(this.#at, ((this.#calls as CallList).seconds(call) ?? 0) - this.#start);
  }

  #mark(index: number): void {
    const { name, phase } = (this.#calls as CallList).marker(index);
    if (phase === 'request') this.#markers.push({ at: this.#at, name });
  }

  #sample(): void {
    const core = this.#core as Core;
    const summary = core.summary();
    const { leafBytes, tables, tableBytes } = mapStateOf(summary, core.geometry);
    const counters = core.counters();
    this.#points.push({
      at: this.#at,
      calls: this.#made,
      leafBytes,
      tables: tables.p4d + tables.pud + tables.pmd + tables.pte,
      tableBytes,
      readOnlyBytes: summary.readOnlyBytes,
      invalidBytes: summary.invalidBytes,
      splits: totalSplits(counters),
      tablesAllocated: totalTables(counters),
      tlbi: totalTlbi(counters),
    });
  }
}

/** Stretches of a trace, numbered in order; a point is taken where one ends. */
class Slots {
  readonly #byOrder: number;
  readonly #byTime: number;
  /** Stretch of time that was reached. */
  #reached = 0;

  constructor(
    private readonly calls: CallList,
    private readonly range: readonly [from: number, to: number],
    private readonly time: readonly [first: number, last: number] | null,
    most: number,
  ) {
    // Where each call has a point of its own, time has nothing to add.
    const length = Math.max(1, range[1] - range[0]);
    const halved = time !== null && length > most;
    this.#byTime = halved ? Math.floor(most / 2) : 0;
    this.#byOrder = Math.min(length, halved ? Math.ceil(most / 2) : most);
  }

  /** The stretch of the call that comes next. */
  enter(call: number): number {
    this.#reached = Math.max(this.#reached, this.#timeOf(call));
    return this.of(call);
  }

  /** The stretch of a later call. One that is a little out of order in time does not go back to an earlier stretch. */
  of(call: number): number {
    const [from, to] = this.range;
    const order = Math.floor(((call - from) * this.#byOrder) / Math.max(1, to - from));
    return order + Math.max(this.#reached, this.#timeOf(call));
  }

  #timeOf(call: number): number {
    if (this.time === null || this.#byTime === 0) return 0;
    const [first, last] = this.time;
    const share = ((this.calls.seconds(call) ?? first) - first) / (last - first);
    return Math.max(0, Math.min(this.#byTime - 1, Math.floor(share * this.#byTime)));
  }
}
