// Miss ratio over the entries of an ideal TLB, with the second levels of real cores marked.
import type { ChartDataset, Plugin } from 'chart.js';
import { secondLevelData } from '../../estimate/reach.js';
import { type CoreModel, flatten } from '../../machine/cores/core-model.js';
import { CORES } from '../../machine/cores/presets/catalogue.js';
import type { Run, TlbConfigurationRecord, TlbRecord } from '../../record/run.js';
import { groupBy } from '../group.js';
import { coreLabel } from '../labels.js';
import { formatCount, formatSignificant } from '../number.js';
import { entriesAxis, logPercentAxis } from './axes.js';
import { type Chart, chart, drawnAs, FONT, type LegendLine } from './chart.js';
import { onMainCore } from './main-machine.js';
import { INK, mapColours, QUIET_INK } from './palette.js';

/** Per cent: the label of 100 %, and points there, keep clear of the legend. */
const TOP = 150;
const MAPS = ['pages', 'blocks', 'blocks-after'];
/** One stream of a real kernel, and one that outgrows every TLB. */
const STREAMS = ['memcached', 'zipf'];
const DASHES: Readonly<Record<string, number[]>> = { memcached: [], zipf: [10, 7] };
/** Lines of one stream, in order: curves of maps run close to each other. */
const LINE_DASHES: readonly number[][] = [
  [],
  [],
  [10, 7],
  [3, 6],
  [14, 5, 3, 5],
  [10, 10],
  [6, 4],
  [2, 4],
  [18, 6],
];

interface Line extends LegendLine {
  curve: TlbConfigurationRecord['curve'];
  captured: boolean;
}

/** Entries of second levels, and the cores that have as many. */
interface Capacity {
  entries: number;
  cores: string[];
}

/** The curves of a main job: its most telling streams on the main core. */
export function missCurves(run: Run): Chart | null {
  const records = onMainCore(run).filter(({ stream }) => STREAMS.includes(stream.name));
  const lines = records.flatMap(({ stream: { name, captured }, configurations }) =>
    configurations
      .filter(({ id }) => MAPS.includes(id))
      .map(
        ({ id, curve }): Line => ({
          text: `${name}${captured ? ' trace' : ''}, ${id}`,
          colour: mapColours(MAPS).get(id) ?? INK,
          dash: DASHES[name] ?? [2, 4],
          curve,
          captured,
        }),
      ),
  );
  const record = records.find(({ stream }) => !stream.captured) ?? records[0];
  if (record === undefined) return null;
  return curveChart(lines, capacitiesOf(run), record, [
    'Marked: entries of second levels of real cores.',
    ...(run.options.quick ? ['Quick run: only the beginning of each stream.'] : []),
  ]);
}

/**
 * The curves of one stream, for each map that it went over; maps whose curves are the same are drawn once.
 * @param core whose second level is marked
 * @returns null where no access misses
 */
export function streamMissCurves(record: TlbRecord, core: CoreModel): Chart | null {
  const { configurations, stream } = record;
  const colours = mapColours(configurations.map(({ id }) => id));
  const drawn = groupBy(configurations, ({ curve }) => JSON.stringify(curve));
  const lines = [...drawn.values()].map((same, at): Line => {
    const [{ id, curve }] = same as [TlbConfigurationRecord];
    const text = same.map((one) => one.id).join(', ');
    return {
      text,
      colour: colours.get(id) ?? INK,
      dash: LINE_DASHES[at] ?? [],
      curve,
      captured: stream.captured,
    };
  });
  const { entries } = secondLevelData(flatten(core));
  return curveChart(lines, [{ entries, cores: [coreLabel(record.core)] }], record, [
    `${formatCount(stream.accesses)} accesses of ${stream.name}${record.machine === '' ? '' : ` on ${record.machine}`}.`,
    'Marked: entries of its second level.',
  ]);
}

