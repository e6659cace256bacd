// Replay: a scenario's trace applied to the map it started from, compared with the maps that were read on the way.
import type { Core } from '../core/core.js';
import type { Counters } from '../core/counters.js';
import { OperationList } from '../core/operations.js';
import { linearMapPolicy, resetToMachine } from '../kernel/boot.js';
import { type Comparison, compareMaps } from '../map/compare.js';
import { loadMap, readMap } from '../map/core-map.js';
import type { LinearMap } from '../map/linear-map.js';
import { type MapState, mapState } from '../map/map-state.js';
import { differingBytes } from '../map/permissions.js';
import type { Strategy } from '../strategy/index.js';
import type { CallList } from './call-list.js';
import { latePoolOf } from './late-pool.js';
import { ReplayPlan, Segment } from './plan.js';
import type { ReplayWatch } from './replay-watch.js';
import type { Scenario } from './scenario.js';
import { mapVmallocRanges } from './vmalloc-side.js';
import { TraceCheck, type TraceCounters } from './witness.js';

interface SnapshotResult extends Comparison {
  name: string;
  equal: boolean;
}

export interface Replay {
  /** Calls applied: changes and KFENCE pools. */
  applied: number;
  /** One for each captured map, in the order of the trace; `after` last. Empty where there is none, and for strategies. */
  snapshots: SnapshotResult[];
  counters: Counters;
  /** What the trace itself shows, and whether the counters say the same. Only for what the kernel did. */
  trace: TraceCounters | null;
  before: MapState;
  after: MapState;
  map: LinearMap;
  /** The first call that was not made: those after the last captured map are not. */
  end: number;
}

/** A replay as another strategy. */
export interface StrategyReplay extends Replay {
  /** Bytes whose translation or permissions differ at the end from what the kernel's page by page gives. */
  permissionDifferenceBytes: number;
}

/**
 * Replays a scenario exactly as the kernel did it.
 * @param watches who looks on
 * @throws RangeError where the captured map cannot exist.
 */
export function replay(core: Core, scenario: Scenario, watches: readonly ReplayWatch[] = []): Replay {
  return new ReplayRun(core, scenario, null, scenario.trace.calls.length, watches).run();
}

/**
 * Replays a scenario as a strategy would have done it, with its kernel's way of mapping memory.
 * @param reference the replay of what the kernel did; made first where it is not given
 */
export function replayAs(
  core: Core,
  scenario: Scenario,
  strategy: Strategy,
  reference: Pick<Replay, 'map' | 'end'> = replay(core, scenario),
): StrategyReplay {
  const { map, end } = reference;
  const result = new ReplayRun(core, scenario, strategy, end).run();
  return { ...result, permissionDifferenceBytes: differingBytes(map, result.map, core.bits) };
}

class ReplayRun {
  readonly #calls: CallList;
  readonly #check: TraceCheck;
  readonly #plan: ReplayPlan;
  readonly #segment = new Segment();
  readonly #snapshots: SnapshotResult[] = [];
  readonly #begin: number;
  #applied = 0;
  /** The first call that is not made. */
  end: number;

  constructor(
    private readonly core: Core,
    private readonly scenario: Scenario,
    private readonly strategy: Strategy | null,
    end = scenario.trace.calls.length,
    private readonly watches: readonly ReplayWatch[] = [],
  ) {
    this.#calls = scenario.trace.calls;
    this.end = end;
    resetToMachine(core, scenario.machine, strategy?.boot ?? {});
    this.#check = new TraceCheck(core, scenario.trace);
    // What lies between the lines of the first marker may be in the map already; making it again changes nothing,
    // for a call sets and clears the same bits and splits only what is not split.
    this.#begin = this.#marker('before', 'request', 0) + 1;
    this.#plan = new ReplayPlan(core, scenario.machine, this.#calls, strategy, [this.#begin, end]);
  }

