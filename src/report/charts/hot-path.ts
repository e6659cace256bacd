// Time per operation of the simulator itself, WASM beside plain TypeScript.
import type { HotPathRecord, Run } from '../../record/run.js';
import { formatNanosecondInterval, formatNanoseconds, formatSignificant } from '../number.js';
import { type HotPathPair, hotPathPairs } from '../sections/hot-path.js';
import { wrap } from '../table.js';
import { categoryAxis, timeAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { intervalBars } from './interval-bars.js';
import { IMPLEMENTATION_COLOURS } from './palette.js';

const LABEL_CHARACTERS = 30;
const PAIR_HEIGHT = 84;
const FRAME_HEIGHT = 230;

export function hotPathChart(run: Run): Chart | null {
  const pairs = hotPathPairs(run);
  if (pairs.length === 0) return null;
  const { cpu, node } = run.environment;
  const series = [pairs.map(({ wasm }) => wasm), pairs.map(({ typescript }) => typescript)];
  const times = series.map((records) => records.map(({ nsPerOperation }) => nsPerOperation));
  const lows = times.flat().map(({ low }) => low);
  const highs = times.flat().map(({ high }) => high);
  return chart({
    file: 'hot-path.png',
    kind: 'measured',
    cells: series.map((records) => records.map(intervalLabel)),
    title: finding(pairs),
    conditions: `Median time per operation with its 95 % confidence interval. ${cpu}, Node ${node}.`,
    height: FRAME_HEIGHT + pairs.length * PAIR_HEIGHT,
    type: 'bar',
    labels: pairs.map(({ wasm }) => [
      `${wasm.path} (per ${wasm.operation})`,
      ...wrap(wasm.title, LABEL_CHARACTERS),
    ]),
    datasets: (['wasm', 'typescript'] as const).map((implementation, at) => ({
      label: implementation === 'wasm' ? 'WASM' : 'TypeScript',
      data: times[at]?.map(({ median }) => median) ?? [],
      backgroundColor: IMPLEMENTATION_COLOURS[implementation],
      categoryPercentage: 0.72,
      barPercentage: 0.94,
    })),
    scales: {
      y: categoryAxis(),
      x: timeAxis('time per operation (logarithmic)', {
        min: Math.min(...lows) / 3,
        max: Math.max(...highs) * 4,
      }),
    },
    options: { indexAxis: 'y' },
    plugins: [
      intervalBars(times),
      barLabels(
        series.map((records) => records.map(medianLabel)),
        times.map((ofSeries) => ofSeries.map(({ high }) => high)),
      ),
    ],
  });
}

function medianLabel({ nsPerOperation }: HotPathRecord): string {
  return formatNanoseconds(nsPerOperation.median);
}

function intervalLabel(record: HotPathRecord): string {
  const { low, high } = record.nsPerOperation;
  return `${medianLabel(record)} (${formatNanosecondInterval(low, high)})`;
}

function finding(pairs: readonly HotPathPair[]): string {
  const ratios = pairs.map(({ ratio }) => ratio);
  const [least, most] = [formatSignificant(Math.min(...ratios)), formatSignificant(Math.max(...ratios))];
  const range = least === most ? least : `${least} to ${most}`;
  return `Per operation, plain TypeScript takes ${range} times as long as WASM`;
}
