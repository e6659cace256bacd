// Replays: every captured scenario as the kernel did it, and as every strategy would have done it.
import { existsSync } from 'node:fs';
import { type Replay, replay, replayAs } from '../src/capture/replay.js';
import { findScenarios, readScenario, type Scenario } from '../src/capture/scenario.js';
import type { Core } from '../src/core/core.js';
import { mapDigest } from '../src/map/map-digest.js';
import type { ReplayRecord, TraceStrategyRecord } from '../src/record/run.js';
import { STRATEGIES } from '../src/strategy/index.js';

/** Folders of the scenarios below `captures` whose scenarioName() is wanted; none where there is no such folder. */
export function wantedScenarios(captures: string, wanted: (name: string) => boolean): string[] {
  return existsSync(captures) ? findScenarios(captures).filter((folder) => wanted(scenarioName(folder))) : [];
}

/** `4k-bbml2/load-small`: what `--filter` sees. */
export function scenarioName(folder: string): string {
  return folder.split(/[\\/]/).slice(-2).join('/');
}

/** A scenario as the kernel did it and as every strategy would have; with a warning for each event that was lost. */
export function replayScenario(
  core: Core,
  folder: string,
  strategiesFirst: boolean,
): { warnings: string[]; replays: [ReplayRecord]; traceStrategies: TraceStrategyRecord[] } {
  const scenario = readScenario(folder);
  const early = strategiesFirst ? traceStrategyRecords(core, scenario) : null;
  const replays: [ReplayRecord] = [replayRecord(core, scenario)];
  return {
    warnings: scenario.lost.map(
      (line) => `${scenarioName(folder)}: events were lost at line ${line} of its trace`,
    ),
    replays,
    traceStrategies: early ?? traceStrategyRecords(core, scenario),
  };
}

function replayRecord(core: Core, scenario: Scenario): ReplayRecord {
  const result = replay(core, scenario);
  return {
    ...placeOf(scenario),
    vaBits: scenario.machine.vaBits,
    events: scenario.events,
    applied: result.applied,
    equal: result.snapshots.length === 0 ? null : result.snapshots.every(({ equal }) => equal),
    differenceCount: result.snapshots.reduce((sum, snapshot) => sum + snapshot.differenceCount, 0),
    agreesWithTrace: result.trace?.agrees ?? false,
    ...statesOf(core, result),
  };
}

function traceStrategyRecords(core: Core, scenario: Scenario): TraceStrategyRecord[] {
  return STRATEGIES.map((strategy) => {
    const result = replayAs(core, scenario, strategy);
    return {
      ...placeOf(scenario),
      strategy: strategy.id,
      permissionsEqual: result.permissionDifferenceBytes === 0,
      ...statesOf(core, result),
    };
  });
}

function placeOf({ machineName, name, machine }: Scenario) {
  return { machine: machineName, scenario: name, granule: machine.granule };
}

/** The core still has the map that the replay ended with. */
function statesOf(core: Core, { counters, before, after }: Replay) {
  return { counters, before, after, digest: mapDigest(core) };
}
