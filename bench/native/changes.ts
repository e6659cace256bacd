// Changes at random places of 4 GiB of pages: write permission taken and given back. TLB invalidation is left out.
import { OperationList } from '../../src/core/operations.js';
import { formatSize } from '../../src/io/size.js';
import { linearVa } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { GIB, PAGE, tablesOfPages } from '../hot-path/case.js';
import { randomBelow } from '../hot-path/random.js';
import { mapRange } from '../hot-path/twin/build.js';
import { changeRange } from '../hot-path/twin/change.js';
import { twinMasks } from '../hot-path/twin/fill.js';
import { type Contest, type NativeCase, NativePair } from './contest.js';

const MEMORY = 4 * GIB;

export interface ChangeOptions {
  /** Bytes that one call changes. */
  bytes: number;
  /** Calls of one batch. */
  calls: number;
  target: number;
}

export function changes({ bytes, calls, target }: ChangeOptions): NativeCase {
  return {
    path: 'change',
    title: `${bytes === PAGE ? 'one random page' : formatSize(bytes)} a call in 4 GiB of pages`,
    operation: 'page',
    vectors: bytes > PAGE,
    target,
    start: (twin) => start(new NativePair(twin), bytes, calls),
  };
}

async function start(pair: NativePair, bytes: number, calls: number): Promise<Contest> {
  const { core } = pair;
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: MEMORY });
  const stored = { storeUniformTables: true };
  const flags = { noBlock: true, noCont: true };
  const mapping = { pa: 0, va: machine.pageOffset, size: MEMORY, flags };
  pair.resetCore(machine, stored);
  pair.mapInCore(mapping);
  await pair.resetTwin(machine, stored);
  await pair.mapInTwin(mapping);

  const place = randomBelow(MEMORY / bytes, 0x6c078965);
  const places = Array.from({ length: calls }, place);
  const permissions = [core.permission('ro'), core.permission('rw')] as const;
  const list = new OperationList();
  const { change, noFlush } = core.operation;
  for (const [i, index] of places.entries()) {
    list.push(change, noFlush, linearVa(machine, index * bytes), bytes, permissions[i % 2]);
  }
  await pair.feedOperations(list);
  core.run(list);
  await pair.twin.ask(['run']);
  await pair.requireEqual(list);

  const map = pair.typescriptMap(tablesOfPages(MEMORY));
  mapRange(map, 0, 0, MEMORY / PAGE, flags);
  const pagesEach = bytes / PAGE;
  const firstPages = places.map((index) => index * pagesEach);
  const masks = permissions.map(twinMasks);
  const operations = calls * pagesEach;
  return {
    wasm: { operations, run: () => core.run(list) },
    native: { run: async () => (await pair.twin.ask(['run']))[0] as number },
    typescript: {
      operations,
      run() {
        for (let i = 0; i < firstPages.length; i++) {
          changeRange(map, firstPages[i] as number, pagesEach, masks[i % 2] as (typeof masks)[0]);
        }
      },
    },
  };
}
