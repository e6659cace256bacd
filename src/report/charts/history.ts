// Series of one segment over its runs, each by its own median, so that series of any unit stand on one axis.
import type { ChartDataset } from 'chart.js';
import type { HistorySegment, RunPlace, SeriesChange, SeriesHistory } from '../../record/history.js';
import { formatCount, formatSignificant } from '../number.js';
import { commitLabel } from '../sections/history.js';
import { categoryAxis } from './axes.js';
import { type Chart, chart, FONT, LINE_WIDTH } from './chart.js';
import { GRID, INK, SERIES_COLOURS } from './palette.js';

const MOST_SERIES = 6;

/** null where no series has two runs. */
export function historyChart(segment: HistorySegment): Chart | null {
  const drawn = segment.series
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => largestChange(b) - largestChange(a))
    .slice(0, MOST_SERIES);
  if (drawn.length === 0) return null;
  const runs = runsOf(drawn);
  const left = segment.series.length - drawn.length;
  return chart({
    file: 'history.png',
    kind: 'measured',
    title: finding(segment, runs),
    conditions:
      `Medians of each run by the median of all runs; large dots are change points (E-divisive means, p < 0.001). ` +
      `${segment.cpu}, Node ${segment.node}.${left > 0 ? ` ${left} series that changed less are not drawn.` : ''}`,
    // The legend has a line for each.
    height: 470 + 36 * drawn.length,
    type: 'line',
    labels: runs.map(({ time, commit }) => [commitLabel(commit), time.slice(5, 10)]),
    datasets: drawn.map((series, at) => line(series, runs, SERIES_COLOURS[at] ?? INK)),
    scales: {
      x: { ...categoryAxis(), ticks: { color: INK, font: FONT.small, autoSkip: true, maxRotation: 0 } },
      y: {
        type: 'linear',
        title: { display: true, text: '% of the median of all runs', color: INK, font: FONT.text },
        ticks: { color: INK, font: FONT.text, callback: (value) => `${value} %` },
        grid: { color: GRID },
        border: { color: INK },
      },
    },
  });
}

function line(series: SeriesHistory, runs: readonly RunPlace[], colour: string): ChartDataset {
  const byTime = new Map(series.runs.map(({ time }, at) => [time, at]));
  const changed = new Set(series.changePoints.map(({ time }) => time));
  return {
    type: 'line',
    label: series.name,
    data: runs.map(({ time }) => {
      const at = byTime.get(time);
      return at === undefined ? Number.NaN : (100 * (series.values[at] ?? Number.NaN)) / series.median;
    }),
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: LINE_WIDTH,
    spanGaps: true,
    pointRadius: runs.map(({ time }) => (changed.has(time) ? 9 : 2)),
  };
}

/** The runs of all series, in order of time. */
function runsOf(series: readonly SeriesHistory[]): RunPlace[] {
  const byTime = new Map(series.flatMap(({ runs }) => runs.map((run) => [run.time, run] as const)));
  return [...byTime.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

function largestChange({ changePoints, change }: SeriesHistory): number {
  // Any change point comes before what a single run says.
  const sizes = changePoints.map((point) => 1e3 + Math.abs(Math.log1p(point.change)));
  return Math.max(Math.abs(Math.log1p(change)), ...sizes);
}

function finding({ series }: HistorySegment, runs: readonly RunPlace[]): string {
  const changes = series.flatMap((one) => one.changePoints.map((point) => ({ one, point })));
  const largest = changes.sort((a, b) => sizeOf(b.point) - sizeOf(a.point))[0];
  if (largest === undefined) {
    return `No series changed its level in ${formatCount(runs.length)} runs (${formatCount(series.length)} series)`;
  }
  const { one, point } = largest;
  const still = series.filter(({ changePoints }) => changePoints.length === 0).length;
  return `${one.name}: ${changeInWords(one, point)} since ${commitLabel(point.commit)}; ${formatCount(still)} of ${formatCount(series.length)} series stayed level`;
}

function changeInWords({ unit }: SeriesHistory, { change }: SeriesChange): string {
  const amount = `${formatSignificant(Math.abs(Number((100 * change).toPrecision(2))))} %`;
  const direction = change < 0 ? 'less' : 'more';
  return unit.endsWith('/s') ? `${amount} ${direction} a second` : `${amount} ${direction} time`;
}

function sizeOf({ change }: SeriesChange): number {
  return Math.abs(Math.log1p(change));
}
