// What each strategy would have left of the blocks of the captured machines.
import type { Run, TraceStrategyRecord } from '../../record/run.js';
import { type BelowBlock, isPageMapped, newlyBelowBlock } from '../leaf-size.js';
import {
  type BelowBlockGroup,
  belowBlockChart,
  hugeSizeFinding,
  totalBelowBlock,
} from './below-block-bars.js';
import type { Chart } from './chart.js';
import { scenarios } from './scenarios.js';

export function leafSizesOnTraces(run: Run): Chart | null {
  const { shown, conditions } = scenarios(run, (record) => {
    const left = leftBy(record);
    return left ? [left.pages, left.contiguous] : [];
  });
  const groups = shown.map(({ label, records }): BelowBlockGroup => {
    const left = new Map<string, BelowBlock>();
    for (const record of records.values()) {
      const one = leftBy(record);
      if (one !== null) left.set(record.strategy, one);
    }
    return { label: label.join(' on '), left };
  });
  if (!groups.some(({ left }) => [...left.values()].some((one) => totalBelowBlock(one) > 0))) return null;
  return belowBlockChart(groups, {
    file: 'traces-leaf-sizes.png',
    title: hugeSizeFinding(groups),
    conditions: `${conditions} Against the map before; strategies that had all in pages from boot on have no bar.`,
  });
}

/** null where everything was in pages from the start, so that there were no blocks to leave. */
function leftBy({ before, after }: TraceStrategyRecord): BelowBlock | null {
  return isPageMapped(before) ? null : newlyBelowBlock(before, after);
}
