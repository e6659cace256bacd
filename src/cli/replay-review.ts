// What a trace is looked through for beside the map that it leads to: who asked, what it cost, how the map went, and
// what other strategies would have made of it.
import { AskerWatch } from '../capture/asked-by.js';
import { type Claim, claimOf } from '../capture/claim.js';
import { readProvenance } from '../capture/provenance.js';
import { type Replay, replay, replayAs } from '../capture/replay.js';
import type { Scenario } from '../capture/scenario.js';
import { type Timeline, TimelineWatch } from '../capture/timeline.js';
import { Core } from '../core/core.js';
import type { Counters } from '../core/counters.js';
import type { MapState } from '../map/map-state.js';
import { type RankedAskers, rankAskers } from '../report/replay/ranking.js';
import { STRATEGIES } from '../strategy/index.js';

/** What one strategy would have made of the trace. */
interface StrategyOutcome {
  strategy: string;
  permissionsEqual: boolean;
  counters: Counters;
  before: MapState;
  after: MapState;
}

export interface ReplayReview {
  claim: Claim;
  askers: RankedAskers;
  timeline: Timeline;
  /** Without those whose tables do not fit. */
  strategies: StrategyOutcome[];
}

/**
 * Replays what the kernel did and looks on.
 * @throws RangeError where the captured map cannot exist, InputError for notes that are damaged
 */
export function reviewedReplay(
  core: Core,
  scenario: Scenario,
  directory: string,
  warn: (line: string) => void,
): { replay: Replay; review: ReplayReview } {
  const provenance = readProvenance(directory);
  const askers = new AskerWatch();
  const timeline = new TimelineWatch();
  const result = replay(core, scenario, [askers, timeline]);
  return {
    replay: result,
    review: {
      claim: claimOf(scenario, result, provenance),
      askers: rankAskers(askers.askers(), scenario.machine),
      timeline: timeline.timeline(),
      strategies: compareStrategies(scenario, result, warn),
    },
  };
}

/** Counters of every strategy on the trace; one whose tables are too many is left out with a warning. */
function compareStrategies(
  scenario: Scenario,
  reference: Replay,
  warn: (line: string) => void,
): StrategyOutcome[] {
  let core = new Core();
  return STRATEGIES.flatMap((strategy) => {
    try {
      const { permissionDifferenceBytes, counters, before, after } = replayAs(
        core,
        scenario,
        strategy,
        reference,
      );
      return [
        { strategy: strategy.id, permissionsEqual: permissionDifferenceBytes === 0, counters, before, after },
      ];
    } catch (error) {
      if (core.raw.outOfMemory.value === 0) throw error;
      warn(`${strategy.id} is left out of the comparison: its tables need more than 4 GiB`);
      core = new Core();
      return [];
    }
  });
}
