// What every picture shares: a finding as its title, conditions under it, sizes that stay legible at half size.
import type { ChartConfiguration, ChartDataset, ChartType, LegendItem, Plugin } from 'chart.js';
import { wrap } from '../table.js';
import { INK, QUIET_INK } from './palette.js';

/** A picture as data. The configuration is the renderer's to change: ask for a new one each time. */
export interface Chart {
  /** Stable from run to run: names the chart in the page, `traces-tlbi`. */
  id: string;
  /** The id as a file: `traces-tlbi.png`. */
  file: string;
  /** One sentence: what the data shows. */
  title: string;
  /** What the title is true of, and what is not drawn. */
  conditions: string;
  /** What the drawing rests on: everything is counted, or something is timed or estimated. */
  kind: ChartKind;
  /** In CSS pixels; the file has twice as many each way. */
  size: { width: number; height: number };
  config: ChartConfiguration;
  /** What the values are in words, where that is more than the values: by dataset, then by index. */
  cells: Cells | null;
}

export type ChartKind = 'exact' | 'estimated' | 'measured';
type Cells = readonly (readonly (string | null)[])[];

const WIDTH = 1200;
export const LINE_WIDTH = 3.5;
export const FONT_FAMILY = 'linmap DejaVu Sans';
export const FONT = {
  title: { family: FONT_FAMILY, size: 25, weight: 'bold' },
  text: { family: FONT_FAMILY, size: 18 },
  small: { family: FONT_FAMILY, size: 16 },
} as const;

/** Characters of a title, and of the line under it, that fit the width. */
const TITLE_CHARACTERS = 74;
const CONDITIONS_CHARACTERS = 132;
const TITLE_PADDING = { top: 4, bottom: 6 };
const CONDITIONS_PADDING = { top: 0, bottom: 14 };
/** Of Chart.js, in font sizes. */
const LINE_HEIGHT = 1.2;

export interface LegendLine {
  text: string;
  colour: string;
  /** Lengths of dashes and gaps; none for a whole line. */
  dash: number[];
}

/** What a dataset has in common with its line in the legend. */
export function drawnAs({ text, colour, dash }: LegendLine) {
  return {
    type: 'line',
    label: text,
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: LINE_WIDTH,
    borderDash: dash,
    // Points on the edges are whole.
    clip: 20,
  } as const;
}

/** What a chart says and shows; the rest is the same for all. */
interface Picture {
  file: string;
  /** Default `exact`. */
  kind?: ChartKind;
  cells?: Cells;
  title: string;
  /** What the title is true of, and what is not drawn. */
  conditions: string;
  height: number;
  type: ChartType;
  labels?: (string | string[])[];
  datasets: ChartDataset[];
  scales: NonNullable<NonNullable<ChartConfiguration['options']>['scales']>;
  options?: ChartConfiguration['options'];
  plugins?: Plugin[];
  /** Entries of the legend; default all datasets. */
  inLegend?: (datasetIndex: number) => boolean;
  /** What the legend shows in place of boxes: a line for each dataset. */
  lines?: readonly LegendLine[];
}

export function chart(picture: Picture): Chart {
  const { file, title, conditions, labels, datasets, inLegend = () => true } = picture;
  return {
    id: file.replace(/\.png$/, ''),
    file,
    title,
    conditions,
    kind: picture.kind ?? 'exact',
    cells: picture.cells ?? null,
    size: { width: WIDTH, height: picture.height },
    config: {
      type: picture.type,
      data: { ...(labels === undefined ? {} : { labels }), datasets },
      plugins: picture.plugins ?? [],
      options: {
        ...picture.options,
        animation: false,
        responsive: false,
        devicePixelRatio: 2,
        font: FONT.text,
        color: INK,
        layout: { padding: { top: 12, right: 28, bottom: 12, left: 16 } },
        scales: picture.scales,
        plugins: {
          title: {
            display: true,
            text: balanced(title, TITLE_CHARACTERS),
            align: 'start',
            color: INK,
            font: FONT.title,
            padding: TITLE_PADDING,
          },
          subtitle: {
            display: true,
            text: balanced(picture.conditions, CONDITIONS_CHARACTERS),
            align: 'start',
            color: QUIET_INK,
            font: FONT.small,
            padding: CONDITIONS_PADDING,
          },
          legend: {
            display: datasets.length > 1,
            position: 'top',
            align: 'start',
            labels: {
              color: INK,
              font: FONT.text,
              boxWidth: 22,
              boxHeight: 14,
              padding: 18,
              ...(picture.lines ? legendOfLines(picture.lines) : {}),
              filter: (item) => inLegend(item.datasetIndex ?? 0),
            },
          },
        },
      },
    },
  };
}

/** The chart without its title and conditions, and as much less high: for a page that says both beside it. */
export function withoutWords(chart: Chart): Chart {
  const { options } = chart.config;
  const head =
    headHeight(options?.plugins?.title?.text, FONT.title.size, TITLE_PADDING) +
    headHeight(options?.plugins?.subtitle?.text, FONT.small.size, CONDITIONS_PADDING);
  return {
    ...chart,
    size: { width: chart.size.width, height: Math.round(chart.size.height - head) },
    config: {
      ...chart.config,
      options: {
        ...options,
        plugins: { ...options?.plugins, title: { display: false }, subtitle: { display: false } },
      },
    },
  };
}

function headHeight(lines: unknown, size: number, { top, bottom }: { top: number; bottom: number }): number {
  return (Array.isArray(lines) ? lines.length : 1) * size * LINE_HEIGHT + top + bottom;
}

/** A legend of lines as they are drawn; Chart.js itself forgets that they are dashed. */
function legendOfLines(lines: readonly LegendLine[]) {
  return {
    usePointStyle: true,
    pointStyleWidth: 40,
    padding: 14,
    generateLabels: (): LegendItem[] =>
      lines.map(({ text, colour, dash }, datasetIndex) => ({
        text,
        datasetIndex,
        pointStyle: 'line',
        strokeStyle: colour,
        lineWidth: LINE_WIDTH,
        lineDash: dash,
        fontColor: INK,
      })),
  };
}

/** As few lines as fit, all about as long. */
function balanced(text: string, most: number): string[] {
  // An amount and its unit stay on one line.
  const bound = text.replace(/(\d) (?=(?:[KMGTP]iB|[nµm]?s)\b)/g, '$1\u00a0');
  const lines = wrap(bound, most).length;
  let width = most;
  while (width > 1 && wrap(bound, width - 1).length === lines) width--;
  return wrap(bound, width);
}
