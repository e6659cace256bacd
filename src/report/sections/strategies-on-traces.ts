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
  const rows = scenarioGroups(run).flatMap(({ heading, records }): Row[] => [
    { group: heading },
    ...joinedWhereAlike(records.map(strategyRow)),
  ]);
  return [strategiesTable('Strategies on the captured traces', rows)];
}

/** The table of rows that strategyRow() makes. */
export function strategiesTable(title: string, rows: readonly Row[]): Table {
  return {
    title,
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
    rows,
    notes: [
      'Barriers: DSB ISHST, DSB ISH and ISB. In pages, in contiguous pages: how the memory that they map changed, from the captured map in the form that the strategy starts from (pages-only: all in pages; series-v3: no contiguous groups); all else is in blocks. Equal: each page ends with the permissions that the kernel gave it.',
    ],
  };
}

type StrategyOnTrace = Pick<
  TraceStrategyRecord,
  'strategy' | 'counters' | 'before' | 'after' | 'permissionsEqual'
>;

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

/** What one strategy made of one trace. */
export function strategyRow({
  strategy,
  counters,
  before,
  after,
  permissionsEqual,
}: StrategyOnTrace): Cell[] {
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
