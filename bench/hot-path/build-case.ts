// Build: the greedy mapper of the boot on an empty machine. Tables are stored and cleared before their use; their
// memory has been used before.
import { resetToMachine } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { type Batches, type HotPathCase, newPair, PAGE, requireEqualWork, tablesOfPages } from './case.js';
import { mapRange } from './twin/build.js';

/**
 * Maps `memory` bytes `times` times over: the mapper writes leaves again where they are, so that a small map fills a
 * batch and only its first time makes tables.
 */
export function buildCase(
  title: string,
  memory: number,
  leaves: { bytes: number; asPages: boolean },
  times: number,
): HotPathCase {
  const operations = (memory / leaves.bytes) * times;
  return {
    path: 'build',
    title,
    operation: 'descriptor',
    start: () => start(memory, leaves.asPages, times, operations),
  };
}

function start(memory: number, asPages: boolean, times: number, operations: number): Batches {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: !asPages });
  const { core, map } = newPair(asPages ? tablesOfPages(memory) : 8);
  const limits = { noBlock: asPages, noCont: asPages };
  const batches: Batches = {
    wasm: {
      operations,
      prepare: () => resetToMachine(core, machine, { storeUniformTables: true }),
      run() {
        for (let i = 0; i < times; i++) {
          core.mapRange(0, machine.pageOffset, memory, 'kernelTagged', { ...limits, noExec: true });
        }
      },
    },
    typescript: {
      operations,
      prepare: () => map.reset(),
      run() {
        for (let i = 0; i < times; i++) mapRange(map, 0, 0, memory / PAGE, limits);
      },
    },
  };
  requireEqualWork(batches, core, map);
  return batches;
}
