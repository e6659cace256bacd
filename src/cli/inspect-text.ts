// What a map is made of, for people.
import { formatAddress } from '../io/address.js';
import { formatSize } from '../io/size.js';
import { rodataLabel } from '../machine/rodata.js';
import { countFindings, type MapFinding } from '../map/finding.js';
import { mostSplitFirst, type Region } from '../map/regions.js';
import { totalTables } from '../map/summary.js';
import { LEAF_SIZES, leafName } from '../report/leaf-size.js';
import { formatCount } from '../report/number.js';
import { type Cell, type Table, terminalTable } from '../report/table.js';
import { type Fact, factLines } from './facts.js';
import { changesTable } from './inspect-changes-text.js';
import { rangeText } from './inspect-options.js';
import { type InspectReport, sum } from './inspect-report.js';
import type { Step } from './inspect-steps.js';
import { rangesTable, stepsTable } from './inspect-tables.js';
import { leafTable } from './leaf-table.js';
import type { Colours } from './output.js';
import { counted, tablesInWords } from './words.js';

/** Lines of a list, unless all were asked for. */
const LISTED = 8;

export function inspectText(report: InspectReport, colours: Colours): string {
  const { source, inspection, steps, against, all } = report;
  const most = all ? Number.POSITIVE_INFINITY : LISTED;
  const bytes = sum(LEAF_SIZES, (size) => inspection.bytes[size]);
  const tables: (Table | null)[] = [
    leavesTable(report),
    findingsTable(inspection.findings, most),
    steps && stepsTable(steps, source.map.granule, source.showsTables),
    rangesTable(inspection.ranges, source.showsPhysical, most),
    regionsTable(report, most),
    against && changesTable(against, source.map.granule, most),
  ];
  return [
    colours.bold(`${source.name}: linear map of ${formatSize(bytes)}`),
    ...factLines(facts(report), colours),
    ...tables.flatMap((table) => (table ? ['', terminalTable(table, { stream: process.stdout })] : [])),
  ].join('\n');
}

function facts(report: InspectReport): Fact[] {
  const { source, inspection, filter, steps, against } = report;
  const { map, machine } = source;
  const { findings, regions } = inspection;
  const list: Fact[] = [{ label: 'geometry', text: `${map.granule / 1024}K granule, ${map.vaBits} VA bits` }];
  if (machine) list.push({ label: 'rodata', text: rodataLabel(machine.rodata) });
  const shown = [
    filter.range && rangeText(filter.range),
    filter.sizes && `leaves ${filter.sizes.join(', ')}`,
    filter.permissions?.join(' and '),
  ].filter((part) => part !== undefined);
  if (shown.length > 0) list.push({ label: 'shown', text: shown.join('; ') });
  list.push(
    {
      label: 'page tables',
      text: source.showsTables ? tablesInWords(inspection.tables, map.granule) : 'not shown by the source',
    },
    ...(steps ? [idealFact(steps, source.showsTables)] : []),
    { label: 'read-only', text: inRanges(inspection.readOnlyBytes, inspection.ranges.readOnly.length) },
    { label: 'invalid', text: inRanges(inspection.invalidBytes, inspection.ranges.invalid.length) },
    { label: 'executable', text: inRanges(inspection.executableBytes, inspection.ranges.executable.length) },
    findingFact(findings),
    { label: 'to fold', text: foldText(regions, source.showsTables) },
  );
  if (against) {
    const { differenceCount, source: other } = against;
    const text =
      differenceCount === 0 ? 'the same descriptors' : `${counted(differenceCount, 'descriptor')} changed`;
    list.push({ label: 'against', text: `${other.name}: ${text}` });
  }
  return [...list, ...source.assumed.map((text, at) => ({ label: at === 0 ? 'assumed' : '', text }))];
}

