// Time and memory of the simulator against the size of the machine, each on logarithmic axes with its exponents.
import type { ChartDataset } from 'chart.js';
import { formatSize } from '../../io/size.js';
import type { Run } from '../../record/run.js';
import { FITTED_POINTS, type ScalingCurve, type ScalingPoint } from '../../record/scaling.js';
import { formatExponent, formatNanoseconds } from '../number.js';
import { type Axes, byteAxis, memoryAxis, timeAxis } from './axes.js';
import { type Chart, type ChartKind, chart, drawnAs, type LegendLine } from './chart.js';
import { INK, SERIES_COLOURS } from './palette.js';

/** What is drawn upwards. */
interface Quantity {
  file: string;
  kind: ChartKind;
  of: 'time' | 'memory';
  value(point: ScalingPoint): number;
  axis(range: { min: number; max: number }): NonNullable<Axes[string]>;
  finding(curves: readonly ScalingCurve[]): string;
}

const DASHES: Readonly<Record<string, number[]>> = {
  'build-pages-stored': [12, 7],
  'build-pages': [3, 6],
  'build-blocks': [14, 5, 3, 5],
  // Stores as much as changes on blocks do, whose line is to be seen below.
  'change-pages': [10, 10],
};

export function scalingTime(run: Run): Chart | null {
  return scalingChart(run, {
    file: 'scaling-time.png',
    kind: 'measured',
    of: 'time',
    value: ({ nanoseconds }) => nanoseconds.median,
    axis: (range) => timeAxis('time (logarithmic)', range),
    finding: (curves) =>
      finding(curves, 'Building', ({ nanoseconds }) => `takes ${formatNanoseconds(nanoseconds.median)}`),
  });
}

export function scalingMemory(run: Run): Chart | null {
  return scalingChart(run, {
    file: 'scaling-memory.png',
    kind: 'exact',
    of: 'memory',
    value: ({ storedBytes }) => storedBytes,
    axis: (range) => byteAxis('stored tables, bytes (logarithmic)', range, 4),
    finding: (curves) => finding(curves, 'Mapping', ({ storedBytes }) => `stores ${formatSize(storedBytes)}`),
  });
}

function scalingChart({ scaling, environment }: Run, quantity: Quantity): Chart | null {
  const curves = scaling?.curves ?? [];
  if (curves.length === 0) return null;
  const points = curves.flatMap((curve) => curve.points);
  const sizes = points.map(({ memoryBytes }) => memoryBytes);
  const values = points.map(quantity.value);
  return chart({
    file: quantity.file,
    kind: quantity.kind,
    title: quantity.finding(curves),
    conditions:
      `Granule 4K. In the legend: exponent of the size with its standard error, over the last ${FITTED_POINTS} sizes.` +
      (quantity.of === 'time' ? ` Median times; ${environment.cpu}, Node ${environment.node}.` : ''),
    height: 820,
    type: 'line',
    datasets: curves.map((curve, at) => dataset(curve, at, quantity)),
    lines: curves.map((curve, at) => legendLine(curve, at, quantity)),
    scales: {
      x: memoryAxis(sizes),
      y: quantity.axis({ min: Math.min(...values) / 2, max: Math.max(...values) * 2 }),
    },
  });
}

function dataset(curve: ScalingCurve, at: number, quantity: Quantity): ChartDataset {
  return {
    ...drawnAs(legendLine(curve, at, quantity)),
    data: curve.points.map((point) => ({ x: point.memoryBytes, y: quantity.value(point) })),
    pointRadius: 5,
  };
}

function legendLine(curve: ScalingCurve, at: number, { of }: Quantity): LegendLine {
  return {
    text: `${curve.title}: ${formatExponent(curve[of])}`,
    colour: SERIES_COLOURS[at] ?? INK,
    dash: DASHES[curve.id] ?? [],
  };
}

/** The largest machines that were built, with and without tables stored. */
function finding(
  curves: readonly ScalingCurve[],
  doing: string,
  says: (point: ScalingPoint) => string,
): string {
  const parts = (
    [
      ['build-pages', 'in pages, tables uniform,'],
      ['build-pages-stored', 'in pages, tables stored,'],
    ] as const
  ).flatMap(([id, how]) => {
    const largest = curves.find((curve) => curve.id === id)?.points.at(-1);
    return largest === undefined
      ? []
      : [`${doing} ${formatSize(largest.memoryBytes)} ${how} ${says(largest)}`];
  });
  if (parts.length === 0) return 'How the simulator grows with the machine';
  const [first = '', ...rest] = parts;
  return [first, ...rest.map((part) => part.charAt(0).toLowerCase() + part.slice(1))].join('; ');
}
