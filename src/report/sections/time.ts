// Estimated time of permission changes: intervals, with the assumptions that make them as wide as they are.
import type { Run, TimeRecord } from '../../record/run.js';
import type { Detail } from '../detail.js';
import { groupBy } from '../group.js';
import { quantityLabel } from '../labels.js';
import { formatEstimate, formatRatioInterval } from '../number.js';
import type { Row, Table } from '../table.js';
import { laterCostTables } from './later-cost.js';

const GRANULE = 4096;
/** Configurations in which strategies differ, in order. */
const CONFIGURATIONS = ['blocks', 'pages'];
/** pages-only is page basis on a map of pages, which has lines of its own. */
const STRATEGIES = ['page-basis', 'huge-size', 'contiguous-runs', 'series-v3'];
/** What is printed briefly: the most frequent of changes, and areas as they grow. A BPF pack is as an area of 2 MiB. */
const BRIEF: Readonly<Record<string, readonly string[]>> = {
  blocks: ['module-load', 'vmalloc-2m-huge', 'vmalloc-32m-huge'],
  pages: ['vmalloc-2m-huge'],
};

export function timeSection(run: Run, detail: Detail = 'brief'): Table[] {
  const records = run.times.filter(
    ({ granule, configuration, workload, strategy }) =>
      granule === GRANULE &&
      CONFIGURATIONS.includes(configuration) &&
      STRATEGIES.includes(strategy) &&
      (detail === 'full' || BRIEF[configuration]?.includes(workload)),
  );
  const groups = [...changes(records)];
  if (groups.length === 0) return [];
  const isShown = ({ configuration, workload }: { configuration: string; workload: string }) =>
    records.some((record) => record.configuration === configuration && record.workload === workload);
  return [
    {
      title: 'Estimated time of a permission change, 4K granule: typical (low–high)',
      columns: [
        { heading: 'platform', align: 'left' },
        { heading: 'page-basis', align: 'right' },
        { heading: 'huge-size', align: 'right' },
        { heading: 'page-basis of huge-size', align: 'right' },
        { heading: 'contiguous-runs', align: 'right' },
        { heading: 'series-v3', align: 'right' },
      ],
      rows: groups.flatMap(([heading, change]): Row[] => [
        { group: heading },
        ...[...groupBy(change, ({ platform }) => platform)].map(([platform, ofPlatform]) =>
          platformRow(platform, ofPlatform),
        ),
      ]),
      notes: [
        'One CPU alone, from counted events; not in it: calls, reclaim, TLB misses afterwards. The ratio is as wide as if each side were at its other end, though both pay the same for one event.',
        `What makes the intervals wide: ${dominating(groups.flatMap(([, change]) => change))}.`,
      ],
    },
    ...laterCostTables(run, STRATEGIES, (later) => later.granule === GRANULE && isShown(later)),
  ];
}

/** Ends of a ratio whose sides are only known to lie in intervals. */
function ratioOf(
  of: Pick<TimeRecord, 'low' | 'high'>,
  than: Pick<TimeRecord, 'low' | 'high'>,
): { low: number; high: number } {
  return { low: of.low / than.high, high: of.high / than.low };
}

function changes(records: readonly TimeRecord[]): Map<string, TimeRecord[]> {
  const sorted = records.toSorted(
    (a, b) => CONFIGURATIONS.indexOf(a.configuration) - CONFIGURATIONS.indexOf(b.configuration),
  );
  return groupBy(sorted, ({ workload, configuration }) => `${workload} on ${configuration}`);
}

function platformRow(platform: string, records: readonly TimeRecord[]): string[] {
  const find = (name: string) => records.find(({ strategy }) => strategy === name);
  const estimate = (name: string) => {
    const record = find(name);
    return record === undefined ? '–' : formatEstimate(record);
  };
  const [pageBasis, hugeSize] = [find('page-basis'), find('huge-size')];
  const ratio = pageBasis && hugeSize ? formatRatioInterval(ratioOf(pageBasis, hugeSize)) : '–';
  return [
    platform,
    estimate('page-basis'),
    estimate('huge-size'),
    ratio,
    estimate('contiguous-runs'),
    estimate('series-v3'),
  ];
}

/** By strategy, the assumptions that make most of the intervals' width, the most frequent first. */
function dominating(records: readonly TimeRecord[]): string {
  return STRATEGIES.flatMap((strategy) => {
    const names = records.filter((record) => record.strategy === strategy).flatMap((one) => one.dominating);
    const byFrequency = [...groupBy(names, (name) => name)].sort(([, a], [, b]) => b.length - a.length);
    if (byFrequency.length === 0) return [];
    return [`${strategy} – ${byFrequency.map(([name]) => quantityLabel(name)).join(', ')}`];
  }).join('; ');
}
