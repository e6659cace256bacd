// Time per operation of the simulator itself in WASM, in C and in plain TypeScript.
import type { NativePathRecord } from '../../record/native.js';
import type { Run } from '../../record/run.js';
import { formatNanosecondInterval, formatNanoseconds } from '../number.js';
import { wrap } from '../table.js';
import { categoryAxis, timeAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { intervalBars } from './interval-bars.js';
import { IMPLEMENTATION_COLOURS } from './palette.js';

const IMPLEMENTATIONS = { wasm: 'WASM', native: 'C', typescript: 'TypeScript' } as const;
type Implementation = keyof typeof IMPLEMENTATIONS;

const LABEL_CHARACTERS = 34;
const CASE_HEIGHT = 104;
const FRAME_HEIGHT = 230;

/** Cases in which C does the same as WASM. */
export function nativeChart(run: Run): Chart | null {
  const paths = run.native?.paths.filter(({ against }) => against === null) ?? [];
  if (paths.length === 0) return null;
  const { cpu, node } = run.environment;
  const names = Object.keys(IMPLEMENTATIONS) as Implementation[];
  const times = names.map((name) => paths.map(({ nsPerOperation }) => nsPerOperation[name] ?? undefined));
  const known = times.flat().filter((time) => time !== undefined);
  return chart({
    file: 'native.png',
    kind: 'measured',
    cells: times.map((ofName) => ofName.map((time) => (time === undefined ? null : intervalLabel(time)))),
    title: finding(paths),
    conditions: `Median CPU time per operation with its 95 % confidence interval; C by ${run.native?.compiler?.version}. ${cpu}, Node ${node}.`,
    height: FRAME_HEIGHT + paths.length * CASE_HEIGHT,
    type: 'bar',
    labels: paths.map(({ path, operation, title }) => [
      `${path} (per ${operation})`,
      ...wrap(title, LABEL_CHARACTERS),
    ]),
    datasets: names.map((name, at) => ({
      label: IMPLEMENTATIONS[name],
      data: times[at]?.map((time) => time?.median ?? Number.NaN) ?? [],
      backgroundColor: IMPLEMENTATION_COLOURS[name],
      categoryPercentage: 0.76,
      barPercentage: 0.94,
    })),
    scales: {
      y: categoryAxis(),
      x: timeAxis('time per operation (logarithmic)', {
        min: Math.min(...known.map(({ low }) => low)) / 3,
        max: Math.max(...known.map(({ high }) => high)) * 4,
      }),
    },
    options: { indexAxis: 'y' },
    plugins: [
      intervalBars(times),
      barLabels(
        times.map((ofName) =>
          ofName.map((time) => (time === undefined ? null : formatNanoseconds(time.median))),
        ),
        times.map((ofName) => ofName.map((time) => time?.high ?? 0)),
      ),
    ],
  });
}

function intervalLabel({ median, low, high }: { median: number; low: number; high: number }): string {
  return `${formatNanoseconds(median)} (${formatNanosecondInterval(low, high)})`;
}

function finding(paths: readonly NativePathRecord[]): string {
  const met = paths.filter((path) => path.met).length;
  return `Beside C, WASM reaches its target on ${met} of ${paths.length} paths`;
}
