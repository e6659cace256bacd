// Estimated TLB misses and walk cycles, configuration by configuration, on one core.
import type { Run, TlbConfigurationRecord, TlbRecord } from '../../record/run.js';
import { coreLabel } from '../labels.js';
import { formatSignificant } from '../number.js';
import { categoryAxis, rateAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { onMainCore } from './main-machine.js';
import { mapColours } from './palette.js';

/** Bars closer than this cannot be told apart on a logarithmic axis. */
const SAME_BAR = 1.1;

interface Panel {
  id: string;
  title: string;
  rate: (configuration: TlbConfigurationRecord) => number | null;
}

const PANELS: readonly Panel[] = [
  {
    id: 'xMisses',
    title: 'kernel TLB misses per 1000 instructions',
    rate: ({ mpki }) => mpki?.kernel ?? null,
  },
  {
    id: 'xWalks',
    title: 'walk cycles per 1000 instructions',
    rate: ({ walkCyclesPer1000Instructions }) => walkCyclesPer1000Instructions,
  },
];

export function tlbMisses(run: Run): Chart | null {
  const records = onMainCore(run).filter(({ stream }) => stream.instructions !== null);
  const [first] = records;
  if (first === undefined) return null;
  const { maps, notDrawn } = distinctMaps(records);
  const bars = PANELS.flatMap((panel) => maps.map((map) => ({ panel, map })));
  const values = bars.map(({ panel, map }) => records.map((record) => rateOf(record, map, panel)));
  const colours = mapColours(maps);
  return chart({
    file: 'tlb-misses.png',
    kind: 'estimated',
    title: finding(records),
    conditions: `Estimated by simulation for ${coreLabel(first.core)}; logarithmic axes.${run.options.quick ? ' Quick run: only the beginning of each stream.' : ''}${notDrawn}`,
    height: 260 + records.length * (maps.length * 21 + 16),
    type: 'bar',
    labels: records.map(streamLabel),
    datasets: bars.map(({ panel, map }, at) => ({
      label: map,
      data: values[at] ?? [],
      xAxisID: panel.id,
      // Panels share the place of a bar, maps do not.
      stack: map,
      backgroundColor: colours.get(map) ?? '',
      categoryPercentage: 0.86,
      barPercentage: 0.94,
    })),
    inLegend: (at) => at < maps.length,
    options: { indexAxis: 'y' },
    scales: {
      ...Object.fromEntries(
        PANELS.map(({ id, title }, at) => [
          id,
          rateAxis(title, rangeOf(values.slice(at * maps.length, (at + 1) * maps.length)), {
            position: 'bottom',
            stack: 'panels',
            stackWeight: 1,
          }),
        ]),
      ),
      y: categoryAxis({ stacked: true }),
    },
    plugins: [
      barLabels(
        values.map((ofBar) => ofBar.map((value) => (value === null ? null : formatSignificant(value)))),
      ),
    ],
  });
}

/** Maps that can be told apart; the others run along one of them on every stream. */
function distinctMaps(records: readonly TlbRecord[]): { maps: string[]; notDrawn: string } {
  const ids = [...new Set(records.flatMap(({ configurations }) => configurations.map(({ id }) => id)))];
  const maps: string[] = [];
  const alike: string[] = [];
  for (const id of ids) {
    const twin = maps.find((map) => records.every((record) => looksAlike(record, id, map)));
    if (twin === undefined) maps.push(id);
    else alike.push(`${id} (as ${twin})`);
  }
  return { maps, notDrawn: alike.length === 0 ? '' : ` Not drawn, within a tenth: ${alike.join(', ')}.` };
}

function looksAlike(record: TlbRecord, one: string, other: string): boolean {
  return PANELS.every((panel) => {
    const [a, b] = [rateOf(record, one, panel), rateOf(record, other, panel)];
    if (a === null || b === null) return a === b || a === null;
    return Math.max(a, b) <= SAME_BAR * Math.min(a, b);
  });
}

function rateOf({ configurations }: TlbRecord, map: string, { rate }: Panel): number | null {
  const configuration = configurations.find(({ id }) => id === map);
  return configuration === undefined ? null : rate(configuration);
}

/** From below the least bar to beyond the largest, where its label stands. */
function rangeOf(values: readonly (readonly (number | null)[])[]): { min: number; max: number } {
  const positive = values.flat().filter((value) => value !== null && value > 0) as number[];
  const [least, most] = [Math.min(1, ...positive), Math.max(1, ...positive)];
  return { min: least / 3, max: most * (most / least) ** 0.3 };
}

function streamLabel({ stream, machine }: TlbRecord): string[] {
  return [stream.name, stream.captured ? 'captured trace' : machine];
}

/** Of the captured trace of which something was published, if it is there. */
function finding(records: readonly TlbRecord[]): string {
  const memcached = records.find(({ stream }) => stream.captured && stream.name === 'memcached');
  const [misses] = PANELS;
  const record = memcached ?? records[0];
  if (record === undefined || misses === undefined) throw new Error('a chart has records and panels');
  const [pages, blocks] = [rateOf(record, 'pages', misses), rateOf(record, 'blocks', misses)];
  if (pages === null || blocks === null) return 'TLB misses by how the linear map is laid out';
  return (
    `On the ${record.stream.name} ${record.stream.captured ? 'trace' : 'stream'}, pages have an estimated ` +
    `${formatSignificant(pages)} kernel TLB misses per 1000 instructions, blocks ${formatSignificant(blocks)}`
  );
}
