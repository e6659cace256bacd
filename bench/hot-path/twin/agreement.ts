// Proof that a twin and the core have come to the same map by the same number of steps.
import type { Core } from '../../../src/core/core.js';
import { totalSplits, totalTables } from '../../../src/core/counters.js';
import type { Run } from '../../../src/core/readout.js';
import { formatAddress } from '../../../src/io/address.js';
import type { TwinMap } from './linear-map.js';
import { twinRuns } from './readout.js';

/** The first difference between the two maps or their counts in words; null where there is none. */
export function firstDifference(core: Core, map: TwinMap): string | null {
  return differenceOfCounts(core, map) ?? differenceOfMaps(core, map);
}

/** The first count that differs, in words; null where none does. */
export function differenceOfCounts(core: Core, map: TwinMap): string | null {
  const counters = core.counters();
  const counts = [
    ['descriptors read', counters.descriptorReads, map.reads],
    ['descriptors stored', counters.descriptorWrites, map.stores],
    ['tables', totalTables(counters), map.tables],
    ['splits', totalSplits(counters), map.splits],
  ] as const;
  for (const [what, ours, twins] of counts) {
    if (ours !== twins) return `${what}: ${ours} in the core, ${twins} in TypeScript`;
  }
  return null;
}

function differenceOfMaps(core: Core, map: TwinMap): string | null {
  const ours = [...core.runs()];
  const twins = twinRuns(map, core.geometry.pageOffset);
  return (
    firstUnequal(
      ours.filter(({ table }) => table),
      twins.filter(({ table }) => table),
    ) ?? firstUnequal(joined(ours, core), joined(twins, core))
  );
}

/** Leaf runs, those that continue each other made one: neither side promises how it cuts them. */
function joined(runs: readonly Run[], core: Core): Run[] {
  const leaves: Run[] = [];
  for (const run of runs) {
    if (run.table) continue;
    const last = leaves.at(-1);
    const bytes = last === undefined ? 0 : last.count * core.geometry.levelSize(last.level);
    const continues =
      last !== undefined &&
      last.level === run.level &&
      last.attributes === run.attributes &&
      last.va + bytes === run.va &&
      last.pa + bytes === run.pa;
    if (continues) last.count += run.count;
    else leaves.push({ ...run });
  }
  return leaves;
}

function firstUnequal(ours: readonly Run[], twins: readonly Run[]): string | null {
  for (let i = 0; i < Math.max(ours.length, twins.length); i++) {
    const [our, twin] = [describe(ours[i]), describe(twins[i])];
    if (our !== twin) return `${our} in the core, ${twin} in TypeScript`;
  }
  return null;
}

function describe(run: Run | undefined): string {
  if (run === undefined) return 'nothing';
  const { table, level, va, pa, count, attributes } = run;
  const what = table ? 'tables' : 'leaves';
  return `${count} ${what} of level ${level} at ${formatAddress(va)} to ${formatAddress(pa)}, attributes 0x${attributes.toString(16)}`;
}