function curveChart(
  lines: readonly Line[],
  capacities: readonly Capacity[],
  record: TlbRecord,
  conditions: readonly string[],
): Chart | null {
  const points = lines.flatMap(({ curve }) => curve);
  const ratios = points.map(({ missRatio }) => missRatio).filter((ratio) => ratio > 0);
  if (ratios.length === 0) return null;
  const entries = points.map((point) => point.entries);
  return chart({
    file: 'miss-curves.png',
    kind: 'estimated',
    title: finding(record, capacities),
    conditions: [
      'Data accesses that miss a fully associative LRU TLB, exact.',
      `Entries hold what those of ${coreLabel(record.core)} hold. First touches miss in any TLB.`,
      ...conditions,
    ].join(' '),
    height: 780,
    type: 'line',
    datasets: lines.map(dataset),
    lines,
    scales: {
      x: entriesAxis('entries (logarithmic)', { min: Math.min(...entries), max: Math.max(...entries) }),
      y: logPercentAxis('accesses that miss, % (logarithmic)', { min: 50 * Math.min(...ratios), max: TOP }),
    },
    plugins: [capacityMarks(capacities)],
  });
}

function dataset(line: Line): ChartDataset {
  return {
    ...drawnAs(line),
    // A logarithmic axis has no place for zero.
    data: line.curve.map(({ entries, missRatio }) => ({
      x: entries,
      y: missRatio === 0 ? Number.NaN : 100 * missRatio,
    })),
    pointRadius: 4,
    pointStyle: line.captured ? 'circle' : 'triangle',
  };
}

/** Second levels of the cores of the run, those of one size together. */
function capacitiesOf({ tlb }: Run): Capacity[] {
  const cores = CORES.filter(({ id }) => tlb.some(({ core }) => core === id)).map((core) => ({
    name: coreLabel(core.id),
    entries: secondLevelData(flatten(core)).entries,
  }));
  return [...groupBy(cores, ({ entries }) => entries)].map(([entries, same]) => ({
    entries,
    cores: same.map(({ name }) => name),
  }));
}

/** An upright line at each capacity, named along it. */
function capacityMarks(capacities: readonly Capacity[]): Plugin {
  return {
    id: 'capacityMarks',
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea } = drawn;
      const { x } = drawn.scales;
      if (x === undefined) return;
      ctx.save();
      ctx.font = `${FONT.small.size}px "${FONT.small.family}"`;
      ctx.textAlign = 'right';
      ctx.textBaseline = 'bottom';
      ctx.lineWidth = 2;
      // Below the lines of streams that miss most of the time.
      const top = chartArea.top + chartArea.height / 6;
      for (const { entries, cores } of capacities) {
        const at = x.getPixelForValue(entries);
        ctx.strokeStyle = QUIET_INK;
        ctx.beginPath();
        ctx.moveTo(at, chartArea.top);
        ctx.lineTo(at, chartArea.bottom);
        ctx.stroke();
        ctx.save();
        ctx.translate(at - 3, top);
        ctx.rotate(-Math.PI / 2);
        ctx.fillStyle = INK;
        ctx.fillText(`${cores.join(', ')}: ${formatCount(entries)}`, 0, 0);
        ctx.restore();
      }
      ctx.restore();
    },
  };
}

/** At the capacity of the core whose entries are counted. */
function finding(record: TlbRecord, capacities: readonly Capacity[]): string {
  const title = 'How many accesses miss a TLB, by its entries and by how the linear map is laid out';
  const entries = capacities.find(({ cores }) => cores.includes(coreLabel(record.core)))?.entries;
  const percentOf = (id: string) => {
    const ratio = record.configurations
      .find((one) => one.id === id)
      ?.curve.find((point) => point.entries === entries)?.missRatio;
    return ratio === undefined ? null : `${formatSignificant(100 * ratio)} %`;
  };
  const [pages, blocks] = [percentOf('pages'), percentOf('blocks')];
  if (entries === undefined || pages === null || blocks === null) return title;
  return (
    `With ${formatCount(entries)} entries, ${pages} of ${record.stream.name} accesses to pages miss, ` +
    `and ${blocks} of those to blocks`
  );
}
