/** The core and its C twin on random lists of operations: logs, KFENCE pools and allocations that fail are in them. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NativePair } from '../../bench/native/contest.js';
import { HOT_PATH_TWIN } from '../../bench/native/run.js';
import { COMPILER, compiledTwin, Twin } from '../../bench/native/twin.js';
import { OperationList, RECORD_WORDS } from '../../src/core/operations.js';
import { type BuildOptions, linearVa } from '../../src/kernel/boot.js';
import { machineOf } from '../core/boot-core.js';
import { runs } from '../core/runs.js';
import { sampleMachine } from '../core/sample-machines.js';
import { operationsOn, sampleOperations } from '../core/sample-operations.js';
import { GiB } from '../core/sizes.js';
import { type ModelMachine, machineWith } from '../model/machine.js';

/** What the twin knows: neither LPA nor LPA2, non-global mappings, BTI or realms. */
const KNOWN = { nonGlobal: false, bti: false, realm: false, kfence: 'none' as const };
const SPLITTING = { bbml2: true, bbml2AllCpus: true, debugPagealloc: false, rodata: 'full' as const };
const known = fc
  .oneof(sampleMachine(KNOWN), sampleMachine({ ...KNOWN, ...SPLITTING }))
  .filter(({ vaBits, memory }) => vaBits < 52 && memory.every(({ start, size }) => start + size <= 2 ** 48));

/** More than these are mapped by blocks only. */
const MOST_PAGES = 2 ** 16;
/** Allocations that no map here comes to. */
const LATE = 2 ** 20;

interface Flags {
  readonly noBlock: boolean;
  readonly noCont: boolean;
}

const built = compiledTwin(HOT_PATH_TWIN, COMPILER);

describe.skipIf(typeof built !== 'string')('the core and its C twin', () => {
  let twin: Twin;
  let pair: NativePair;
  beforeAll(() => {
    twin = new Twin(built as string);
    pair = new NativePair(twin);
  });
  afterAll(() => twin.end());

  /** An equal map in both. `scheduled`: allocations are to fail some day, which leaves no table unstored. */
  async function map(
    model: ModelMachine,
    flags: Flags,
    options: BuildOptions,
    scheduled = false,
  ): Promise<void> {
    const machine = machineOf(model);
    pair.resetCore(machine, options);
    await pair.resetTwin(machine, options);
    if (scheduled) {
      const list = new OperationList();
      list.push(pair.core.operation.failAllocations, 0, 0, LATE);
      await runBoth(list);
    }
    for (const { start, size } of model.memory) {
      const few = size <= MOST_PAGES * model.granule;
      const mapping = {
        pa: start,
        va: linearVa(machine, start),
        size,
        flags: { ...flags, noBlock: flags.noBlock && few },
      };
      pair.mapInCore(mapping);
      await pair.mapInTwin(mapping);
    }
  }

  async function runBoth(list: OperationList): Promise<void> {
    await pair.feedOperations(list);
    pair.core.run(list);
    await twin.ask(['run']);
    await pair.requireEqual(list);
  }

  it('do the same in random lists: returns, counters, log, tables', async () => {
    const { split, splitToPages } = pair.core.operation;
    await fc.assert(
      fc.asyncProperty(
        known,
        fc.record({ noBlock: fc.boolean(), noCont: fc.boolean() }),
        fc.record({
          storeUniformTables: fc.boolean(),
          lazyMmu: fc.boolean(),
          pagesOnly: fc.constantFrom(false, false, false, true),
        }),
        sampleOperations,
        fc.boolean(),
        fc.boolean(),
        async (machine, flags, options, operations, scheduled, logging) => {
          await map(machine, flags, options, scheduled);
          await pair.resetLog(logging);
          const list = operationsOn(pair.core, machine, operations, true);
          // The twin does not split to pages.
          for (let at = 0; at < list.length * RECORD_WORDS; at += RECORD_WORDS) {
            if (list.words[at] === splitToPages) list.words[at] = split;
          }
          await runBoth(list);
        },
      ),
      { numRuns: runs(600) },
    );
  });

  it('log as much and drop the rest', async () => {
    const memory = [{ start: 0, size: GiB }];
    const model = machineWith(4096, 48, memory, { bbml2: true, bbml2AllCpus: true });
    await map(model, { noBlock: false, noCont: false }, {});
    await pair.resetLog(true);
    const list = new OperationList();
    for (let page = 0; page < 10_000; page++)
      list.push(pair.core.operation.split, 0, pair.core.geometry.pageOffset + page * 4096, 4096);
    await runBoth(list);
    expect(() => pair.core.log()).toThrow('the event log holds 8192');
  });

  it('are told apart where one has logged something else', async () => {
    const model = machineWith(4096, 48, [{ start: 0, size: GiB }], { bbml2: true, bbml2AllCpus: true });
    await map(model, { noBlock: false, noCont: false }, {});
    pair.core.resetLog(true);
    const list = new OperationList();
    list.push(pair.core.operation.split, 0, pair.core.geometry.pageOffset, 4096);
    await expect(runBoth(list)).rejects.toThrow('WASM and C have other logs');
  });
});
