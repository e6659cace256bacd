// map_mem() as published and as the costs of platforms make it, for all machines and steps.
import { mapMemTime } from './map-mem.js';
import { MAP_MEM_MACHINES, MAP_MEM_TABLES, type MapMemMachine, type MapMemTable } from './map-mem-table.js';
import { judge, type PublishedCheck } from './published-check.js';

const GIB = 2 ** 30;
const NS_PER_MS = 1e6;

export function checkMapMem(): PublishedCheck[] {
  return MAP_MEM_TABLES.flatMap((table) =>
    MAP_MEM_MACHINES.flatMap((machine, column) => columnOf(table, machine, column)),
  );
}

function columnOf(table: MapMemTable, machine: MapMemMachine, column: number): PublishedCheck[] {
  return table.rows.map(({ step, algorithm, milliseconds }) => {
    const published = milliseconds[column];
    if (published === undefined) throw new Error(`no time of ${step} on ${machine.name}`);
    return judge({
      id: `map-mem-${table.id}-${machine.memoryGiB}g-${step}`,
      what: `map_mem(), ${machine.name}, ${step}`,
      published,
      estimated: mapMemTime(machine.memoryGiB * GIB, algorithm, machine.platform) / NS_PER_MS,
      unit: 'ms',
      withinPercent: 20,
      note: table.note,
      source: table.source,
    });
  });
}
