// What each strategy would have done with what real kernels were asked to do.
import { totalSplits, totalTables, totalTlbi } from '../../core/counters.js';
import type { Run, TraceStrategyRecord } from '../../record/run.js';
import { totalBarriers } from '../barrier.js';
import { groupBy } from '../group.js';
import { byStrategy, geometryLabel } from '../labels.js';
import { leafChange } from '../leaf-size.js';
import { formatCount, formatSizeChange } from '../number.js';
import type { Cell, Row, Table } from '../table.js';
import { joinedWhereAlike } from './alike.js';

export function strategiesOnTracesSection(run: Run): Table[] {
  if (run.traceStrategies.length === 0) return [];
  return [
    {
      title: 'Strategies on the captured traces',
      columns: [
        { heading: 'strategy', align: 'left' },
        { heading: 'calls', align: 'right' },
        { heading: 'splits', align: 'right' },
        { heading: 'stores', align: 'right' },
        { heading: 'tables', align: 'right' },
        { heading: 'barriers', align: 'right' },
        { heading: 'TLBI', align: 'right' },
        { heading: 'in pages', align: 'right' },
        { heading: 'in contiguous pages', align: 'right' },
        { heading: 'equal', align: 'left' },
      ],
      rows: scenarioGroups(run).flatMap(({ heading, records }): Row[] => [
        { group: heading },
        ...joinedWhereAlike(records.map(strategyRow)),
      ]),
      notes: [
        'Barriers: DSB ISHST, DSB ISH and ISB. In pages, in contiguous pages: how the memory that they map changed, from the captured map in the form that the strategy starts from (pages-only: all in pages; series-v3: no contiguous groups); all else is in blocks. Equal: each page ends with the permissions that the kernel gave it.',
      ],
    },
  ];
}

interface ScenarioGroup {
  heading: string;
  records: TraceStrategyRecord[];
}

function scenarioGroups(run: Run): ScenarioGroup[] {
  const scenarioOf = ({ machine, scenario }: { machine: string; scenario: string }) =>
    `${machine}/${scenario}`;
  return [...groupBy(run.traceStrategies, scenarioOf)].map(([id, records]) => {
    const replay = run.replays.find((one) => scenarioOf(one) === id);
    return {
      heading: replay ? `${id} (${geometryLabel(replay)})` : id,
      records: records.toSorted((a, b) => byStrategy(a.strategy, b.strategy)),
    };
  });
}

function strategyRow({ strategy, counters, before, after, permissionsEqual }: TraceStrategyRecord): Cell[] {
  const change = leafChange(before, after);
  return [
    strategy,
    formatCount(counters.calls),
    formatCount(totalSplits(counters)),
    formatCount(counters.descriptorWrites),
    formatCount(totalTables(counters)),
    formatCount(totalBarriers(counters)),
    formatCount(totalTlbi(counters)),
    formatSizeChange(change.pte),
    formatSizeChange(change.pteCont),
    permissionsEqual ? { text: 'yes', tone: 'good' } : { text: 'NO', tone: 'bad' },
  ];
}