  run(): Replay {
    this.#load();
    const pool = latePoolOf(this.scenario.machine, this.scenario.trace);
    if (pool) this.core.raw.setKfencePool(pool.start, pool.end);
    const before = mapState(this.core);
    mapVmallocRanges(this.core, this.#calls);
    this.core.resetCounters();
    for (const watch of this.watches) watch.begin(this.core, this.#calls, this.#begin, this.end);

    if (this.strategy) this.#execute(this.#begin, this.end);
    else this.#apply();
    for (const watch of this.watches) watch.end(this.end);

    return {
      applied: this.#applied,
      snapshots: this.#snapshots,
      counters: this.core.counters(),
      trace: this.strategy ? null : this.#check.result(),
      before,
      after: mapState(this.core),
      map: readMap(this.core),
      end: this.end,
    };
  }

  /** The captured map, as the strategy's kernel would have had it: without contiguous groups, or in pages. */
  #load(): void {
    const { before, machine } = this.scenario;
    const { noContiguous, pagesOnly } = this.strategy?.boot ?? {};
    const { contiguous } = this.core.bits;
    const leaves = noContiguous
      ? before.leaves.map((run) => ({ ...run, attributes: run.attributes & ~contiguous }))
      : before.leaves;
    loadMap(this.core, { ...before, leaves });
    if (!pagesOnly || !linearMapPolicy(machine).canSetDirectMap) return;
    const list = new OperationList();
    const { pageOffset, pageEnd } = machine;
    list.push(this.core.operation.splitToPages, 0, pageOffset, pageEnd - pageOffset);
    this.core.run(list);
  }

  /** Makes the calls, comparing with every map that was read between them; the last is `after`. */
  #apply(): void {
    let start = this.#begin;
    for (const index of this.#calls.markers) {
      const { name, phase } = this.#calls.marker(index);
      if (index < start || index >= this.end || phase !== 'request') continue;
      this.#execute(start, index);
      start = this.#compareAround(name, index);
      if (name === 'after') {
        this.end = start;
        return;
      }
    }
    this.#execute(start, this.end);
    // A trace without markers is compared at its end.
    if (!this.#snapshots.some(({ name }) => name === 'after')) this.#compare('after');
  }

  /**
   * Compares with the map that was read between the two lines of a marker. It is the state after some prefix of the
   * calls in between, for KFENCE's timer does not wait for the reader. Returns the first call not yet applied.
   */
  #compareAround(name: string, request: number): number {
    const unchanged = this.#compare(name);
    if (!unchanged || unchanged.equal) return request + 1;
    const done = this.#marker(name, 'done', request);
    for (let index = request + 1; index < done; index++) {
      this.#execute(index, index + 1);
      if (!this.#changesMap(index)) continue;
      this.#snapshots.pop();
      if (this.#compare(name)?.equal) return index + 1;
    }
    this.#snapshots[this.#snapshots.length - 1] = unchanged;
    return Math.max(done, request + 1);
  }

  #compare(name: string): SnapshotResult | null {
    const expected = this.scenario.snapshots.get(name);
    if (!expected) return null;
    const { pageEnd } = this.scenario.machine;
    const comparison = compareMaps(expected, readMap(this.core), { pageEnd });
    const result = { name, equal: comparison.differenceCount === 0, ...comparison };
    this.#snapshots.push(result);
    return result;
  }

  /** Whether a call can change the linear map: only then is comparing again worth its time. */
  #changesMap(index: number): boolean {
    const kind = this.#calls.kind(index);
    if (kind === 'change') return this.#calls.start(index) < this.scenario.machine.pageEnd;
    return kind === 'kfence';
  }

  #execute(from: number, to: number): void {
    const { capacity } = this.core.operation;
    const { operations } = this.#segment;
    for (let next = from; next < to; ) {
      const first = next;
      next = this.#plan.fill(this.#segment, first, to, capacity);
      for (let done = 0, until = 0; done < operations.length; done = until) {
        until = Math.min(operations.length, done + capacity);
        for (const watch of this.watches) until = watch.pause(this.#segment, done, until);
        this.core.resetLog(this.strategy === null);
        this.core.runSlice(operations, done, until);
        if (this.strategy === null) this.#check.take(this.#segment, done, until);
      }
      for (let index = first; index < next; index++) {
        const kind = this.#calls.kind(index);
        if (kind === 'change' || kind === 'kfence') this.#applied++;
      }
    }
    this.core.resetLog(false);
  }

  /** The first such marker at or after `from`, or −1. */
  #marker(name: string, phase: 'request' | 'done', from: number): number {
    const found = this.#calls.markers.find((index) => {
      const marker = this.#calls.marker(index);
      return index >= from && marker.name === name && marker.phase === phase;
    });
    return found ?? -1;
  }
}
