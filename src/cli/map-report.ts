// What a built map is made of, and the same as linmap.mapSummary/1.
import type { Stage } from '../kernel/boot.js';
import type { Machine } from '../machine/machine.js';
import { rodataSince618 } from '../machine/rodata.js';
import type { MapState } from '../map/map-state.js';
import type { BootComparison } from './map-comparison.js';

export interface MapReport {
  machine: Machine;
  stage: Stage;
  state: MapState;
  /** null where nothing was captured at this stage. */
  comparison: BootComparison | null;
}

/** Bytes of memory that belong into the linear map: all banks but those that memblock keeps out of it. */
export function mappedMemory({ memory }: Machine): number {
  return memory.reduce((sum, bank) => sum + (bank.noMap ? 0 : bank.size), 0);
}

/** The fields are described in docs/json.md. */
export function mapDocument({ machine, stage, state, comparison }: MapReport): object {
  return {
    schema: 'linmap.mapSummary/1',
    name: machine.name,
    granule: machine.granule,
    vaBits: machine.vaBits,
    memoryBytes: mappedMemory(machine),
    rodata: machine.rodata,
    rodataSince618: rodataSince618(machine.rodata),
    bbml2: machine.bbml2,
    bbml2AllCpus: machine.bbml2AllCpus,
    stage,
    tables: state.tables,
    tableBytes: state.tableBytes,
    leaves: state.leaves,
    leafBytes: state.leafBytes,
    comparison,
  };
}
