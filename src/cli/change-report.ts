// What linmap change found: as a document for programs and as a table for people.
import { totalSplits, totalTables, totalTlbi } from '../core/counters.js';
import { linearMapPolicy } from '../kernel/boot.js';
import type { Machine } from '../machine/machine.js';
import { rodataLabel } from '../machine/rodata.js';
import { formatGranule } from '../machine/va-layout.js';
import { resultLabel } from '../report/labels.js';
import { formatCount, formatSizeChange } from '../report/number.js';
import type { Table } from '../report/table.js';
import type { ChangeRequest, ChangeResult } from '../strategy/permission-change.js';

export function changeDocument(
  machine: Machine,
  { call, pages, backing, seed }: ChangeRequest,
  results: readonly ChangeResult[],
): object {
  return {
    schema: 'linmap.change/1',
    machine: machine.name,
    granule: machine.granule,
    vaBits: machine.vaBits,
    memoryBytes: memoryOf(machine),
    rodata: machine.rodata,
    requiresBbml2: linearMapPolicy(machine).requiresBbml2,
    call,
    pages,
    backing,
    seed,
    results: results.map(({ strategy, ...rest }) => ({ strategy: strategy.id, ...rest })),
  };
}

export function changeTable(
  machine: Machine,
  { call, pages, backing }: ChangeRequest,
  results: readonly ChangeResult[],
): Table {
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return {
    title: `${call} over ${formatCount(pages)} page${pages === 1 ? '' : 's'} (${backing}) on ${describe(machine)}`,
    columns: [
      { heading: 'strategy', align: 'left' },
      right('result'),
      right('calls'),
      right('splits'),
      right('stores'),
      right('tables'),
      right('DSB'),
      right('ISB'),
      right('TLBI'),
      right('table memory'),
    ],
    rows: results.map(({ strategy, result, counters, before, after }) => [
      strategy.title,
      { text: resultLabel(result), tone: result === 0 ? 'good' : 'bad' },
      formatCount(counters.calls),
      formatCount(totalSplits(counters)),
      formatCount(counters.descriptorWrites),
      formatCount(totalTables(counters)),
      formatCount(counters.dsbIshst + counters.dsbIsh),
      formatCount(counters.isb),
      formatCount(totalTlbi(counters)),
      formatSizeChange(after.tableBytes - before.tableBytes),
    ]),
    notes: [
      'Stores and tables include those of the vmalloc side; table memory is that of the linear map alone.',
    ],
  };
}

function describe(machine: Machine): string {
  const mapped = linearMapPolicy(machine).forcePages ? 'pages' : 'blocks';
  return `${machine.name || formatGranule(machine.granule)}, rodata=${rodataLabel(machine.rodata)}, mapped by ${mapped}`;
}

function memoryOf(machine: Machine): number {
  return machine.memory.reduce((sum, { size, noMap }) => sum + (noMap ? 0 : size), 0);
}
