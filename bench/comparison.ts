// The comparison: every strategy does every workload on every configuration of every granule. Counters only.
import type { Core } from '../src/core/core.js';
import { Kernel } from '../src/kernel/kernel.js';
import { mapDigest } from '../src/map/map-digest.js';
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

/** Cases by caseName(), in the order of the names. @throws RangeError where there is no such case */
export function casesNamed(names: readonly string[]): ComparisonCase[] {
  const byName = new Map(comparisonCases().map((one) => [caseName(one), one]));
  return names.map((name) => {
    const found = byName.get(name);
    if (found === undefined) throw new RangeError(`no case of the comparison is called "${name}"`);
    return found;
  });
}

/** A fresh machine with the scene set for the workload; null where the configuration has no such workload. */
export function prepareCase(
  core: Core,
  { regime, configuration, workload, strategy, memory }: ComparisonCase,
): { kernel: Kernel; work: () => number } | null {
  const kernel = new Kernel(core, machineOf(regime, configuration, memory), strategy);
  return workload.possible(kernel) ? { kernel, work: workload.prepare(kernel) } : null;
}

/** Does one case; null where the configuration has no such workload. */
export function runCase(core: Core, one: ComparisonCase): ComparisonRecord | null {
  const { regime, configuration, workload, strategy, memory } = one;
  const prepared = prepareCase(core, one);
  if (prepared === null) return null;
  const { work } = prepared;
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
    digest: mapDigest(core),
  };
}
