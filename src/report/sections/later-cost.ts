// What the state that a permission change leaves costs afterwards, beside what the change itself costs.
import type { LaterCost, LaterCostRecord, Run } from '../../record/run.js';
import { groupBy } from '../group.js';
import { coreLabel } from '../labels.js';
import { formatSignificant } from '../number.js';
import type { Row, Table } from '../table.js';

/** Nothing where none of the changes was estimated. */
export function laterCostTables(
  { laterCosts = [] }: Run,
  strategies: readonly string[],
  shown: (record: LaterCostRecord) => boolean,
): Table[] {
  const records = laterCosts.filter((record) => strategies.includes(record.strategy) && shown(record));
  const [first] = records;
  if (first === undefined) return [];
  const groups = [...groupBy(records, ({ workload, configuration }) => `${workload} on ${configuration}`)];
  const isAlike = (of: readonly LaterCostRecord[]) => streamsOf(of).every((stream) => isFlat(of, stream));
  const alike = groups.filter(([, of]) => isAlike(of)).map(([heading]) => heading);
  return [
    {
      title: `What the state left costs later: walk cycles per 1000 instructions, ${coreLabel(first.core)}`,
      columns: [
        { heading: 'accesses', align: 'left' },
        { heading: 'after boot', align: 'right' },
        ...strategies.map((heading) => ({ heading, align: 'right' as const })),
      ],
      rows: groups
        .filter(([, of]) => !isAlike(of))
        .flatMap(([heading, of]) => rowsOf(heading, of, strategies)),
      notes: [
        'Accesses go to the blocks around what was changed, as large as a contiguous group of PMDs: the worst case. A change touches few of hundreds of blocks of 1 GiB, so over all memory next to nothing of this is left.',
        ...(alike.length === 0
          ? []
          : [`The same as after boot with every strategy and stream: ${alike.join(', ')}.`]),
      ],
    },
  ];
}

/** A line for each stream; those that no strategy changes share one, with what they cost. */
function rowsOf(heading: string, records: readonly LaterCostRecord[], strategies: readonly string[]): Row[] {
  const [flat, others] = [true, false].map((is) =>
    streamsOf(records).filter((stream) => isFlat(records, stream) === is),
  ) as [string[], string[]];
  const same = flat.map((stream) => `${stream} ${formatSignificant(firstFresh(records, stream))}`);
  return [
    { group: [heading, ...(same.length === 0 ? [] : [`always ${same.join(', ')}`])].join('; ') },
    ...others.map((stream) => [
      stream,
      formatSignificant(firstFresh(records, stream)),
      ...strategies.map((strategy) => {
        const record = records.find((one) => one.strategy === strategy);
        return record ? formatSignificant(costOf(record, stream).left) : '–';
      }),
    ]),
  ];
}

function streamsOf([first]: readonly LaterCostRecord[]): string[] {
  return first?.costs.map(({ stream }) => stream) ?? [];
}

/** No strategy leaves another cost than its own map after boot had, as far as is printed. */
function isFlat(records: readonly LaterCostRecord[], stream: string): boolean {
  return records.every((record) => {
    const { fresh, left } = costOf(record, stream);
    return formatSignificant(fresh) === formatSignificant(left);
  });
}

/** The first strategy's: only series-v3 boots otherwise, without contiguous groups. */
function firstFresh(records: readonly LaterCostRecord[], stream: string): number {
  return records[0] ? costOf(records[0], stream).fresh : Number.NaN;
}

function costOf({ costs }: LaterCostRecord, stream: string): LaterCost {
  const found = costs.find((cost) => cost.stream === stream);
  if (found === undefined) throw new Error(`the record has no ${stream}`);
  return found;
}
