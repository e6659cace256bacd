/** A list of calls does what its calls do one after the other, whatever of it the core runs together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/core/core.js';
import { OperationList, RECORD_WORDS } from '../../src/core/operations.js';
import { readMap } from '../../src/map/core-map.js';
import { buildModel } from '../model/build.js';
import { bootCore } from './boot-core.js';
import { releaseCore } from './builds.js';
import { kfencePoolIsPages } from './calls.js';
import { bootSplittable } from './costs.js';
import { runs } from './runs.js';
import { sampleMachine } from './sample-machines.js';
import { chain, FLAGS_WORD, operationsOn, sampleOperations } from './sample-operations.js';
import { MiB } from './sizes.js';

const together = releaseCore();
const alone = releaseCore();
const SPLITTING = { bbml2: true, bbml2AllCpus: true, debugPagealloc: false, rodata: 'full' as const };

const sample = fc.record({
  // Allocations fail and events are logged where leaves are split: half of the machines do that for certain.
  machine: fc.oneof(sampleMachine(), sampleMachine(SPLITTING)),
  operations: sampleOperations,
  stored: fc.boolean(),
  logging: fc.boolean(),
});
type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

/** Boots both cores. The list has at least `length` operations. */
function prepare({ machine, operations, stored, logging }: Sample, length = 1): OperationList {
  for (const core of [together, alone]) {
    bootCore(core, machine, 'final', { storeUniformTables: stored });
    core.resetLog(logging);
  }
  const pagesAnyway = kfencePoolIsPages(buildModel(machine, 'mapped'));
  return operationsOn(together, machine, operations, pagesAnyway, length);
}

/** Each operation in a list of its own, if its chain has not failed; flagged as chained, no operation is one of many. */
function runOneByOne(core: Core, list: OperationList): number[] {
  const { chained, skipped } = core.operation;
  const one = new OperationList();
  one.push(0, 0, 0, 0);
  let failed = false;
  return Array.from({ length: list.length }, (_, i) => {
    one.words.set(list.words.subarray(i * RECORD_WORDS, (i + 1) * RECORD_WORDS));
    const flags = one.words[FLAGS_WORD] ?? 0;
    if (!(flags & chained)) failed = false;
    if (failed) return skipped;
    one.words[FLAGS_WORD] = flags | chained;
    core.run(one);
    failed = one.result(0) !== 0;
    return one.result(0);
  });
}

function runInSlices(core: Core, list: OperationList, cuts: readonly number[]): void {
  const places = cuts.map((cut) => cut % (list.length + 1)).sort((a, b) => a - b);
  for (const [i, to] of [...places, list.length].entries()) core.runSlice(list, places[i - 1] ?? 0, to);
}

function returnsOf(list: OperationList): number[] {
  return Array.from({ length: list.length }, (_, i) => list.result(i));
}

function expectTheSame(list: OperationList): void {
  expect(returnsOf(list)).toEqual(runOneByOne(alone, list));
  expect(together.counters()).toEqual(alone.counters());
  expect(together.log()).toEqual(alone.log());
  expect(readMap(together)).toEqual(readMap(alone));
}

describe('a list of operations', () => {
  it('does the same as its operations one by one: returns, counters, log, map', () => {
    fc.assert(
      fc.property(sample, (sampled) => {
        const list = prepare(sampled);
        together.run(list);
        expectTheSame(list);
      }),
      { numRuns: runs(150) },
    );
  });

  it('does the same in slices, wherever they end', () => {
    fc.assert(
      fc.property(sample, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (sampled, cuts) => {
        const list = prepare(sampled);
        runInSlices(together, list, cuts);
        expectTheSame(list);
      }),
      { numRuns: runs(100) },
    );
  });

  it('does the same where it is longer than what the core takes at once', () => {
    fc.assert(
      fc.property(sample, (sampled) => {
        const list = prepare(sampled, together.operation.capacity + 1);
        together.run(list);
        expectTheSame(list);
      }),
      { numRuns: runs(30) },
    );
  });
});

describe('a chain', () => {
  const GRANULE = 4096;
  const { capacity, change, noFlush, skipped } = together.operation;

  /** One change of a page for each start. */
  function changes(starts: readonly number[]): OperationList {
    const list = new OperationList();
    const ro = together.permission('ro');
    for (const start of starts) list.push(change, noFlush, start, GRANULE, ro);
    return list;
  }

  it('that fails skips what follows in it, however many slices that is, and nothing after it', () => {
    bootSplittable(together, { granule: GRANULE, vaBits: 48, memory: 64 * MiB });
    const { pageOffset } = together.geometry;
    const last = 2 * capacity + 3;
    const list = changes([pageOffset + 1, ...Array<number>(last + 1).fill(pageOffset)]);
    chain(list, together, 1, last);
    together.run(list);
    expect(returnsOf(list)).toEqual([-22, ...Array<number>(last - 1).fill(skipped), 0, 0]);
    expect(together.counters().calls).toBe(3);
  });

  it('does not go on from the end of one list into the next', () => {
    bootSplittable(together, { granule: GRANULE, vaBits: 48, memory: 64 * MiB });
    const { pageOffset } = together.geometry;
    const failing = changes([pageOffset + 1]);
    together.run(failing);
    const next = changes([pageOffset]);
    chain(next, together, 0, 1);
    together.run(next);
    expect([failing.result(0), next.result(0)]).toEqual([-22, 0]);
  });
});
