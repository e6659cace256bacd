// How fast captured traces are replayed: calls a second from the first call to the last. Their text has been parsed, the
// map before is loaded, and no map is compared with.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Replay, replay } from '../../src/capture/replay.js';
import type { ReplayWatch } from '../../src/capture/replay-watch.js';
import { readScenario, type Scenario } from '../../src/capture/scenario.js';
import { Core } from '../../src/core/core.js';
import type { Clock } from '../../src/measure/clock.js';
import { medianInterval } from '../../src/measure/statistics.js';
import type { ReplaySpeedRecord } from '../../src/record/native.js';

/** The longest shipped traces of one page a call, and of larger ranges. */
const TRACES = ['4k-bbml2/cbpf200', '4k-bbml2/load-small'];
/** Calls a second. */
const TARGET = 2e6;
const FULL = { warmUp: 20, samples: 101 };
const QUICK = { warmUp: 5, samples: 21 };

export interface ReplaySpeedOptions {
  quick: boolean;
  /** Folder of captures. */
  captures: string;
  wanted: (name: string) => boolean;
  clock: Clock;
}

/** Traces that are not there are left out. */
export function measureReplays({ quick, captures, wanted, clock }: ReplaySpeedOptions): ReplaySpeedRecord[] {
  const core = new Core();
  return TRACES.filter((title) => wanted(`native replay: ${title}`) && existsSync(join(captures, title))).map(
    (title) => {
      const scenario = readScenario(join(captures, title));
      return { title, ...speedOf(core, scenario, quick ? QUICK : FULL, clock) };
    },
  );
}

function speedOf(
  core: Core,
  scenario: Scenario,
  { warmUp, samples }: typeof FULL,
  clock: Clock,
): Omit<ReplaySpeedRecord, 'title'> {
  const withoutMaps = { ...scenario, snapshots: new Map() };
  const rates: number[] = [];
  let calls = 0;
  for (let i = -warmUp; i < samples; i++) {
    const watch = new StopWatch(clock);
    const { applied }: Replay = replay(core, withoutMaps, [watch]);
    calls = applied;
    if (i >= 0) rates.push((applied * 1000) / watch.milliseconds);
  }
  const { median, low, high } = medianInterval(rates);
  return {
    calls,
    callsPerSecond: { median, low, high, samples },
    target: TARGET,
    met: median >= TARGET,
  };
}

class StopWatch implements ReplayWatch {
  #start = 0;
  milliseconds = 0;

  constructor(private readonly clock: Clock) {}

  begin(): void {
    this.#start = this.clock();
  }

  pause(_segment: unknown, _from: number, to: number): number {
    return to;
  }

  end(): void {
    this.milliseconds = this.clock() - this.#start;
  }
}
