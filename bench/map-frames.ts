// The frames of a captured map that changes: taken while its trace is replayed.
import type { CallList } from '../src/capture/call-list.js';
import type { Segment } from '../src/capture/plan.js';
import { replay } from '../src/capture/replay.js';
import type { ReplayWatch } from '../src/capture/replay-watch.js';
import type { Scenario } from '../src/capture/scenario.js';
import type { Core } from '../src/core/core.js';
import { totalSplits, totalTlbi } from '../src/core/counters.js';
import { readMap } from '../src/map/core-map.js';
import { mapState } from '../src/map/map-state.js';
import { frameBits, frameLeaves, type MapFrame, type MapFramesRecord } from '../src/record/map-frames.js';

/** The scenario whose map a report shows: modules and BPF programs are loaded, and 1 GiB of blocks is split. */
export const SHOWN_SCENARIO = '4k-bbml2/load-small';
/** Beside the first. */
const MOST_FRAMES = 40;

/** Replays a scenario and keeps its map whole, before, after and after equal numbers of calls in between. */
export function mapFrames(core: Core, scenario: Scenario): MapFramesRecord {
  const watch = new FramesWatch();
  const { map } = replay(core, scenario, [watch]);
  return {
    machine: scenario.machineName,
    scenario: scenario.name,
    granule: map.granule,
    vaBits: map.vaBits,
    rootLevel: map.rootLevel,
    bits: frameBits(core.bits),
    frames: watch.frames,
  };
}

class FramesWatch implements ReplayWatch {
  readonly frames: MapFrame[] = [];
  #core: Core | null = null;
  #calls: CallList | null = null;
  #first = 0;
  #step = 1;
  #slot = 0;

  begin(core: Core, calls: CallList, from: number, to: number): void {
    this.#core = core;
    this.#calls = calls;
    this.#first = from;
    this.#step = Math.max(1, Math.ceil((to - from) / MOST_FRAMES));
    this.#take(from);
  }

  pause(segment: Segment, from: number, to: number): number {
    const call = segment.callOf(from);
    const slot = this.#slotOf(call);
    if (slot !== this.#slot) this.#take(call);
    this.#slot = slot;
    let next = from + 1;
    while (next < to && this.#slotOf(segment.callOf(next)) === slot) next++;
    return next;
  }

  end(to: number): void {
    this.#take(to);
  }

  #slotOf(call: number): number {
    return Math.floor((call - this.#first) / this.#step);
  }

  /** The map after all calls before `to`, unless nothing of it is new. */
  #take(to: number): void {
    const core = this.#core as Core;
    const leaves = frameLeaves(readMap(core));
    const last = this.frames.at(-1);
    if (last !== undefined && JSON.stringify(last.leaves) === JSON.stringify(leaves)) {
      // The later moment stands for it, but for the map before.
      if (this.frames.length > 1) this.frames.pop();
    }
    const counters = core.counters();
    this.frames.push({
      calls: to - this.#first,
      seconds: this.#secondsAt(to),
      leaves,
      tableBytes: mapState(core).tableBytes,
      splits: totalSplits(counters),
      tlbi: totalTlbi(counters),
    });
  }

  #secondsAt(to: number): number | null {
    const calls = this.#calls as CallList;
    if (to <= this.#first)
      return calls.length > this.#first && calls.seconds(this.#first) !== null ? 0 : null;
    const [first, last] = [calls.seconds(this.#first), calls.seconds(to - 1)];
    return first === null || last === null ? null : Number((last - first).toFixed(6));
  }
}
