// What a trace did to the sizes of leaves over its course: the memory that each won or lost, and the memory of tables.
import type { ChartDataset } from 'chart.js';
import type { Timeline, TimelinePoint } from '../../capture/timeline.js';
import { formatSize } from '../../io/size.js';
import { levelSize } from '../../map/linear-map.js';
import { LEAF_SIZES, leafName } from '../leaf-size.js';
import { formatCount, formatSignificant, formatSizeChange, formatUnit } from '../number.js';
import { type Axis, sizeAxis } from './axes.js';
import { type Chart, chart, FONT, LINE_WIDTH } from './chart.js';
import { markerLines } from './marker-lines.js';
import { GRID, INK, LEAF_COLOURS, PAPER, STATE_COLOURS, TABLE_COLOUR } from './palette.js';
import { leafAreas } from './timeline-areas.js';

const STATES = [
  { state: 'readOnlyBytes', name: 'read-only' },
  { state: 'invalidBytes', name: 'invalid' },
] as const;

export interface TimelineSubject {
  /** `4k-bbml2/load-small` */
  name: string;
  granule: number;
  /** Commands whose tasks split blocks, the one that split most first. */
  splitters: readonly string[];
  /** Blocks that became tables. */
  blockSplits: number;
  /** How strong the claim is, in words. */
  claim: string;
}

/** Of a trace that changed no leaf's size: the memory that became read-only or invalid in place of leaf sizes. */
export function timelineChart(timeline: Timeline, subject: TimelineSubject): Chart {
  const { points, markers, unit } = timeline;
  const end = Math.max(1e-6, ...points.map(({ at }) => at), ...markers.map(({ at }) => at));
  const areas = leafAreas(points);
  const shown = areas.length > 0 ? areaDatasets(points, subject, end) : stateDatasets(points, end);
  const bytes = shown.flatMap(({ data }) => (data as { y: number }[]).map(({ y }) => y));
  const tables = points.map(({ tableBytes }) => tableBytes);
  return chart({
    file: 'timeline.png',
    title: finding(timeline, subject),
    conditions: conditions(timeline, subject),
    height: 660,
    type: 'line',
    datasets: [...shown, ...tableDatasets(points, end)],
    inLegend: (at) => (at === shown.length + 1 ? false : (areas[at]?.isFirstOfSize ?? true)),
    scales: {
      x: timeAxis(unit, end),
      y: sizeAxis(
        areas.length > 0 ? 'bytes won or lost by each leaf size' : 'bytes that became so, or ceased to be',
        { min: Math.min(0, ...bytes), max: Math.max(0, ...bytes) },
        formatSizeChange,
      ),
      tables: {
        ...sizeAxis('bytes of page tables', { min: 0, max: Math.max(...tables) }, formatSize),
        position: 'right',
        grid: { drawOnChartArea: false },
      } as Axis,
    },
    plugins: [markerLines(markers)],
  });
}

function areaDatasets(
  points: readonly TimelinePoint[],
  { granule }: TimelineSubject,
  end: number,
): ChartDataset[] {
  return leafAreas(points).map(({ size, edge, isInnermost }) => ({
    type: 'line',
    label: leafName(granule, size),
    data: steps(points, edge, end),
    borderColor: LEAF_COLOURS[size],
    backgroundColor: LEAF_COLOURS[size],
    borderWidth: 1,
    pointRadius: 0,
    fill: isInnermost ? 'origin' : '-1',
  }));
}

function stateDatasets(points: readonly TimelinePoint[], end: number): ChartDataset[] {
  return STATES.map(({ state, name }) => ({ state, name, change: changeOf(points, state) }))
    .filter(({ change }) => change.some((bytes) => bytes !== 0))
    .map(({ state, name, change }) => ({
      type: 'line',
      label: name,
      data: steps(points, change, end),
      borderColor: STATE_COLOURS[state],
      backgroundColor: STATE_COLOURS[state],
      borderWidth: LINE_WIDTH,
      pointRadius: 0,
    }));
}

function changeOf(points: readonly TimelinePoint[], state: (typeof STATES)[number]['state']): number[] {
  return points.map((point) => point[state] - (points[0]?.[state] ?? 0));
}

