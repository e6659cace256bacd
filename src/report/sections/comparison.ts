// Strategies on built machines: what a workload costs, and what it leaves behind.
import { totalTables, totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import type { ComparisonRecord, Run } from '../../record/run.js';
import { groupBy } from '../group.js';
import { byConfiguration, byStrategy, configurationLabel, geometryLabel, resultLabel } from '../labels.js';
import { isPageMapped, LEAF_SIZES, leafChange, leafName } from '../leaf-size.js';
import { formatCount, formatSizeChange } from '../number.js';
import type { Column, Row, Table } from '../table.js';
import { largestOfFamilies } from '../workload-family.js';
import { joinedWhereAlike } from './alike.js';

/** The granule that is printed in full. */
const MAIN_GRANULE = 4096;

/**
 * For the 4K granule, two tables for each configuration: cost, and state left. Of workloads that differ
 * only in a number of pages the largest is printed. For other granules: what blocks cost where huge size matters.
 */
export function comparisonSection(run: Run): Table[] {
  const tables: Table[] = [];
  for (const records of groups(run)) {
    const [first] = records;
    if (first === undefined) continue;
    if (first.granule === MAIN_GRANULE) {
      tables.push(costTable(first, records));
      if (records.some((record) => record.after.tableBytes !== record.before.tableBytes)) {
        tables.push(stateTable(first, records));
      }
    } else if (first.configuration === 'blocks') {
      const differing = whereHugeSizeMatters(records);
      if (differing.length > 0) tables.push(costTable(first, differing));
    }
  }
  return tables;
}

/** Workloads that huge size does with another number of calls than page basis. */
function whereHugeSizeMatters(records: readonly ComparisonRecord[]): ComparisonRecord[] {
  const calls = (workload: string, strategy: string) =>
    records.find((record) => record.workload === workload && record.strategy === strategy)?.counters.calls;
  return records.filter(({ workload }) => calls(workload, 'page-basis') !== calls(workload, 'huge-size'));
}

/** Records of one machine and configuration; granules ascending. */
function groups(run: Run): ComparisonRecord[][] {
  const largest = largestOfFamilies(run.comparisons.map(({ workload }) => workload));
  const printed = run.comparisons
    .filter(({ workload }) => largest.has(workload))
    .sort((a, b) => a.granule - b.granule || byConfiguration(a.configuration, b.configuration));
  const byMachine = groupBy(printed, (record) => {
    const { granule, vaBits, memoryBytes, configuration } = record;
    return [granule, vaBits, memoryBytes, configuration].join();
  });
  return [...byMachine.values()];
}

function machineTitle({ memoryBytes, configuration, ...geometry }: ComparisonRecord): string {
  return `${geometryLabel(geometry)}, ${formatSize(memoryBytes)}, ${configurationLabel(configuration)}`;
}

function costTable(first: ComparisonRecord, records: readonly ComparisonRecord[]): Table {
  return {
    title: `Cost: ${machineTitle(first)}`,
    columns: [
      { heading: 'strategy', align: 'left' },
      ...resultColumn(records),
      { heading: 'calls', align: 'right' },
      { heading: 'stores', align: 'right' },
      { heading: 'tables', align: 'right' },
      { heading: 'DSB ISHST', align: 'right' },
      { heading: 'DSB ISH', align: 'right' },
      { heading: 'ISB', align: 'right' },
      { heading: 'TLBI', align: 'right' },
    ],
    rows: workloadRows(records, ({ counters }) => [
      formatCount(counters.calls),
      formatCount(counters.descriptorWrites),
      formatCount(totalTables(counters)),
      formatCount(counters.dsbIshst),
      formatCount(counters.dsbIsh),
      formatCount(counters.isb),
      formatCount(totalTlbi(counters)),
    ]),
  };
}

function stateTable(first: ComparisonRecord, records: readonly ComparisonRecord[]): Table {
  const bytes = first.before.leafBytes;
  const boot = LEAF_SIZES.filter((size) => bytes[size] > 0).map(
    (size) => `${formatSize(bytes[size])} of ${leafName(first.granule, size)}`,
  );
  return {
    title: `State left: ${machineTitle(first)}`,
    columns: [
      { heading: 'strategy', align: 'left' },
      ...resultColumn(records),
      ...LEAF_SIZES.map((size) => ({ heading: leafName(first.granule, size), align: 'right' as const })),
      { heading: 'table memory', align: 'right' },
    ],
    rows: workloadRows(records, ({ before, after }) => {
      const change = leafChange(before, after);
      return [
        ...LEAF_SIZES.map((size) => formatSizeChange(change[size])),
        formatSizeChange(after.tableBytes - before.tableBytes),
      ];
    }),
    notes: [
      `Changes to the map after boot, which for ${first.strategy} has ${boot.join(', ')} and ${formatSize(first.before.tableBytes)} of tables.`,
      ...pageMappedNote(first, records),
    ],
  };
}

/** Strategies whose map is another one from boot on. */
function pageMappedNote(first: ComparisonRecord, records: readonly ComparisonRecord[]): string[] {
  const pageMapped = records.filter(({ before }) => isPageMapped(before) && !isPageMapped(first.before));
  const strategies = [...new Set(pageMapped.map(({ strategy }) => strategy))];
  return strategies.length === 0 ? [] : [`${strategies.join(', ')}: all in pages from boot on.`];
}

/** Only where something failed. */
function resultColumn(records: readonly ComparisonRecord[]): Column[] {
  return records.some(({ result }) => result !== 0) ? [{ heading: 'result', align: 'left' }] : [];
}

/** A line for each strategy under its workload; one line for all where they do the same. */
function workloadRows(
  records: readonly ComparisonRecord[],
  cells: (record: ComparisonRecord) => string[],
): Row[] {
  return [...groupBy(records, (record) => record.workload)].flatMap(([workload, ofWorkload]): Row[] => {
    const sorted = ofWorkload.toSorted((a, b) => byStrategy(a.strategy, b.strategy));
    const results = resultColumn(records).length > 0;
    const lines = sorted.map((record) => [
      record.strategy,
      ...(results ? [resultLabel(record.result)] : []),
      ...cells(record),
    ]);
    return [{ group: workload }, ...joinedWhereAlike(lines)];
  });
}
