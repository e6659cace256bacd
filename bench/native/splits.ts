// Splits of one random page out of each 1 GiB block. A batch splits every block once and finds all of them whole again.
import { OperationList } from '../../src/core/operations.js';
import { formatSize } from '../../src/io/size.js';
import { linearVa } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import type { Batch } from '../../src/measure/sample.js';
import { GIB, PAGE, TIB } from '../hot-path/case.js';
import { randomBelow } from '../hot-path/random.js';
import { mapRange } from '../hot-path/twin/build.js';
import { splitLeafMapping } from '../hot-path/twin/split.js';
import { type Contest, type NativeCase, NativePair } from './contest.js';

const BLOCK_PAGES = GIB / PAGE;
const TYPESCRIPT_LIMIT = 4 * TIB;

export function splits({ memory, target }: { memory: number; target: number }): NativeCase {
  return {
    path: 'split',
    title: `one page out of each 1 GiB block of ${formatSize(memory)}`,
    operation: 'split',
    vectors: true,
    target,
    start: (twin) => start(new NativePair(twin), memory),
  };
}

async function start(pair: NativePair, memory: number): Promise<Contest> {
  const blocks = memory / GIB;
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: true });
  const inBlock = randomBelow(BLOCK_PAGES, 0x2545f491);
  const pages = Array.from({ length: blocks }, (_, block) => block * BLOCK_PAGES + inBlock());
  const { core } = pair;
  const list = new OperationList();
  for (const page of pages) list.push(core.operation.split, 0, linearVa(machine, page * PAGE), PAGE);

  const mapping = {
    pa: 0,
    va: machine.pageOffset,
    size: memory,
    flags: { noBlock: false, noCont: false },
  };
  const wasm = {
    operations: blocks,
    prepare() {
      pair.resetCore(machine, {});
      pair.mapInCore(mapping);
    },
    run: () => core.run(list),
  };
  wasm.prepare();
  await pair.resetTwin(machine, {});
  await pair.mapInTwin(mapping);
  await pair.twin.ask(['keep']);
  await pair.feedOperations(list);
  wasm.run();
  await pair.twin.ask(['run']);
  await pair.requireEqual(list);

  const native = {
    async prepare() {
      await pair.twin.ask(['restore']);
    },
    run: async () => (await pair.twin.ask(['run']))[0] as number,
  };
  // Plain TypeScript counts pages in 32 bits.
  if (memory > TYPESCRIPT_LIMIT) return { wasm, native };
  return { wasm, native, typescript: typescriptSplits(pair, pages, memory) };
}

function typescriptSplits(pair: NativePair, pages: readonly number[], memory: number): Batch {
  // A PMD and a PTE table for each block, the tables of PUDs, and the root.
  const map = pair.typescriptMap(2 * pages.length + Math.ceil(pages.length / 512) + 1);
  return {
    operations: pages.length,
    prepare() {
      map.reset();
      mapRange(map, 0, 0, memory / PAGE, { noBlock: false, noCont: false });
    },
    run() {
      for (const page of pages) splitLeafMapping(map, page, 1);
    },
  };
}
