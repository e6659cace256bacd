// The comparison: every strategy does every workload on every configuration of every granule. Counters only.
import type { Core } from '../src/core/core.js';
import { Kernel } from '../src/kernel/kernel.js';
import { mapState } from '../src/map/map-state.js';
import type { ComparisonRecord } from '../src/record/run.js';
import { STRATEGIES, type Strategy } from '../src/strategy/index.js';
import {
  COMPARISON_MEMORY,
  CONFIGURATIONS,
  type Configuration,
  machineOf,
  REGIMES,
} from './configurations.js';
import { WORKLOADS, type Workload } from './workloads.js';

export interface ComparisonCase {
  regime: (typeof REGIMES)[number];
  configuration: Configuration;
  workload: Workload;
  strategy: Strategy;
  memory: number;
}

/** All cases in the order of reports. */
export function comparisonCases(memory = COMPARISON_MEMORY): ComparisonCase[] {
  return REGIMES.flatMap((regime) =>
    CONFIGURATIONS.flatMap((configuration) =>
      WORKLOADS.flatMap((workload) =>
        STRATEGIES.map((strategy) => ({ regime, configuration, workload, strategy, memory })),
      ),
    ),
  );
}

/** `4K/48 blocks module-load page-basis`: what `--filter` sees. */
export function caseName({ regime, configuration, workload, strategy }: ComparisonCase): string {
  const { granule, vaBits } = regime;
  return `${granule / 1024}K/${vaBits} ${configuration.id} ${workload.id} ${strategy.id}`;
}

/** Does one case on a fresh machine; null where the configuration has no such workload. */
export function runCase(core: Core, one: ComparisonCase): ComparisonRecord | null {
  const { regime, configuration, workload, strategy, memory } = one;
  const kernel = new Kernel(core, machineOf(regime, configuration, memory), strategy);
  if (!workload.possible(kernel)) return null;
  const work = workload.prepare(kernel);
  const before = mapState(core);
  core.resetCounters();
  const result = work();
  return {
    granule: regime.granule,
    vaBits: regime.vaBits,
    memoryBytes: memory,
    configuration: configuration.id,
    workload: workload.id,
    strategy: strategy.id,
    result,
    counters: core.counters(),
    before,
    after: mapState(core),
  };
}
