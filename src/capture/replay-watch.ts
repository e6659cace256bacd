// Looking on while a trace is replayed: what each call costs and what it does to the map, without a log of all of it.
import type { Core } from '../core/core.js';
import type { CallList } from './call-list.js';
import type { Segment } from './plan.js';

/** Somebody who looks on at a replay of what the kernel did. */
export interface ReplayWatch {
  /**
   * The first map is loaded and counters are zero. The calls [from, to) follow, or only the first of them: a replay
   * ends with the last map that was captured.
   */
  begin(core: Core, calls: CallList, from: number, to: number): void;
  /**
   * Operations [from, to) come next; all before them were run.
   * @returns how far they may run before this is asked, or `end` is told, again; beyond `from`
   */
  pause(segment: Segment, from: number, to: number): number;
  /** All was run: calls before `to` have been made. */
  end(to: number): void;
}
