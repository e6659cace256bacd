// Real traces under each strategy: TLBIs and stores, a picture each.
import { type Counters, totalTlbi } from '../../core/counters.js';
import type { Run } from '../../record/run.js';
import { byStrategy, strategyLabel } from '../labels.js';
import { formatCount, formatRatio } from '../number.js';
import { categoryAxis, countAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { strategyColours } from './palette.js';
import { type Scenario, scenarios } from './scenarios.js';

interface Measure {
  file: string;
  name: string;
  axis: string;
  count: (counters: Counters) => number;
}

export function tlbiOnTraces(run: Run): Chart | null {
  return measureOnTraces(run, {
    file: 'traces-tlbi.png',
    name: 'TLBIs',
    axis: 'TLBI instructions (logarithmic)',
    count: totalTlbi,
  });
}

export function storesOnTraces(run: Run): Chart | null {
  return measureOnTraces(run, {
    file: 'traces-stores.png',
    name: 'stores',
    axis: 'descriptors stored (logarithmic)',
    count: ({ descriptorWrites }) => descriptorWrites,
  });
}

function measureOnTraces(run: Run, { file, name, axis, count }: Measure): Chart | null {
  const { shown, conditions } = scenarios(run, ({ counters }) => [count(counters)]);
  if (shown.length === 0) return null;
  const strategies = [...new Set(shown.flatMap(({ records }) => [...records.keys()]))].sort(byStrategy);
  const colours = strategyColours(strategies);
  const values = strategies.map((strategy) =>
    shown.map(({ records }) => {
      const record = records.get(strategy);
      return record === undefined ? null : count(record.counters);
    }),
  );
  return chart({
    file,
    title: finding(name, shown, count),
    conditions,
    height: 250 + shown.length * (strategies.length * 21 + 14),
    type: 'bar',
    labels: shown.map(({ label }) => label),
    datasets: strategies.map((strategy, at) => ({
      label: strategyLabel(strategy),
      data: values[at] ?? [],
      backgroundColor: colours.get(strategy) ?? '',
      categoryPercentage: 0.86,
      barPercentage: 0.94,
    })),
    options: { indexAxis: 'y' },
    scales: { x: countAxis(axis, Math.max(...values.flat().map(Number))), y: categoryAxis() },
    plugins: [
      barLabels(
        values.map((ofStrategy) => ofStrategy.map((value) => (value === null ? null : formatCount(value)))),
      ),
    ],
  });
}

/** Page basis against huge size, where that makes the greatest difference. */
function finding(name: string, shown: readonly Scenario[], count: Measure['count']): string {
  let best = { ratio: 1, text: `On these traces huge size takes no fewer ${name} than page basis` };
  for (const { label, records } of shown) {
    const [base, huge] = [records.get('page-basis'), records.get('huge-size')];
    if (base === undefined || huge === undefined) continue;
    const [pageBasis, hugeSize] = [count(base.counters), count(huge.counters)];
    if (hugeSize === 0 || pageBasis / hugeSize <= best.ratio) continue;
    best = {
      ratio: pageBasis / hugeSize,
      text:
        `For ${label.join(' on ')}, page basis takes ${formatCount(pageBasis)} ${name}, ` +
        `huge size ${formatCount(hugeSize)} (${formatRatio(pageBasis, hugeSize)})`,
    };
  }
  return best.text;
}
