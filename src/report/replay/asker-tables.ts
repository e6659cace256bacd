// Who asked for the changes of a trace, as tables: by caller and by task.
import { type Counters, totalSplits, totalTables, totalTlbi } from '../../core/counters.js';
import { formatCount, formatEstimate } from '../number.js';
import type { Cell, Column, Table } from '../table.js';
import { type Cost, cutOff, type RankedAskers } from './ranking.js';

const COUNTED: readonly Column[] = ['calls', 'splits', 'stores', 'tables', 'TLBI', 'time'].map((heading) => ({
  heading,
  align: 'right',
}));
const NOTE =
  'Time: typical (low–high), estimated from the counted events for any arm64 machine, one CPU alone; not measured.';
const UNTOLD = 'the trace does not tell';

/** The callers and tasks that cost most, `most` of each, and the others together. */
export function askerTables({ callers, tasks }: RankedAskers, most: number): Table[] {
  if (callers.length === 0) return [];
  const purposes = callers.some(({ purpose }) => purpose !== null);
  const byCaller = cutOff(callers, most);
  const byTask = cutOff(tasks, most);
  return [
    {
      title: 'Who asked: by caller, the dearest first',
      columns: [
        { heading: 'caller', align: 'left' },
        ...(purposes ? [{ heading: 'for', align: 'left' } as const] : []),
        ...COUNTED,
      ],
      rows: [
        ...byCaller.top.map((caller): Cell[] => [
          [caller.function || UNTOLD, ...caller.from].join(' ← '),
          ...(purposes ? [caller.purpose ?? ''] : []),
          ...countedCells(caller),
        ]),
        ...restRow(byCaller.rest, purposes ? [''] : []),
      ],
    },
    {
      title: 'Who asked: by task',
      columns: [{ heading: 'task', align: 'left' }, { heading: 'pid', align: 'right' }, ...COUNTED],
      rows: [
        ...byTask.top.map((task): Cell[] => [
          task.comm || UNTOLD,
          task.pid === null ? '' : String(task.pid),
          ...countedCells(task),
        ]),
        ...restRow(byTask.rest, ['']),
      ],
      notes: [NOTE],
    },
  ];
}

function restRow(rest: ({ count: number } & Cost) | null, between: readonly string[]): Cell[][] {
  if (rest === null) return [];
  return [[`${formatCount(rest.count)} more`, ...between, ...countedCells(rest)]];
}

function countedCells({ counters, timeNs }: Cost): string[] {
  return [...countsOf(counters).map(formatCount), formatEstimate(timeNs)];
}

function countsOf(counters: Counters): number[] {
  return [
    counters.calls,
    totalSplits(counters),
    counters.descriptorWrites,
    totalTables(counters),
    totalTlbi(counters),
  ];
}
