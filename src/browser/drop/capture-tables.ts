// What came of a drop, as tables and sentences.

import type { Replay } from '../../capture/replay.js';
import { factRows } from '../../cli/import-report.js';
import { type Counters, totalSplits, totalTables, totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import { LEAF_SIZES, leafName } from '../../report/leaf-size.js';
import { formatCount, formatSizeChange } from '../../report/number.js';
import type { Cell, Table } from '../../report/table.js';
import type { DroppedCapture, DroppedReplay } from './import-files.js';

const right = (heading: string) => ({ heading, align: 'right' as const });
const left = (heading: string) => ({ heading, align: 'left' as const });

/** In one sentence, for those who listen too. */
export function captureSentence({ imported, replayed }: DroppedCapture): string {
  const { maps, trace } = imported;
  const made = `Imported: ${maps.map(({ role, origin }) => `the map "${role}" (${origin})`).join(', ')}`;
  if (replayed === null) return `${made}; there is no trace to replay.`;
  const { kernel, scenario } = replayed;
  const verdicts = kernel.snapshots.map(({ name, equal, differenceCount }) =>
    equal ? `equal to "${name}"` : `${formatCount(differenceCount)} descriptors differ from "${name}"`,
  );
  const verdict = verdicts.length === 0 ? 'no later map to compare with' : verdicts.join(', ');
  const lost = (trace?.lostEvents ?? 0) > 0 || scenario.lost.length > 0 ? ' The tracer lost events.' : '';
  return `${made}. Replayed ${formatCount(kernel.applied)} calls of ${formatCount(scenario.events)} events: ${verdict}.${lost}`;
}

/** Every fact of the machine and where it is from. */
export function factTable({ imported }: DroppedCapture): Table {
  return {
    title: 'The machine, and where each fact is from',
    columns: [left('fact'), left('value'), left('kind'), left('from')],
    rows: factRows(imported).map(({ fact, value, kind, from }) => [fact, value, kind, from]),
  };
}

/** The trace as the kernel ran it and as each strategy would have. */
export function strategyTable({ kernel, strategies }: DroppedReplay): Table {
  return {
    title: 'The same calls by each strategy',
    columns: [
      left('who makes the changes'),
      ...['splits', 'stores', 'tables', 'DSB', 'ISB', 'TLBI', 'table memory'].map(right),
      right('permissions as the kernel left them'),
    ],
    rows: [
      ['the kernel, as recorded', ...countersOf(kernel), '–'],
      ...strategies.map(({ strategy, replay }): Cell[] => [
        strategy.title,
        ...countersOf(replay),
        replay.permissionDifferenceBytes === 0
          ? { text: 'yes', tone: 'good' }
          : { text: `no: ${formatSize(replay.permissionDifferenceBytes)} differ`, tone: 'bad' },
      ]),
    ],
    notes: ['Table memory is the change of that of the linear map; the rest includes the vmalloc side.'],
  };
}

function countersOf({ counters, before, after }: Replay): string[] {
  return [...counts(counters).map(formatCount), formatSizeChange(after.tableBytes - before.tableBytes)];
}

function counts(counters: Counters): number[] {
  return [
    totalSplits(counters),
    counters.descriptorWrites,
    totalTables(counters),
    counters.dsbIshst + counters.dsbIsh,
    counters.isb,
    totalTlbi(counters),
  ];
}

/** Leaf sizes before the trace and after it. */
export function leafTable({ scenario, kernel }: DroppedReplay): Table {
  const { before, after } = kernel;
  const present = LEAF_SIZES.filter((size) => before.leafBytes[size] + after.leafBytes[size] > 0);
  return {
    title: 'Memory by leaf size',
    columns: [left('leaf'), right('before'), right('after'), right('change')],
    rows: [
      ...present.map((size) => [
        leafName(scenario.machine.granule, size),
        formatSize(before.leafBytes[size]),
        formatSize(after.leafBytes[size]),
        formatSizeChange(after.leafBytes[size] - before.leafBytes[size]),
      ]),
      [
        'page tables',
        formatSize(before.tableBytes),
        formatSize(after.tableBytes),
        formatSizeChange(after.tableBytes - before.tableBytes),
      ],
    ],
  };
}
