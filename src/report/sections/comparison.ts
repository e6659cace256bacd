// Strategies on built machines: what a workload costs, and what it leaves behind.
import { totalTables, totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import type { ComparisonRecord, Run } from '../../record/run.js';
import type { Detail } from '../detail.js';
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
 * Briefly, rodata=off is printed where it differs from rodata=on, which has no alias to change either.
 */
export function comparisonSection(run: Run, detail: Detail = 'brief'): Table[] {
  const all = groups(run);
  return all.flatMap((records) => {
    const [first] = records;
    if (first === undefined) return [];
    if (first.granule !== MAIN_GRANULE) {
      return first.configuration === 'blocks' ? costTables(whereHugeSizeMatters(records)) : [];
    }
    if (detail === 'brief' && first.configuration === 'on') {
      const off = twinOf(first, 'off', all);
      return [...costTables(records, off ? [offNote(records, off)] : []), ...stateTables(records)];
    }
    if (detail === 'brief' && first.configuration === 'off') {
      const on = twinOf(first, 'on', all);
      return [...costTables(on ? whereCostDiffers(records, on) : records), ...stateTables(records)];
    }
    return [...costTables(records), ...stateTables(records)];
  });
}

/** The same machine, configured otherwise. */
function twinOf(
  { granule, vaBits, memoryBytes }: ComparisonRecord,
  configuration: string,
  all: readonly ComparisonRecord[][],
): ComparisonRecord[] | undefined {
  return all.find(
    ([first]) =>
      first?.configuration === configuration &&
      first.granule === granule &&
      first.vaBits === vaBits &&
      first.memoryBytes === memoryBytes,
  );
}

/** All records of workloads that cost a strategy something else than in the other configuration. */
function whereCostDiffers(
  records: readonly ComparisonRecord[],
  others: readonly ComparisonRecord[],
): ComparisonRecord[] {
  const costs = (of: readonly ComparisonRecord[], name: string) =>
    JSON.stringify(
      of
        .filter(({ workload }) => workload === name)
        .map(({ strategy, result, counters }) => [strategy, result, counters]),
    );
  return records.filter(({ workload }) => costs(records, workload) !== costs(others, workload));
}

function offNote(on: readonly ComparisonRecord[], off: readonly ComparisonRecord[]): string {
  const differing = [...new Set(whereCostDiffers(off, on).map(({ workload }) => workload))];
  return `rodata=off costs the same${differing.length === 0 ? '' : `, but for ${differing.join(', ')}`}.`;
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

/** One table, or none of no records. */
function costTables(records: readonly ComparisonRecord[], notes: readonly string[] = []): Table[] {
  const [first] = records;
  return first === undefined ? [] : [costTable(first, records, notes)];
}

/** One table where page tables were made or freed. */
function stateTables(records: readonly ComparisonRecord[]): Table[] {
  const [first] = records;
  const changed = records.some(({ before, after }) => after.tableBytes !== before.tableBytes);
  return first !== undefined && changed ? [stateTable(first, records)] : [];
}

function costTable(
  first: ComparisonRecord,
  records: readonly ComparisonRecord[],
  notes: readonly string[],
): Table {
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
    notes,
  };
}

function stateTable(first: ComparisonRecord, records: readonly ComparisonRecord[]): Table {
  const bytes = first.before.leafBytes;
  // A map in pages has nothing to break up: the note says so once.
  const inBlocks = records.filter(({ before }) => !isPageMapped(before) || isPageMapped(first.before));
  const boot = LEAF_SIZES.filter((size) => bytes[size] > 0).map(
    (size) => `${formatSize(bytes[size])} of ${leafName(first.granule, size)}`,
  );
  return {
    title: `State left: ${machineTitle(first)}`,
    columns: [
      { heading: 'strategy', align: 'left' },
      ...resultColumn(inBlocks),
      ...LEAF_SIZES.map((size) => ({ heading: leafName(first.granule, size), align: 'right' as const })),
      { heading: 'table memory', align: 'right' },
    ],
    rows: workloadRows(inBlocks, ({ before, after }) => {
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
  return strategies.length === 0
    ? []
    : [`${strategies.join(', ')}: all in pages, from boot on and afterwards.`];
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
