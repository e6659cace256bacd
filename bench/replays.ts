// Replays: every captured scenario as the kernel did it, and as every strategy would have done it.
import { type Replay, replay, replayAs } from '../src/capture/replay.js';
import type { Scenario } from '../src/capture/scenario.js';
import type { Core } from '../src/core/core.js';
import type { ReplayRecord, TraceStrategyRecord } from '../src/record/run.js';
import { STRATEGIES } from '../src/strategy/index.js';

export function replayRecord(core: Core, scenario: Scenario): ReplayRecord {
  const result = replay(core, scenario);
  return {
    ...placeOf(scenario),
    vaBits: scenario.machine.vaBits,
    events: scenario.events,
    applied: result.applied,
    equal: result.snapshots.length === 0 ? null : result.snapshots.every(({ equal }) => equal),
    differenceCount: result.snapshots.reduce((sum, snapshot) => sum + snapshot.differenceCount, 0),
    agreesWithTrace: result.trace?.agrees ?? false,
    ...statesOf(result),
  };
}

export function traceStrategyRecords(core: Core, scenario: Scenario): TraceStrategyRecord[] {
  return STRATEGIES.map((strategy) => {
    const result = replayAs(core, scenario, strategy);
    return {
      ...placeOf(scenario),
      strategy: strategy.id,
      permissionsEqual: result.permissionDifferenceBytes === 0,
      ...statesOf(result),
    };
  });
}

function placeOf({ machineName, name, machine }: Scenario) {
  return { machine: machineName, scenario: name, granule: machine.granule };
}

function statesOf({ counters, before, after }: Replay) {
  return { counters, before, after };
}
