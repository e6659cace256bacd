// Exact results: were they the same when computed again, and are they those of the baseline?
import { casesOf, DIGEST, type DifferenceGroup, groupDifferences } from '../../record/exact-differences.js';
import type { ExactDifference, ExactRecord, Run } from '../../record/run.js';
import type { Detail } from '../detail.js';
import { formatCount } from '../number.js';
import type { Cell, Row, Table } from '../table.js';

/** Enough to tell digests apart; the record has them whole. */
const DIGEST_CHARACTERS = 16;
/** Cases named for each counter, and counters named: all are in the record. */
const NAMED: Readonly<Record<Detail, { cases: number; counters: number }>> = {
  brief: { cases: 3, counters: 8 },
  full: { cases: 20, counters: 100 },
};

export function exactGateSection({ exact }: Run, detail: Detail): Table[] {
  if (exact === undefined || exact.cases === 0) return [];
  const { repeated, baseline } = exact;
  return [
    verdicts(exact),
    ...differenceTables('Not the same when computed again: a bug of linmap', repeated.differences, detail),
    ...(baseline
      ? differenceTables(`Changed against ${baseline.file}`, baseline.differences, detail, [
          'linmap accept --reason "…" makes these the baseline.',
        ])
      : []),
  ];
}

/** Differences by counter, the first cases of each; nothing where there are none. */
export function differenceTables(
  title: string,
  differences: readonly ExactDifference[],
  detail: Detail,
  notes: readonly string[] = [],
): Table[] {
  if (differences.length === 0) return [];
  const groups = groupDifferences(differences);
  const { cases, counters } = NAMED[detail];
  const left = groups.length - counters;
  return [
    {
      title,
      columns: [
        { heading: 'case', align: 'left' },
        { heading: 'old', align: 'right' },
        { heading: 'new', align: 'right' },
      ],
      rows: groups.slice(0, counters).flatMap((group) => groupRows(group, cases)),
      notes: left > 0 ? [`${formatCount(left)} more counters differ.`, ...notes] : notes,
    },
  ];
}

function groupRows({ counter, differences }: DifferenceGroup, named: number): Row[] {
  const cases = differences.length === 1 ? '1 case' : `${formatCount(differences.length)} cases`;
  const left = differences.length - named;
  return [
    { group: `${counter === DIGEST ? 'digest of the final map' : counter}: ${cases}` },
    ...differences.slice(0, named).map((one): Row => [one.name, valueCell(one.old), valueCell(one.new)]),
    ...(left > 0 ? [[`… and ${formatCount(left)} more`, '', '']] : []),
  ];
}

function verdicts({ repeated, baseline }: ExactRecord): Table {
  const row = (against: string, cases: number, differences: readonly ExactDifference[]): Row => [
    against,
    formatCount(cases),
    verdict(differences),
  ];
  return {
    title: 'Exact results',
    columns: [
      { heading: 'held against', align: 'left' },
      { heading: 'cases', align: 'right' },
      { heading: 'verdict', align: 'left' },
    ],
    rows: [
      row('the same, computed again in another order', repeated.cases, repeated.differences),
      ...(baseline ? [row(baseline.file, baseline.compared, baseline.differences)] : []),
    ],
  };
}

function verdict(differences: readonly ExactDifference[]): Cell {
  if (differences.length === 0) return { text: 'equal', tone: 'good' };
  const cases = casesOf(differences);
  return { text: cases === 1 ? '1 case DIFFERS' : `${formatCount(cases)} cases DIFFER`, tone: 'bad' };
}

function valueCell(value: ExactDifference['old']): string {
  if (value === null) return '';
  if (typeof value === 'number') return formatCount(value);
  return value.length <= DIGEST_CHARACTERS ? value : `${value.slice(0, DIGEST_CHARACTERS)}…`;
}
