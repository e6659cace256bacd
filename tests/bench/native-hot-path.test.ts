/** The core and its C twin on small maps: start() of a case throws where tables, counters, results or translations differ. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GIB, MIB, PAGE, TIB } from '../../bench/hot-path/case.js';
import { builds, uniformBuild } from '../../bench/native/builds.js';
import { changes } from '../../bench/native/changes.js';
import { type NativeCase, NativePair } from '../../bench/native/contest.js';
import { HOT_PATH_TWIN, measureNative } from '../../bench/native/run.js';
import { splits } from '../../bench/native/splits.js';
import { COMPILER, compiledTwin, Twin } from '../../bench/native/twin.js';
import { walks } from '../../bench/native/walks.js';
import { OperationList } from '../../src/core/operations.js';
import { linearVa } from '../../src/kernel/boot.js';
import { describeMachine } from '../../src/machine/synthetic.js';

const target = 1;
const CASES: readonly NativeCase[] = [
  walks({ how: 'each', memory: 4 * GIB, leaves: 'blocks', target }),
  walks({ how: 'each', memory: GIB, leaves: 'pages', target }),
  walks({ how: 'batch', against: 'each', memory: GIB, leaves: 'pages', target }),
  splits({ memory: 64 * GIB, target }),
  changes({ bytes: PAGE, calls: 2000, target }),
  changes({ bytes: 2 * MIB, calls: 64, target }),
  changes({ bytes: 32 * MIB, calls: 8, target }),
  builds({ title: 'pages', memory: 64 * MIB, leaf: PAGE, times: 2, target }),
  builds({ title: 'contiguous blocks', memory: 4 * GIB, leaf: 2 * MIB, times: 2, target }),
  builds({ title: '1 GiB blocks', memory: TIB, leaf: GIB, times: 2, target }),
  uniformBuild({ memory: 2 * GIB, times: 2, target }),
];
const MACHINE = describeMachine({ granule: 4096, vaBits: 48, memory: 4 * GIB, bbml2: true });
const MAPPING = {
  pa: 0,
  va: MACHINE.pageOffset,
  size: 4 * GIB,
  flags: { noBlock: false, noCont: false },
};

const built = compiledTwin(HOT_PATH_TWIN, COMPILER);

describe.skipIf(typeof built !== 'string')('the core and its C twin', () => {
  let twin: Twin;
  beforeAll(() => {
    twin = new Twin(built as string);
  });
  afterAll(() => twin.end());

  it.for(CASES.map((one) => [`${one.path}: ${one.title}`, one] as const))(
    'do the same: %s',
    async ([, one]) => {
      const { wasm, native, typescript } = await one.start(twin);
      wasm.prepare?.();
      wasm.run();
      await native.prepare?.();
      expect(await native.run()).toBeGreaterThan(0);
      typescript?.prepare?.();
      typescript?.run();
    },
  );

  it('split and change leaves of every size alike, whatever the range', async () => {
    const pair = await mappedPair(twin);
    const { core } = pair;
    const { change, flush, split, noFlush } = core.operation;
    const list = new OperationList();
    for (const [first, pages] of [
      [1, 1],
      [16, 16],
      [511, 2],
      [1000, 3000],
      [8192, 8192],
      [262144, 262144],
      [300000, 17],
      [0, 1048576],
    ] as const) {
      const va = linearVa(MACHINE, first * PAGE);
      list.push(split, 0, va, pages * PAGE);
      list.push(change, 0, va, pages * PAGE, core.permission('ro'));
      list.push(change, noFlush, va, pages * PAGE, core.permission('invalid'));
      list.push(change, 0, va, pages * PAGE, core.permission('valid'));
      list.push(flush, 0, va, pages * PAGE);
    }
    // Not a range, and not mapped.
    list.push(change, 0, linearVa(MACHINE, 0), 0, core.permission('ro'));
    list.push(change, 0, linearVa(MACHINE, 8 * GIB), PAGE, core.permission('ro'));
    await pair.feedOperations(list);
    core.run(list);
    await twin.ask(['run']);
    await pair.requireEqual(list);
  });

  it('are told apart where one has done something else', async () => {
    const pair = await mappedPair(twin);
    await pair.requireEqual();
    const list = new OperationList();
    list.push(pair.core.operation.change, 0, linearVa(MACHINE, 0), PAGE, pair.core.permission('ro'));
    pair.core.run(list);
    await expect(pair.requireEqual()).rejects.toThrow(/^counter 0: 1 in WASM, 0 in C$/);
    pair.core.resetCounters();
    pair.core.raw.mapRange(0, MACHINE.pageOffset, 0, 0, 0);
    await pair.resetTwin(MACHINE, {});
    await expect(pair.requireEqual()).rejects.toThrow('WASM and C have other tables');
  });
});

it('says that there is no compiler, and leaves it at that', async () => {
  const native = await measureNative({
    quick: true,
    captures: 'no-such-folder',
    compiler: { command: 'no-such-compiler', flags: [] },
  });
  expect(native).toEqual({
    skipped: 'no C compiler: no-such-compiler is not there',
    compiler: null,
    paths: [],
    replays: [],
  });
});

async function mappedPair(twin: Twin): Promise<NativePair> {
  const pair = new NativePair(twin);
  pair.resetCore(MACHINE, {});
  pair.mapInCore(MAPPING);
  await pair.resetTwin(MACHINE, {});
  await pair.mapInTwin(MAPPING);
  return pair;
}
