// What each strategy leaves of the blocks of a built machine, workload by workload.
import { formatSize } from '../../io/size.js';
import type { ComparisonRecord, Run } from '../../record/run.js';
import { groupBy } from '../group.js';
import { geometryLabel, resultLabel, strategyLabel, workloadLabel } from '../labels.js';
import { isPageMapped, newlyBelowBlock } from '../leaf-size.js';
import { largestOfFamilies } from '../workload-family.js';
import { type BelowBlockGroup, belowBlockChart, hugeSizeFinding } from './below-block-bars.js';
import type { Chart } from './chart.js';
import { onBlocks } from './main-machine.js';

export function leafSizesLeft(run: Run): Chart | null {
  const records = onBlocks(run);
  const [machine] = records;
  if (machine === undefined) return null;
  const drawn = records.filter((record) => record.result === 0 && !isPageMapped(record.before));
  const workloads = largestOfFamilies(drawn.map(({ workload }) => workload));
  const groups: BelowBlockGroup[] = [];
  for (const [workload, ofWorkload] of groupBy(drawn, (record) => record.workload)) {
    if (!workloads.has(workload)) continue;
    const left = ofWorkload.map(
      ({ strategy, before, after }) => [strategy, newlyBelowBlock(before, after)] as const,
    );
    // Alike for all strategies, it says nothing about any.
    if (new Set(left.map(([, one]) => JSON.stringify(one))).size > 1) {
      groups.push({ label: workloadLabel(workload), left: new Map(left) });
    }
  }
  if (groups.length === 0) return null;
  return belowBlockChart(groups, {
    file: 'leaf-sizes-left.png',
    title: hugeSizeFinding(groups),
    conditions:
      `${geometryLabel(machine)}, ${formatSize(machine.memoryBytes)}, rodata=full with BBML2. Workloads on which strategies differ.` +
      notDrawn(records, drawn),
  });
}

/** Strategies that have no bar at all, and why. */
function notDrawn(records: readonly ComparisonRecord[], drawn: readonly ComparisonRecord[]): string {
  const reasons: string[] = [];
  for (const [strategy, [first]] of groupBy(records, (record) => record.strategy)) {
    if (first === undefined || drawn.some((record) => record.strategy === strategy)) continue;
    const reason = first.result === 0 ? 'all pages from boot on' : resultLabel(first.result);
    reasons.push(`${strategyLabel(strategy)} (${reason})`);
  }
  return reasons.length === 0 ? '' : ` Not drawn: ${reasons.join(', ')}.`;
}
