// Change: write permission taken and given back at random places of a map of pages. TLB invalidation is left out on
// both sides: the core only counts it.
import { OperationList } from '../../src/core/operations.js';
import { bootLinearMap, linearVa } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import {
  type Batches,
  GIB,
  type HotPathCase,
  newPair,
  PAGE,
  requireEqualWork,
  tablesOfPages,
} from './case.js';
import { randomBelow } from './random.js';
import { mapRange } from './twin/build.js';
import { changeRange } from './twin/change.js';
import { twinMasks } from './twin/fill.js';

const MEMORY = 4 * GIB;

/** `calls` calls a batch, each of which changes `bytes` at a random multiple of `bytes`. */
export function changeCase(title: string, bytes: number, calls: number): HotPathCase {
  return { path: 'change', title, operation: 'page', start: () => start(bytes, calls) };
}

function start(bytes: number, calls: number): Batches {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: MEMORY });
  const { core, map } = newPair(tablesOfPages(MEMORY));
  bootLinearMap(core, machine, 'mapped', { storeUniformTables: true });
  mapRange(map, 0, 0, MEMORY / PAGE, { noBlock: true, noCont: true });

  const place = randomBelow(MEMORY / bytes, 0x6c078965);
  const places = Array.from({ length: calls }, place);
  const pagesEach = bytes / PAGE;
  const firstPages = places.map((index) => index * pagesEach);

  const [readOnly, writable] = [core.permission('ro'), core.permission('rw')];
  const list = new OperationList();
  const { change, noFlush } = core.operation;
  places.forEach((index, i) => {
    list.push(change, noFlush, linearVa(machine, index * bytes), bytes, i % 2 === 0 ? readOnly : writable);
  });
  const [twinReadOnly, twinWritable] = [twinMasks(readOnly), twinMasks(writable)];

  const operations = calls * pagesEach;
  const batches: Batches = {
    wasm: { operations, run: () => core.run(list) },
    typescript: {
      operations,
      run() {
        for (let i = 0; i < firstPages.length; i++) {
          const masks = i % 2 === 0 ? twinReadOnly : twinWritable;
          changeRange(map, firstPages[i] as number, pagesEach, masks);
        }
      },
    },
  };
  requireEqualWork(batches, core, map);
  return batches;
}