/** The first step is the best map there could be, the last is this one. */
function idealFact(steps: readonly Step[], showsTables: boolean): Fact {
  const [best, now] = [steps[0], steps.at(-1)];
  const least = best ? totalTables(best.tables) : 0;
  const found = now ? totalTables(now.tables) : 0;
  const enough = `${least === 0 ? 'the root table' : counted(least, 'table')} would do for this memory`;
  if (!showsTables) return { label: 'ideal', text: enough };
  const more = found > least ? `${formatCount(found - least)} more are there` : 'no more are there';
  return { label: 'ideal', text: `${enough}; ${more}` };
}

function inRanges(bytes: number, count: number): string {
  return count === 0 ? 'none' : `${formatSize(bytes)} in ${counted(count, 'range')}`;
}

function findingFact(findings: readonly MapFinding[]): Fact {
  if (findings.length === 0) return { label: 'findings', text: 'none', tone: 'good' };
  const kinds = countFindings(findings).map(({ kind, count }) => `${formatCount(count)} ${kind}`);
  return { label: 'findings', text: kinds.join(', '), tone: 'bad' };
}

/** What larger leaves could hold as translations and attributes are now. */
function foldText(regions: readonly Region[], showsTables: boolean): string {
  const bytes = sum(regions, (region) => region.foldableBytes);
  if (bytes === 0) return 'nothing: every leaf is as large as attributes and alignment allow';
  const tables = sum(regions, (region) => region.foldableTables);
  const back = showsTables ? `, giving back ${tables === 0 ? 'no table' : counted(tables, 'table')}` : '';
  return `${formatSize(bytes)} could be in larger leaves with the attributes as they are${back}`;
}

function leavesTable({ source, inspection }: InspectReport): Table {
  const { leaves, bytes, readOnlyLeafBytes, invalidLeafBytes } = inspection;
  const orNone = (value: number) => (value === 0 ? '0' : formatSize(value));
  return leafTable(source.map.granule, { leaves, bytes }, [
    { heading: 'read-only', cell: (size) => orNone(readOnlyLeafBytes[size]) },
    { heading: 'invalid', cell: (size) => orNone(invalidLeafBytes[size]) },
  ]);
}

function regionsTable({ source, inspection }: InspectReport, most: number): Table | null {
  const { granule } = source.map;
  const { regions, regionSize } = inspection;
  const split = mostSplitFirst(regions).filter(
    ({ tables, foldableBytes }) => tables > 0 || foldableBytes > 0,
  );
  if (split.length === 0) return null;
  const sizes = LEAF_SIZES.filter((size) => split.some(({ bytes }) => bytes[size] > 0));
  const cell = (bytes: number): Cell => (bytes === 0 ? '' : formatSize(bytes));
  const notes = split.length > most ? [`${formatCount(split.length - most)} more; --all lists them.`] : [];
  return {
    title: `Regions of ${formatSize(regionSize)} that are split most, of ${formatCount(regions.length)}`,
    columns: [
      { heading: 'VA', align: 'left' },
      { heading: 'tables', align: 'right' },
      ...sizes.map((size) => ({ heading: leafName(granule, size), align: 'right' }) as const),
      { heading: 'to fold', align: 'right' },
      { heading: 'tables back', align: 'right' },
    ],
    rows: split
      .slice(0, most)
      .map((region) => [
        formatAddress(region.va),
        source.showsTables ? formatCount(region.tables) : '–',
        ...sizes.map((size) => cell(region.bytes[size])),
        cell(region.foldableBytes),
        source.showsTables ? formatCount(region.foldableTables) : '–',
      ]),
    notes,
  };
}

function findingsTable(findings: readonly MapFinding[], most: number): Table | null {
  if (findings.length === 0) return null;
  const listed = countFindings(findings).flatMap(({ kind }) =>
    findings.filter((finding) => finding.kind === kind).slice(0, most),
  );
  const left = findings.length - listed.length;
  return {
    title: 'Findings',
    columns: [
      { heading: 'VA', align: 'left' },
      { heading: 'size', align: 'right' },
      { heading: 'kind', align: 'left' },
      { heading: 'what', align: 'left' },
    ],
    rows: listed.map(({ va, end, kind, text }) => [formatAddress(va), formatSize(end - va), kind, text]),
    notes: left > 0 ? [`${formatCount(left)} more; --all lists them.`] : [],
  };
}
