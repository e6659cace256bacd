// Published against estimated: what linmap says of figures that were measured on real machines.
import type { PublishedCheck, Run } from '../../record/run.js';
import type { Detail } from '../detail.js';
import { groupBy } from '../group.js';
import { formatPercentChange, formatSignificant } from '../number.js';
import type { Cell, Row, Table } from '../table.js';

/** So many that agree share a row. */
const MANY = 3;

/** Briefly, checks that agree share a row; those that do not never do. */
export function publishedSection(run: Run, detail: Detail = 'brief'): Table[] {
  if (run.published.length === 0) return [];
  const families = groupBy(run.published, ({ note }) => note);
  return [
    {
      title: 'Published against estimated',
      columns: [
        { heading: 'figure', align: 'left' },
        { heading: 'published', align: 'right' },
        { heading: 'estimated', align: 'right' },
        { heading: 'deviation', align: 'right' },
        { heading: 'allowed', align: 'right' },
        { heading: 'verdict', align: 'left' },
        ...(detail === 'full' ? [{ heading: 'source', align: 'left' } as const] : []),
      ],
      rows: [...families].flatMap(([note, checks]) =>
        detail === 'full' ? fullRows(note, checks) : briefRows(note, checks),
      ),
    },
  ];
}

function fullRows(note: string, checks: readonly PublishedCheck[]): Row[] {
  return [{ group: note }, ...checks.map((check) => [check.what, ...figureCells(check), check.source])];
}

/** What the checks of a family have in common goes to its head, as a terminal has no room for it on each line. */
function briefRows(note: string, checks: readonly PublishedCheck[]): Row[] {
  const common = commonStart(checks.map(({ what }) => what));
  const agreeing = checks.filter(({ verdict }) => verdict === 'within');
  const joined = agreeing.length >= MANY;
  const rest = joined ? checks.filter((check) => !agreeing.includes(check)) : checks;
  return [
    { group: `${common}…: ${note}` },
    ...(joined ? [joinedRow(agreeing)] : []),
    ...rest.map((check) => [check.what.slice(common.length), ...figureCells(check)]),
  ];
}

/** What all begin with, up to the end of a word; of one alone, up to its last comma. */
function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  if (others.length === 0) return first.slice(0, first.lastIndexOf(', ') + 2);
  let length = first.length;
  while (length > 0 && !others.every((other) => other.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, first.slice(0, length).lastIndexOf(' ') + 1);
}

function figureCells(check: PublishedCheck): Cell[] {
  const { published, estimated, unit } = check;
  return [
    figure(published, unit),
    figure(estimated, unit),
    deviation(check),
    allowed(check.withinPercent),
    verdict(check),
  ];
}

/** Its deviation is from the least to the most. */
function joinedRow(checks: readonly PublishedCheck[]): Cell[] {
  const [first] = checks;
  if (first === undefined) throw new Error('a family has a member');
  const deviations = checks.map(({ deviationPercent }) => deviationPercent);
  const range = `${formatPercentChange(Math.min(...deviations))} … ${formatPercentChange(Math.max(...deviations))}`;
  return [`${checks.length} that agree`, '', '', range, allowed(first.withinPercent), verdict(first)];
}

function verdict({ verdict: text }: PublishedCheck): Cell {
  if (text === 'not comparable') return 'not judged';
  return text === 'within' ? { text, tone: 'good' } : { text: 'OUTSIDE', tone: 'bad' };
}

/** Percentages are not compared in percent. */
function deviation({ published, estimated, unit, deviationPercent }: PublishedCheck): string {
  if (unit !== '%') return formatPercentChange(deviationPercent);
  return `${formatPercentChange(estimated - published).slice(0, -2)} points`;
}

function allowed(withinPercent: number | null): string {
  return withinPercent === null ? '–' : `${formatSignificant(withinPercent)} %`;
}

function figure(value: number, unit: string): string {
  return unit === 'sign' ? formatSignificant(value) : `${formatSignificant(value)} ${unit}`;
}
