// Two records side by side, for a terminal and for a comment on a pull request.
import type {
  ComparedSide,
  CounterComparison,
  RankedDifference,
  RunComparison,
  TimeComparison,
} from '../../record/compare.js';
import { groupBy } from '../group.js';
import { formatCount, formatPercentChange, formatRatio, formatSignificant } from '../number.js';
import type { Cell, Row, Table } from '../table.js';
import { commitLabel, formatMeasured } from './history.js';

/** The comparison in reading order; `limit` rows of each table. */
export function comparedSections(comparison: RunComparison, limit: number): (Table | string)[] {
  return [
    headline(comparison),
    sidesTable(comparison),
    ...counterSections(comparison.counters, limit),
    ...timeSections(comparison.times, limit),
  ];
}

/** One sentence: what a reader in a hurry has to know. */
export function headline({ counters, times }: RunComparison): string {
  return `${countersInWords(counters)} ${timesInWords(times)}`;
}

function countersInWords(counters: CounterComparison): string {
  if (counters.by === 'nothing') return `Counters are not comparable: ${counters.reason}.`;
  if (counters.by === 'counter') {
    const { cases, changed } = counters;
    if (cases === 0) return 'The records have no exact case in common.';
    return changed === 0
      ? `All ${formatCount(cases)} exact cases are equal.`
      : `${formatCount(changed)} of ${formatCount(cases)} exact cases changed.`;
  }
  const changed = counters.kinds.filter(({ equal }) => !equal).map(({ kind }) => kind);
  if (counters.kinds.length === 0) return 'The records have no kind of exact cases in common.';
  return changed.length === 0
    ? 'All exact cases are equal, by their digests.'
    : `Exact cases changed, by their digests: ${changed.join(', ')}.`;
}

function timesInWords(times: TimeComparison): string {
  if (!times.comparable) return `Times are not comparable: ${times.reason}.`;
  const first = times.series[0];
  if (first === undefined) return 'The records have no timed series in common.';
  if (first.ratio === 1) return `All ${formatCount(times.series.length)} timed series are equal.`;
  return `Of ${formatCount(times.series.length)} timed series, ${first.name} differs most: ${formatRatio(first.ratio, 1)}.`;
}

function sidesTable({ a, b }: RunComparison): Table {
  return {
    title: 'What is compared',
    columns: [
      { heading: '', align: 'left' },
      { heading: 'record', align: 'left' },
      { heading: 'run', align: 'left' },
      { heading: 'commit', align: 'left' },
      { heading: 'machine', align: 'left' },
    ],
    rows: [sideRow('A', a), sideRow('B', b)],
  };
}

function sideRow(side: string, { name, time, commit, machine, options }: ComparedSide): Row {
  const kind = [options?.quick ? 'quick' : '', options?.filter ? 'filtered' : ''].filter(
    (word) => word !== '',
  );
  return [
    side,
    name,
    [time === null ? '–' : time.slice(0, 16).replace('T', ' '), ...kind].join(', '),
    commitLabel(commit),
    machine === null ? '–' : `${machine.cpu}, Node ${machine.node} (${machine.fingerprint})`,
  ];
}

function counterSections(counters: CounterComparison, limit: number): (Table | string)[] {
  if (counters.by !== 'counter') return [];
  const { differences, onlyInA, onlyInB } = counters;
  const sections: (Table | string)[] = [];
  if (differences.length > 0) sections.push(byCounterTable(differences), byCaseTable(differences, limit));
  sections.push(...onlyIn('A', onlyInA, 'case'), ...onlyIn('B', onlyInB, 'case'));
  return sections;
}

/** Counters by the weight of all their changes. */
function byCounterTable(differences: readonly RankedDifference[]): Table {
  const groups = [...groupBy(differences, ({ counter }) => counter)].sort(
    ([, x], [, y]) => sum(y, ({ importance }) => importance) - sum(x, ({ importance }) => importance),
  );
  return {
    title: 'Counters that changed',
    columns: [
      { heading: 'counter', align: 'left' },
      { heading: 'cases', align: 'right' },
      { heading: 'A', align: 'right' },
      { heading: 'B', align: 'right' },
      { heading: 'change', align: 'right' },
    ],
    rows: groups.map(([counter, changes]) => {
      const [old, now] = [sum(changes, ({ old }) => old), sum(changes, ({ new: now }) => now)];
      const cells = typeof changes[0]?.old === 'string' ? ['–', '–', 'differs'] : numberCells(old, now);
      return [counter, formatCount(changes.length), ...cells];
    }),
    notes: ['A and B: sums over the cases in which the counter changed.'],
  };
}

/** Cases by their most important change. */
function byCaseTable(differences: readonly RankedDifference[], limit: number): Table {
  const shown = differences.slice(0, limit);
  const left = differences.length - shown.length;
  return {
    title: 'Changes, the most important first',
    columns: [
      { heading: 'counter', align: 'left' },
      { heading: 'A', align: 'right' },
      { heading: 'B', align: 'right' },
      { heading: 'change', align: 'right' },
    ],
    rows: [...groupBy(shown, ({ name }) => name)].flatMap(([name, changes]): Row[] => [
      { group: name },
      ...changes.map(({ counter, old, new: now }) => [counter, ...valueCells(old, now)]),
    ]),
    ...(left > 0 ? { notes: [`${formatCount(left)} more: --limit or --json shows them.`] } : {}),
  };
}

function timeSections(times: TimeComparison, limit: number): (Table | string)[] {
  if (!times.comparable || times.series.length === 0) return [];
  const shown = times.series.slice(0, limit);
  const left = times.series.length - shown.length;
  return [
    {
      title: 'Times, the greatest difference first',
      columns: [
        { heading: 'A', align: 'right' },
        { heading: 'B', align: 'right' },
        { heading: 'B/A', align: 'right' },
        { heading: 'intervals', align: 'left' },
      ],
      rows: shown.flatMap(({ name, unit, a, b, ratio, apart }): Row[] => [
        { group: name },
        [
          formatMeasured(a.median, unit),
          formatMeasured(b.median, unit),
          formatSignificant(ratio),
          intervals(apart),
        ],
      ]),
      notes: [
        'Intervals: 95 %, of the median. Two processes of equal code may differ by a fifth: this is no verdict, the time gate of linmap bench --check is.',
        ...(left > 0 ? [`${formatCount(left)} more: --limit or --json shows them.`] : []),
      ],
    },
    ...onlyIn('A', times.onlyInA, 'timed series'),
    ...onlyIn('B', times.onlyInB, 'timed series'),
  ];
}

function intervals(apart: boolean | null): string {
  if (apart === null) return 'not known';
  return apart ? 'apart' : 'overlap';
}

function onlyIn(side: string, names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const [first] = names;
  const rest = names.length === 1 ? '' : ` and ${formatCount(names.length - 1)} more`;
  return [`Only in ${side}: ${what} ${first}${rest}.`];
}

function valueCells(old: number | string | null, now: number | string | null): Cell[] {
  if (typeof old === 'number' && typeof now === 'number') return numberCells(old, now);
  return [short(old), short(now), 'differs'];
}

function numberCells(old: number, now: number): Cell[] {
  const change =
    old === 0
      ? 'from none'
      : now === 0
        ? 'to none'
        : formatPercentChange((100 * (now - old)) / Math.abs(old));
  return [formatCount(old), formatCount(now), change];
}

function short(digest: number | string | null): string {
  return String(digest ?? '–').slice(0, 12);
}

function sum<T>(items: readonly T[], of: (item: T) => unknown): number {
  return items.reduce((total, item) => total + Number(of(item) ?? 0), 0);
}
