// What came of a choice, as tables and in one sentence.
import { changeTable } from '../../cli/change-report.js';
import { totalSplits, totalTables, totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import { formatGranule } from '../../machine/va-layout.js';
import { resultLabel } from '../../report/labels.js';
import { LEAF_SIZES, leafName } from '../../report/leaf-size.js';
import { formatCount, formatSizeChange } from '../../report/number.js';
import type { Table } from '../../report/table.js';
import type { Outcome } from './model.js';

/** Every strategy's counters: the table of `linmap change`. */
export function countersTable({ machine, request, results }: Outcome): Table {
  return changeTable(machine, request, results);
}

/** Leaf sizes, tables and reach before the change and after it. */
export function stateTable({ machine, chosen, reach }: Outcome, core: string): Table {
  const { strategy, before, after } = chosen;
  const bytes = (name: string, from: number, to: number) => [
    name,
    formatSize(from),
    formatSize(to),
    formatSizeChange(to - from),
  ];
  const present = LEAF_SIZES.filter((size) => before.leafBytes[size] + after.leafBytes[size] > 0);
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return {
    title: `The linear map of ${machine.name} with ${strategy.title}`,
    columns: [
      { heading: 'of the linear map', align: 'left' },
      right('before'),
      right('after'),
      right('change'),
    ],
    rows: [
      { group: 'Memory by leaf size' },
      ...present.map((size) =>
        bytes(leafName(machine.granule, size), before.leafBytes[size], after.leafBytes[size]),
      ),
      { group: 'Page tables and TLB' },
      bytes('memory of page tables, root not counted', before.tableBytes, after.tableBytes),
      bytes(`reach of the second-level TLB of ${core}`, reach.before, reach.after),
    ],
  };
}

/** What those who listen are told after each choice. */
export function outcomeSentence({ chosen, machine }: Outcome): string {
  const { strategy, result, counters, before, after } = chosen;
  const pages = after.leafBytes.pte - before.leafBytes.pte;
  return (
    `${strategy.title} on ${machine.name}: ${result === 0 ? '' : `${resultLabel(result)}, `}` +
    `${formatCount(counters.calls)} calls, ${formatCount(totalSplits(counters))} splits, ` +
    `${formatCount(counters.descriptorWrites)} stores, ${formatCount(totalTables(counters))} tables allocated, ` +
    `${formatCount(totalTlbi(counters))} TLBI; table memory ${formatSize(after.tableBytes)} ` +
    `(${formatSizeChange(after.tableBytes - before.tableBytes)}), ` +
    `memory in leaves of ${formatGranule(machine.granule)} ${formatSize(after.leafBytes.pte)} (${formatSizeChange(pages)}).`
  );
}
