// The question that the project grew out of: what once per page costs, and once per huge unit.
import { type Counters, totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import type { ComparisonRecord, Run } from '../../record/run.js';
import { geometryLabel, resultLabel, strategyLabel, workloadLabel } from '../labels.js';
import { formatCount, formatRatio } from '../number.js';
import { hugeAreaPair } from '../sections/conclusion.js';
import { categoryAxis, countAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { onBlocks } from './main-machine.js';
import { strategyColours } from './palette.js';

const STRATEGIES = ['page-basis', 'huge-size'];

/** One panel: what is counted, and on which axis. */
interface Panel {
  id: string;
  title: string;
  count: (counters: Counters) => number;
}

const PANELS: readonly Panel[] = [
  { id: 'xStores', title: 'descriptors stored', count: ({ descriptorWrites }) => descriptorWrites },
  { id: 'xTlbi', title: 'TLBI instructions', count: totalTlbi },
];

export function pageBasisVsHugeSize(run: Run): Chart | null {
  const records = onBlocks(run).filter(({ strategy }) => STRATEGIES.includes(strategy));
  const [machine] = records;
  if (machine === undefined) return null;
  const workloads = [...new Set(records.map(({ workload }) => workload))];
  const colours = strategyColours(STRATEGIES);
  const find = (workload: string, strategy: string) =>
    records.find((record) => record.workload === workload && record.strategy === strategy);
  const bars = PANELS.flatMap((panel) => STRATEGIES.map((strategy) => ({ panel, strategy })));
  const values = bars.map(({ panel, strategy }) =>
    workloads.map((workload) => countOf(find(workload, strategy), panel)),
  );
  const largest = Math.max(...values.flat().map(Number));
  return chart({
    file: 'page-basis-vs-huge-size.png',
    title: finding(run),
    conditions: `${geometryLabel(machine)}, ${formatSize(machine.memoryBytes)}, rodata=full with BBML2; logarithmic axes, starting below 1.`,
    height: 270 + workloads.length * 56,
    type: 'bar',
    labels: workloads.map(workloadLabel),
    datasets: bars.map(({ panel, strategy }, at) => ({
      label: strategyLabel(strategy),
      data: values[at] ?? [],
      xAxisID: panel.id,
      // Panels share the place of a bar, strategies do not.
      stack: strategy,
      backgroundColor: colours.get(strategy) ?? '',
      categoryPercentage: 0.82,
      barPercentage: 0.94,
    })),
    inLegend: (at) => at < STRATEGIES.length,
    options: { indexAxis: 'y' },
    scales: {
      ...Object.fromEntries(
        PANELS.map(({ id, title }) => [
          id,
          countAxis(title, largest, { position: 'bottom', stack: 'panels', stackWeight: 1 }),
        ]),
      ),
      y: categoryAxis({ stacked: true }),
    },
    plugins: [
      barLabels(
        bars.map(({ panel, strategy }) =>
          workloads.map((workload) => {
            const record = find(workload, strategy);
            if (record === undefined) return null;
            const count = formatCount(panel.count(record.counters));
            return record.result === 0 ? count : `${count}, ${resultLabel(record.result)}`;
          }),
        ),
      ),
    ],
  });
}

function countOf(record: ComparisonRecord | undefined, { count }: Panel): number | null {
  return record === undefined ? null : count(record.counters);
}

/** Of the area that the conclusion is about. */
function finding(run: Run): string {
  const pair = hugeAreaPair(run);
  if (pair === null) return 'Page basis against huge size, by workload';
  const { pageBasis, hugeSize } = pair;
  const stores = formatRatio(pageBasis.descriptorWrites, hugeSize.descriptorWrites);
  const tlbi = formatRatio(totalTlbi(pageBasis), totalTlbi(hugeSize));
  return `On a 2 MiB huge vmalloc area, page basis takes ${stores} the stores and ${tlbi} the TLBIs of huge size`;
}
