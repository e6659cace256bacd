// Estimated time of permission changes, page basis beside huge size: intervals, on two kinds of machine.
import { PLATFORMS } from '../../estimate/cost/platforms.js';
import type { Run, TimeRecord } from '../../record/run.js';
import { groupBy } from '../group.js';
import { strategyLabel, workloadLabel } from '../labels.js';
import { formatEstimate } from '../number.js';
import { largestOfFamilies } from '../workload-family.js';
import { categoryAxis, timeAxis } from './axes.js';
import { barLabels } from './bar-labels.js';
import { type Chart, chart } from './chart.js';
import { intervalBars } from './interval-bars.js';
import { strategyColours } from './palette.js';

const GRANULE = 4096;
const CONFIGURATION = 'blocks';
const STRATEGIES = ['page-basis', 'huge-size'];
/** Those that costs were measured on; an interval for any machine at all is in the table. */
const PANELS = ['mesh-server', 'apple-m2'];
const FINDING = 'vmalloc-2m-huge';

export function changeTime(run: Run): Chart | null {
  const records = drawnTimes(run);
  const workloads = [...largestOfFamilies(records.map(({ workload }) => workload))];
  const bars = PANELS.flatMap((platform) => STRATEGIES.map((strategy) => ({ platform, strategy })));
  const found = bars.map(({ platform, strategy }) =>
    workloads.map((workload) =>
      records.find(
        (one) => one.workload === workload && one.strategy === strategy && one.platform === platform,
      ),
    ),
  );
  const drawn = found.flat().filter((record) => record !== undefined);
  if (drawn.length === 0) return null;
  const colours = strategyColours(STRATEGIES);
  const cells = found.map((ofBar) => ofBar.map((record) => (record ? formatEstimate(record) : null)));
  // Labels stand beyond the longest bar, which takes a good part of a panel.
  const range = {
    min: Math.min(...drawn.map(({ low }) => low)) / 3,
    max: Math.max(...drawn.map(({ high }) => high)) * 300,
  };
  return chart({
    file: 'change-time.png',
    kind: 'estimated',
    title: finding(records),
    conditions:
      'Estimated: bars to the typical time, lines from the least to the most that the costs of single operations allow. 4K granule, rodata=full with BBML2, one CPU alone. No time was measured.',
    height: 270 + workloads.length * 62,
    type: 'bar',
    labels: workloads.map(workloadLabel),
    datasets: bars.map(({ platform, strategy }, at) => ({
      label: strategyLabel(strategy),
      data: found[at]?.map((record) => record?.typical ?? null) ?? [],
      xAxisID: platform,
      stack: strategy,
      backgroundColor: colours.get(strategy) ?? '',
      categoryPercentage: 0.82,
      barPercentage: 0.94,
    })),
    inLegend: (at) => at < STRATEGIES.length,
    options: { indexAxis: 'y' },
    scales: {
      ...Object.fromEntries(
        PANELS.map((platform) => [
          platform,
          timeAxis(platformTitle(platform), range, { position: 'bottom', stack: 'panels', stackWeight: 1 }),
        ]),
      ),
      y: categoryAxis({ stacked: true }),
    },
    cells,
    plugins: [
      intervalBars(found),
      barLabels(
        cells,
        found.map((ofBar) => ofBar.map((record) => record?.high ?? 0)),
      ),
    ],
  });
}

/** The times that the chart is drawn from. */
export function drawnTimes({ times }: Run): TimeRecord[] {
  return times.filter(
    ({ granule, configuration, strategy, platform }) =>
      granule === GRANULE &&
      configuration === CONFIGURATION &&
      STRATEGIES.includes(strategy) &&
      PANELS.includes(platform),
  );
}

function platformTitle(platform: string): string {
  return `time, ${PLATFORMS.find(({ id }) => id === platform)?.title ?? platform}`;
}

/** Two intervals, and no ratio: that would say more than is known. */
function finding(records: readonly TimeRecord[]): string {
  const [platform = ''] = PANELS;
  const ofArea = groupBy(
    records.filter((record) => record.workload === FINDING && record.platform === platform),
    ({ strategy }) => strategy,
  );
  const [pageBasis] = ofArea.get('page-basis') ?? [];
  const [hugeSize] = ofArea.get('huge-size') ?? [];
  if (pageBasis === undefined || hugeSize === undefined) return 'Estimated time of permission changes';
  return (
    `On a server, a 2 MiB huge vmalloc area is estimated to take ${formatEstimate(pageBasis)} on page basis ` +
    `and ${formatEstimate(hugeSize)} by huge size`
  );
}
