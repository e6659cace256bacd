// Axes with units. A logarithmic axis has no zero: it starts below the least value, and zeros are labelled there.
import type { ChartConfiguration } from 'chart.js';
import { formatCount, formatNanoseconds, formatSignificant, formatUnit } from '../number.js';
import { FONT } from './chart.js';
import { GRID, INK } from './palette.js';

export type Axes = NonNullable<NonNullable<ChartConfiguration['options']>['scales']>;
export type Axis = NonNullable<Axes[string]>;

/** Where an axis stands: Chart.js options that differ from one axis to the next. */
interface Place {
  position?: 'bottom' | 'left';
  /** Axes of one stack stand side by side, each with its part of the room. */
  stack?: string;
  stackWeight?: number;
}

interface LogRange {
  min: number;
  max: number;
}

/** Names along an axis, all of them; those that head others in bold. */
export function categoryAxis({ stacked = false, heads = () => false }: CategoryOptions = {}): Axis {
  return {
    type: 'category',
    stacked,
    ticks: {
      color: INK,
      font: ({ index }) => (heads(index) ? { ...FONT.text, weight: 'bold' as const } : FONT.text),
      autoSkip: false,
    },
    grid: { display: false },
    border: { color: INK },
  };
}

interface CategoryOptions {
  /** Bars of one stack take one place. */
  stacked?: boolean;
  heads?: (index: number) => boolean;
}

/** Counts with a tick at each power of ten. Starts below 1, so that 1 is a bar and 0 is none. */
export function countAxis(title: string, largest: number, place: Place = {}): Axis {
  const [bottom, top] = [0.5, Math.max(10, largest)];
  const panel = place.stack !== undefined;
  const decades = Math.floor(Math.log10(top)) + 1;
  // A panel is too narrow for the label of each power.
  const ticks = powers(panel && decades > 4 ? 100 : 10, { min: bottom, max: top });
  // Beyond the largest bar there is room for its label, which takes more of a panel.
  const room = (top / bottom) ** (panel ? 0.3 : 0.13);
  return logAxis(title, { min: bottom, max: top * room }, ticks, formatCount, place);
}

/** Values of any size with a tick at each power of ten, or at every second one of a narrow panel. */
export function rateAxis(title: string, range: LogRange, place: Place = {}): Axis {
  const narrow = place.stack !== undefined && range.max / range.min > 1e5;
  return logAxis(title, range, powers(narrow ? 100 : 10, range), formatSignificant, place);
}

/** Percent on a logarithmic axis. */
export function logPercentAxis(title: string, range: LogRange): Axis {
  return logAxis(title, range, powers(10, range), (value) => `${formatSignificant(value)} %`);
}

/** Entries of a buffer with a tick at each power of two. */
export function entriesAxis(title: string, range: LogRange): Axis {
  return logAxis(title, range, powers(2, range), formatCount);
}

/** Bytes with a tick at each `step`-th power of two. */
export function byteAxis(title: string, range: LogRange, step: number): Axis {
  return logAxis(title, range, powers(2 ** step, range), formatUnit);
}

/** Machines of these bytes of memory, the largest of them with a tick whatever its size. */
export function memoryAxis(sizes: readonly number[]): Axis {
  const range = { min: Math.min(...sizes), max: Math.max(...sizes) };
  const ticks = powers(4, range);
  if (ticks.at(-1) !== range.max) ticks.push(range.max);
  return logAxis('memory of the machine, bytes (logarithmic)', range, ticks, formatUnit);
}

/** Nanoseconds with a tick at each power of ten, or at every second one of a narrow panel. */
export function timeAxis(title: string, range: LogRange, place: Place = {}): Axis {
  return logAxis(title, range, powers(place.stack === undefined ? 10 : 100, range), formatNanoseconds, place);
}

/** Percent from zero; `room` is how far beyond 100 % labels reach. */
export function percentAxis(title: string, room: number): Axis {
  return {
    type: 'linear',
    stacked: true,
    min: 0,
    max: 100 + room,
    title: { display: true, text: title, color: INK, font: FONT.text },
    afterBuildTicks: (axis) => {
      axis.ticks = [0, 25, 50, 75, 100].map((value) => ({ value }));
    },
    ticks: { color: INK, font: FONT.text, callback: (value) => `${formatSignificant(Number(value))} %` },
    grid: { color: GRID },
    border: { color: INK },
  };
}

const ROOM = 0.04;

/** Bytes on a linear axis, which may go below zero, with a tick at each multiple of a power of two. */
export function sizeAxis(
  title: string,
  { min, max }: { min: number; max: number },
  format: (bytes: number) => string,
): Axis {
  const most = 6;
  const step = 2 ** Math.max(0, Math.ceil(Math.log2((max - min || 1) / most)));
  const first = Math.floor(min / step);
  const last = Math.max(first + 1, Math.ceil(max / step));
  return {
    type: 'linear',
    // What ends on the last tick does not run into the frame.
    min: Math.min(first * step, min * (1 + ROOM)),
    max: Math.max(last * step, max * (1 + ROOM)),
    title: { display: true, text: title, color: INK, font: FONT.text },
    afterBuildTicks: (axis) => {
      axis.ticks = Array.from({ length: last - first + 1 }, (_, at) => ({ value: (first + at) * step }));
    },
    ticks: { color: INK, font: FONT.text, callback: (value) => format(Number(value)) },
    grid: { color: GRID },
    border: { color: INK },
  };
}

function logAxis(
  title: string,
  { min, max }: LogRange,
  ticks: readonly number[],
  format: (value: number) => string,
  place: Place = {},
): Axis {
  return {
    type: 'logarithmic',
    ...place,
    min,
    max,
    title: { display: true, text: title, color: INK, font: FONT.text },
    afterBuildTicks: (axis) => {
      axis.ticks = ticks.map((value) => ({ value }));
    },
    ticks: {
      color: INK,
      font: FONT.text,
      autoSkip: false,
      maxRotation: 0,
      callback: (value) => format(Number(value)),
    },
    grid: { color: GRID },
    border: { color: INK },
  };
}

/** Powers of a base within a range. */
function powers(base: number, { min, max }: LogRange): number[] {
  const ticks: number[] = [];
  // A logarithm of an exact power may fall a hair short of a whole number.
  const first = Math.ceil(Math.log(min) / Math.log(base) - 1e-9);
  for (let tick = base ** first; tick <= max; tick *= base) ticks.push(tick);
  return ticks;
}
