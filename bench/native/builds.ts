// Builds: the greedy mapper of the boot on an empty machine, whose memory has been used before.
import { formatSize } from '../../src/io/size.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { GIB, MIB, PAGE, tablesOfPages } from '../hot-path/case.js';
import { mapRange } from '../hot-path/twin/build.js';
import { type Contest, type NativeCase, NativePair } from './contest.js';

export interface BuildCaseOptions {
  title: string;
  memory: number;
  /** Bytes of a leaf: a page, a 2 MiB block, a 1 GiB block. */
  leaf: number;
  /** The mapper writes leaves again where they are, so that a small map fills a batch; only its first time makes tables. */
  times: number;
  target: number;
}

export function builds({ title, memory, leaf, times, target }: BuildCaseOptions): NativeCase {
  return {
    path: 'build',
    title,
    operation: 'descriptor',
    vectors: true,
    target,
    start: (twin) => startStored(new NativePair(twin), memory, leaf, times),
  };
}

async function startStored(pair: NativePair, memory: number, leaf: number, times: number): Promise<Contest> {
  const asPages = leaf === PAGE;
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory, bbml2: !asPages });
  const stored = { storeUniformTables: true };
  const flags = { noBlock: asPages, noCont: asPages };
  // Half a block on, addresses line up for no larger leaf.
  const va = leaf === 2 * MIB ? machine.pageOffset + GIB / 2 : machine.pageOffset;
  const mapping = { pa: 0, va, size: memory, flags };
  const operations = (memory / leaf) * times;
  const map = pair.typescriptMap(asPages ? tablesOfPages(memory) : 2048);
  const contest = {
    wasm: {
      operations,
      prepare: () => pair.resetCore(machine, stored),
      run() {
        for (let i = 0; i < times; i++) pair.mapInCore(mapping);
      },
    },
    native: {
      prepare: () => pair.resetTwin(machine, stored),
      run: () => pair.mapInTwin(mapping, times),
    },
    typescript: {
      operations,
      prepare: () => map.reset(),
      run() {
        const first = (va - machine.pageOffset) / PAGE;
        for (let i = 0; i < times; i++) mapRange(map, first, 0, memory / PAGE, flags);
      },
    },
  };
  await runOnce(contest);
  await pair.requireEqual();
  return contest;
}

/** Uniform tables in WASM, stored ones in C, and the same counts. */
export function uniformBuild({
  memory,
  times,
  target,
}: {
  memory: number;
  times: number;
  target: number;
}): NativeCase {
  return {
    path: 'build',
    title: `${formatSize(memory)} of pages, uniform tables`,
    operation: 'descriptor',
    against: 'C that stores them',
    target,
    start: (twin) => startUniform(new NativePair(twin), memory, times),
  };
}

async function startUniform(pair: NativePair, memory: number, times: number): Promise<Contest> {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory });
  const mapping = { pa: 0, va: machine.pageOffset, size: memory, flags: { noBlock: true, noCont: true } };
  const contest = {
    wasm: {
      operations: (memory / PAGE) * times,
      run() {
        for (let i = 0; i < times; i++) {
          pair.resetCore(machine, {});
          pair.mapInCore(mapping);
        }
      },
    },
    native: {
      operations: memory / PAGE,
      prepare: () => pair.resetTwin(machine, { storeUniformTables: true }),
      run: () => pair.mapInTwin(mapping),
    },
  };
  await runOnce(contest);
  await pair.requireEqualCounters();
  return contest;
}

async function runOnce({ wasm, native }: Contest): Promise<void> {
  wasm.prepare?.();
  await native.prepare?.();
  wasm.run();
  await native.run();
}
