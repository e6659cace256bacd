// Did the simulator end where the kernel did? One line for each captured scenario.
import { totalSplits, totalTables } from '../../core/counters.js';
import type { ReplayRecord, Run } from '../../record/run.js';
import { geometryLabel } from '../labels.js';
import { formatCount } from '../number.js';
import type { Cell, Table } from '../table.js';

export function replaysSection(run: Run): Table[] {
  if (run.replays.length === 0) return [];
  return [
    {
      title: 'Replays of captured kernels',
      columns: [
        { heading: 'machine/scenario', align: 'left' },
        { heading: 'granule /VA bits', align: 'left' },
        { heading: 'events', align: 'right' },
        { heading: 'calls applied', align: 'right' },
        { heading: 'splits', align: 'right' },
        { heading: 'tables allocated', align: 'right' },
        { heading: 'equal to the kernel', align: 'left' },
        { heading: 'agrees with trace', align: 'left' },
      ],
      rows: run.replays.map((replay) => [
        `${replay.machine}/${replay.scenario}`,
        geometryLabel(replay),
        formatCount(replay.events),
        formatCount(replay.applied),
        formatCount(totalSplits(replay.counters)),
        formatCount(totalTables(replay.counters)),
        equality(replay),
        replay.agreesWithTrace ? { text: 'yes', tone: 'good' } : { text: 'NO', tone: 'bad' },
      ]),
      notes: [
        'Equal: every descriptor of the map after the replay is the one that the kernel had. Agrees: splits, tables and boundaries counted are those that the trace shows.',
      ],
    },
  ];
}

function equality({ equal, differenceCount }: ReplayRecord): Cell {
  if (equal === null) return 'no map';
  if (equal) return { text: 'yes', tone: 'good' };
  return { text: `NO, ${formatCount(differenceCount)} differ`, tone: 'bad' };
}
