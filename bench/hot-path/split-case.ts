// Split: one page out of each 1 GiB block of 1 TiB. A batch splits every block once and finds all of them whole again.
import { OperationList } from '../../src/core/operations.js';
import { bootLinearMap, linearVa } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { type Batches, GIB, type HotPathCase, newPair, PAGE, requireEqualWork, TIB } from './case.js';
import { randomBelow } from './random.js';
import { mapRange } from './twin/build.js';
import { splitLeafMapping } from './twin/split.js';

const BLOCKS = TIB / GIB;
const BLOCK_PAGES = GIB / PAGE;
/** A PMD and a PTE table for each block, two tables of PUDs, and the root. */
const TABLES = 2 * BLOCKS + 3;

export const splitCase: HotPathCase = {
  path: 'split',
  title: 'one page out of a 1 GiB block',
  operation: 'split',
  start,
};

function start(): Batches {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: TIB, bbml2: true });
  const { core, map } = newPair(TABLES);
  const inBlock = randomBelow(BLOCK_PAGES, 0x2545f491);
  const pages = Array.from({ length: BLOCKS }, (_, block) => block * BLOCK_PAGES + inBlock());
  const list = new OperationList();
  for (const page of pages) list.push(core.operation.split, 0, linearVa(machine, page * PAGE), PAGE);

  const batches: Batches = {
    wasm: {
      operations: BLOCKS,
      prepare: () => bootLinearMap(core, machine, 'mapped'),
      run: () => core.run(list),
    },
    typescript: {
      operations: BLOCKS,
      prepare() {
        map.reset();
        mapRange(map, 0, 0, TIB / PAGE, { noBlock: false, noCont: false });
      },
      run() {
        for (const page of pages) splitLeafMapping(map, page, 1);
      },
    },
  };
  requireEqualWork(batches, core, map);
  return batches;
}
