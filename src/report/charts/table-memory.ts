// Memory of the linear map's page tables against the size of the machine.
import type { ChartDataset, Plugin } from 'chart.js';
import { formatSize } from '../../io/size.js';
import type { Run, TableMemoryRecord } from '../../record/run.js';
import { groupBy } from '../group.js';
import { byConfiguration, geometryLabel } from '../labels.js';
import { formatRatio } from '../number.js';
import { tableMemoryPair } from '../sections/conclusion.js';
import { byteAxis, memoryAxis } from './axes.js';
import { type Chart, chart, drawnAs, FONT, type LegendLine } from './chart.js';
import { GRANULE_COLOURS, INK } from './palette.js';

/** Closer than this, two lines cannot be told apart on a logarithmic axis. */
const SAME_LINE = 1.25;
const DASHES: Readonly<Record<string, number[]>> = {
  pages: [],
  blocks: [12, 7],
  on: [3, 6],
  off: [14, 5, 3, 5],
};
const POINTS: Readonly<Record<number, 'circle' | 'triangle' | 'rect'>> = {
  4096: 'circle',
  16384: 'triangle',
  65536: 'rect',
};

interface Line {
  geometry: string;
  granule: number;
  /** The first one is drawn; the others run along it. */
  configurations: string[];
  records: TableMemoryRecord[];
}

export function tableMemoryChart(run: Run): Chart | null {
  const lines = linesOf(run);
  if (lines.length === 0) return null;
  const sizes = run.tableMemory.map(({ memoryBytes }) => memoryBytes);
  const bytes = run.tableMemory.map(({ tableBytes }) => tableBytes).filter((value) => value > 0);
  if (bytes.length === 0) return null;
  // Where there are zeros, they stand below the least of the others.
  const hasZero = bytes.length < sizes.length;
  return chart({
    file: 'table-memory.png',
    title: finding(run),
    conditions: `Page tables of the linear map right after boot, root table not counted.${drawnAsOne(lines)}`,
    height: 760,
    type: 'line',
    datasets: lines.map(dataset),
    lines: lines.map(legendLine),
    scales: {
      x: memoryAxis(sizes),
      y: byteAxis(
        'page-table memory, bytes (logarithmic)',
        { min: Math.min(...bytes) / (hasZero ? 8 : 2), max: Math.max(...bytes) * 2 },
        4,
      ),
    },
    plugins: [zeroMarks(lines)],
  });
}

/** One line for each geometry and configuration, those that coincide joined. */
function linesOf(run: Run): Line[] {
  const lines: Line[] = [];
  const sorted = run.tableMemory.toSorted(
    (a, b) =>
      byConfiguration(a.configuration, b.configuration) ||
      a.granule - b.granule ||
      a.vaBits - b.vaBits ||
      a.memoryBytes - b.memoryBytes,
  );
  for (const [id, records] of groupBy(
    sorted,
    (record) => `${geometryLabel(record)} ${record.configuration}`,
  )) {
    const [geometry = '', configuration = ''] = id.split(' ');
    const same = lines.find((line) => line.geometry === geometry && coincide(line.records, records));
    if (same) same.configurations.push(configuration);
    else
      lines.push({ geometry, granule: records[0]?.granule ?? 0, configurations: [configuration], records });
  }
  return lines;
}

function coincide(one: readonly TableMemoryRecord[], other: readonly TableMemoryRecord[]): boolean {
  return other.every(({ memoryBytes, tableBytes }) => {
    const twin = one.find((record) => record.memoryBytes === memoryBytes)?.tableBytes;
    if (twin === undefined) return false;
    return twin === tableBytes || Math.max(twin, tableBytes) < SAME_LINE * Math.min(twin, tableBytes);
  });
}

/** Says which configurations have no line of their own. */
function drawnAsOne(lines: readonly Line[]): string {
  const joined = lines.flatMap(({ configurations: [first = '', ...rest] }) =>
    rest.length === 0 ? [] : [` Not drawn: ${rest.join(', ')}, which lie within ${SAME_LINE}× of ${first}.`],
  );
  return [...new Set(joined)].join('');
}

function legendLine({ geometry, granule, configurations }: Line): LegendLine {
  return {
    text: `${geometry} ${configurations[0] ?? ''}`,
    colour: GRANULE_COLOURS[granule] ?? INK,
    dash: DASHES[configurations[0] ?? ''] ?? [2, 4],
  };
}

function dataset(line: Line): ChartDataset {
  return {
    ...drawnAs(legendLine(line)),
    // A logarithmic axis has no place for zero: zeroMarks() draws those.
    data: line.records.map(({ memoryBytes, tableBytes }) => ({
      x: memoryBytes,
      y: tableBytes === 0 ? Number.NaN : tableBytes,
    })),
    pointRadius: 5,
    pointStyle: POINTS[line.granule] ?? 'star',
  };
}

/** Writes `0` in a line's colour at the foot of the picture where its value is none. */
function zeroMarks(lines: readonly Line[]): Plugin {
  return {
    id: 'zeroMarks',
    afterDatasetsDraw(drawn) {
      const { ctx } = drawn;
      const { x, y } = drawn.scales;
      if (x === undefined || y === undefined) return;
      ctx.save();
      ctx.font = `bold ${FONT.small.size}px "${FONT.small.family}"`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'bottom';
      for (const { granule, records } of lines) {
        ctx.fillStyle = GRANULE_COLOURS[granule] ?? INK;
        for (const { memoryBytes, tableBytes } of records) {
          if (tableBytes === 0) ctx.fillText('0', x.getPixelForValue(memoryBytes), y.bottom - 3);
        }
      }
      ctx.restore();
    },
  };
}

function finding(run: Run): string {
  const pair = tableMemoryPair(run);
  if (pair === null) return 'Page tables grow with the machine, in pages and in blocks';
  const blocks =
    pair.blocks === 0 ? 'none' : `${formatSize(pair.blocks)} (${formatRatio(pair.pages, pair.blocks)})`;
  return `256 GiB in 4K pages take ${formatSize(pair.pages)} of page tables, in blocks ${blocks}`;
}
