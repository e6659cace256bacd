// What a chart shows as a table: for those who do not see it, and those who want the numbers.
import type { ChartDataset } from 'chart.js';
import { formatCount, formatSignificant } from '../number.js';
import type { Row, Table } from '../table.js';
import type { Chart } from './chart.js';

const NOTHING = '–';

/** A row for each place along the axis of the chart, a column for each dataset. */
export function chartTable(chart: Chart): Table {
  const { title, conditions, config } = chart;
  const { datasets, labels } = config.data;
  const byLabel = labels !== undefined && labels.length > 0;
  return {
    title,
    columns: [
      { heading: byLabel ? '' : axisTitle(chart, 'x'), align: 'left' },
      ...datasets.map((dataset) => ({ heading: heading(chart, dataset), align: 'right' as const })),
    ],
    rows: byLabel ? labelRows(chart, labels) : pointRows(chart),
    notes: [conditions],
  };
}

/** A label that nothing belongs to heads those after it. */
function labelRows(chart: Chart, labels: readonly unknown[]): Row[] {
  const { datasets } = chart.config.data;
  return labels.map((label, index): Row => {
    const cells = datasets.map((dataset, at) => {
      if (chart.cells !== null) return chart.cells[at]?.[index] ?? null;
      const value = dataset.data[index];
      return typeof value === 'number' ? valueText(chart, dataset, value) : null;
    });
    const text = [label].flat().join(', ');
    if (cells.every((cell) => cell === null)) return { group: text };
    return [text, ...cells.map((cell) => cell ?? NOTHING)];
  });
}

function pointRows(chart: Chart): Row[] {
  const { datasets } = chart.config.data;
  const places = [...new Set(datasets.flatMap((dataset) => pointsOf(dataset).map(({ x }) => x)))];
  return places
    .sort((a, b) => a - b)
    .map((place) => [
      tickText(chart, 'x', place),
      ...datasets.map((dataset) => {
        const point = pointsOf(dataset).find(({ x }) => x === place);
        if (point === undefined) return NOTHING;
        // A logarithmic axis has no place for zero, which is drawn in another way.
        return Number.isNaN(point.y) ? '0' : valueText(chart, dataset, point.y);
      }),
    ]);
}

function pointsOf({ data }: ChartDataset): { x: number; y: number }[] {
  return data as { x: number; y: number }[];
}

/** Datasets of different panels may have the same label: the panel's axis tells them apart. */
function heading(chart: Chart, dataset: ChartDataset): string {
  const name = dataset.label ?? '';
  const namesakes = chart.config.data.datasets.filter(({ label }) => label === name);
  const unit = axisTitle(chart, valueAxis(chart, dataset));
  if (namesakes.length > 1) return `${name}: ${unit}`;
  return name === '' ? unit : name;
}

function valueText(chart: Chart, dataset: ChartDataset, value: number): string {
  return tickText(chart, valueAxis(chart, dataset), value);
}

function valueAxis(chart: Chart, dataset: ChartDataset): string {
  const lying = chart.config.options?.indexAxis === 'y';
  const { xAxisID, yAxisID } = dataset as { xAxisID?: string; yAxisID?: string };
  return lying ? (xAxisID ?? 'x') : (yAxisID ?? 'y');
}

function axisTitle(chart: Chart, axis: string): string {
  const scale = chart.config.options?.scales?.[axis] as { title?: { text?: string } } | undefined;
  return (scale?.title?.text ?? '').replace(/ \(logarithmic\)$/, '');
}

/** As the axis itself would write it: what Chart.js hands to a tick's callback, none of ours looks at. */
function tickText(chart: Chart, axis: string, value: number): string {
  const scale = chart.config.options?.scales?.[axis] as
    | { ticks?: { callback?: (value: number) => string } }
    | undefined;
  const format = scale?.ticks?.callback;
  if (format !== undefined) return format(value);
  return Number.isInteger(value) ? formatCount(value) : formatSignificant(value);
}