/** The line, and a pale edge around it that keeps it apart from areas as dark as it is. */
function tableDatasets(points: readonly TimelinePoint[], end: number): ChartDataset[] {
  const data = steps(
    points,
    points.map(({ tableBytes }) => tableBytes),
    end,
  );
  const line = { type: 'line', yAxisID: 'tables', pointRadius: 0 } as const;
  return [
    {
      ...line,
      data,
      label: 'page tables (right)',
      borderColor: TABLE_COLOUR,
      backgroundColor: TABLE_COLOUR,
      borderWidth: LINE_WIDTH,
      // Lower orders lie above higher ones.
      order: -2,
    },
    { ...line, data: [...data], borderColor: PAPER, borderWidth: LINE_WIDTH + 5, order: -1 },
  ];
}

/** What was true at a point stays so until the next. */
function steps(points: readonly TimelinePoint[], values: readonly number[], end: number) {
  const line: { x: number; y: number }[] = [];
  points.forEach(({ at }, index) => {
    const before = line.at(-1);
    const y = values[index] ?? 0;
    if (before !== undefined && before.y !== y) line.push({ x: at, y: before.y });
    line.push({ x: at, y });
  });
  const last = line.at(-1);
  if (last !== undefined && last.x < end) line.push({ x: end, y: last.y });
  return line;
}

function timeAxis(unit: Timeline['unit'], end: number): Axis {
  const text =
    unit === 'seconds' ? 'time since the first call, seconds' : 'calls in order: the trace has no times';
  return {
    type: 'linear',
    min: 0,
    max: end,
    title: { display: true, text, color: INK, font: FONT.text },
    ticks: {
      color: INK,
      font: FONT.text,
      maxRotation: 0,
      includeBounds: false,
      callback: (value) => formatSignificant(Number(value)),
    },
    grid: { color: GRID },
    border: { color: INK },
  };
}

function finding({ points }: Timeline, { granule, splitters, blockSplits }: TimelineSubject): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 'Nothing was replayed';
  const calls = `${formatCount(last.calls)} ${last.calls === 1 ? 'call' : 'calls'}`;
  const lost = LEAF_SIZES.map((size) => ({ size, bytes: first.leafBytes[size] - last.leafBytes[size] }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)[0];
  const tables = last.tableBytes - first.tableBytes;
  const added = tables === 0 ? 'no new tables' : `${formatSize(tables)} of tables`;
  if (lost === undefined) return `No leaf changed its size in ${calls}; ${statesInWords(points) ?? added}`;
  const below = belowBlocks(last) - belowBlocks(first);
  if (blockSplits > 0 && below > 0) {
    const block = formatUnit(levelSize(granule, 2));
    return (
      `${named(splitters)} split ${formatCount(blockSplits)} ${blockSplits === 1 ? 'block' : 'blocks'}: ` +
      `${formatSize(below)} from ${block} blocks to smaller leaves, ${added}`
    );
  }
  return `${calls} moved ${formatSize(lost.bytes)} from ${leafName(granule, lost.size)} to smaller leaves, ${added}`;
}

/** The most that a state won at any moment; null where none did. */
function statesInWords(points: readonly TimelinePoint[]): string | null {
  const won = STATES.map(({ state, name }) => ({ name, bytes: Math.max(0, ...changeOf(points, state)) }))
    .filter(({ bytes }) => bytes > 0)
    .map(({ name, bytes }) => `${formatSize(bytes)} more were ${name}`);
  return won.length === 0 ? null : `at most ${won.join(', ')}`;
}

function belowBlocks({ leafBytes }: TimelinePoint): number {
  return leafBytes.pte + leafBytes.pteCont;
}

/** `insm`, `insm and rmmod`, `insm and 3 others`. */
function named(commands: readonly string[]): string {
  const [first = 'The trace', second] = commands;
  if (second === undefined) return first;
  return commands.length === 2 ? `${first} and ${second}` : `${first} and ${commands.length - 1} others`;
}

function conditions({ points }: Timeline, { name, granule, claim }: TimelineSubject): string {
  const [first] = points;
  const before = LEAF_SIZES.filter((size) => (first?.leafBytes[size] ?? 0) > 0).map(
    (size) => `${leafName(granule, size)} ${formatSize(first?.leafBytes[size] ?? 0)}`,
  );
  return `${name}, replayed; ${claim}. Before: ${before.join(', ')}. Drawn at ${formatCount(points.length)} moments, each exact.`;
}
