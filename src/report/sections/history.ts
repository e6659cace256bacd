// The history for a terminal: one table a segment, then where levels and counters changed.
import type { ExactChange, HistorySegment, RunPlace, SeriesHistory } from '../../record/history.js';
import {
  formatCount,
  formatNanoseconds,
  formatPercentChange,
  formatRatio,
  formatSignificant,
} from '../number.js';
import { sparkline } from '../sparkline.js';
import type { Cell, Table } from '../table.js';

const MILLION = 1e6;
/** Of the median: less than this is not coloured, as fresh processes of equal code differ by as much. */
const NOISE = 0.2;

/** Latest and middle value of each series of a segment. */
export function segmentTable(segment: HistorySegment, unicode: boolean): Table {
  const { cpu, fingerprint, node, runs, quick, from, to } = segment;
  const period = from.slice(0, 10) === to.slice(0, 10) ? day(from) : `${day(from)} to ${day(to)}`;
  return {
    title: `${cpu}, Node ${node} (${fingerprint}): ${formatCount(runs)} ${quick ? 'quick ' : ''}${runs === 1 ? 'run' : 'runs'}, ${period}`,
    columns: [
      { heading: 'runs', align: 'right' },
      { heading: 'latest', align: 'right' },
      { heading: 'median', align: 'right' },
      { heading: 'change', align: 'right' },
      { heading: 'change points', align: 'right' },
      { heading: 'trend', align: 'left' },
    ],
    rows: segment.series.flatMap((series) => [
      { group: series.name },
      [
        formatCount(series.values.length),
        formatMeasured(series.latest, series.unit),
        formatMeasured(series.median, series.unit),
        changeCell(series),
        formatCount(series.changePoints.length),
        sparkline(series.values, { unicode }),
      ],
    ]),
    notes: ['Change: latest by median. One run alone says little; change points say where a level moved.'],
  };
}

/** Change points of a segment, series by series; null where it has none. */
export function changePointTable({ series }: HistorySegment): Table | null {
  const changed = series.filter(({ changePoints }) => changePoints.length > 0);
  if (changed.length === 0) return null;
  return {
    title: 'Change points',
    columns: [
      { heading: 'first run', align: 'left' },
      { heading: 'commit', align: 'left' },
      { heading: 'before', align: 'right' },
      { heading: 'after', align: 'right' },
      { heading: 'change', align: 'right' },
      { heading: 'p', align: 'right' },
    ],
    rows: changed.flatMap(({ name, unit, changePoints }) => [
      { group: name },
      ...changePoints.map((point): Cell[] => [
        ...placeCells(point),
        formatMeasured(point.before, unit),
        formatMeasured(point.after, unit),
        {
          text: `${formatPercentChange(100 * point.change)}, ${point.direction}`,
          tone: point.direction === 'better' ? 'good' : 'bad',
        },
        point.pValue < 1e-6 ? '< 0.000001' : String(Number(point.pValue.toPrecision(1))),
      ]),
    ]),
    notes: [
      'E-divisive means with a t-test: windows of 50 runs, p < 0.001. Means of the stretches on both sides.',
    ],
  };
}

/** Where exact counters changed, latest first; null where they never did. */
export function exactChangeTable(changes: readonly ExactChange[]): Table | null {
  if (changes.length === 0) return null;
  return {
    title: 'Exact counters changed',
    columns: [
      { heading: 'run', align: 'left' },
      { heading: 'commit', align: 'left' },
      { heading: 'run before', align: 'left' },
      { heading: 'commit before', align: 'left' },
      { heading: 'kinds of cases', align: 'left' },
    ],
    rows: changes
      .toReversed()
      .map(({ since, kinds, ...run }) => [...placeCells(run), ...placeCells(since), kinds.join(', ')]),
    notes: ['Runs of equal options. linmap compare tells which counters, where both records are at hand.'],
  };
}

/** A value of a timed series with its unit: `18.4 ns`, `61.5 M accesses/s`, `1.02×`. */
export function formatMeasured(value: number, unit: string): string {
  if (unit === 'ns/op') return formatNanoseconds(value);
  if (unit === 'ratio') return formatRatio(value, 1);
  if (unit.endsWith('/s')) return `${formatSignificant(value / MILLION)} M ${unit}`;
  return `${formatSignificant(value)} ${unit}`;
}

/** `0123456`, with a `+` where the tree had changes; `–` outside a checkout. */
export function commitLabel(commit: RunPlace['commit']): string {
  return commit === null ? '–' : commit.hash.slice(0, 7) + (commit.dirty ? '+' : '');
}

function placeCells({ time, commit }: RunPlace): string[] {
  return [day(time), commitLabel(commit)];
}

function day(time: string): string {
  return time.slice(0, 10);
}

function changeCell({ change, better }: SeriesHistory): Cell {
  const text = formatPercentChange(100 * change);
  if (Math.abs(change) < NOISE) return text;
  return { text, tone: change < 0 === (better === 'lower') ? 'good' : 'bad' };
}
