/** A table that cannot be had, at every allocation of a call: the same prefix of changes on both sides. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalTables } from '../../src/core/counters.js';
import type { ModelMachine } from '../model/machine.js';
import { debugCore, releaseCore } from './builds.js';
import type { Call } from './calls.js';
import { bootSplittable, change, costsOf, leavesOf } from './costs.js';
import { runs } from './runs.js';
import { callOn, sampleDrafts } from './sample-calls.js';
import { sampleMachine } from './sample-machines.js';
import { KiB, MiB } from './sizes.js';
import { type Twin, Twins } from './twins.js';

const release = releaseCore();
const cores: readonly Twin[] = [
  { name: 'the release build', core: release, options: {} },
  {
    name: 'the release build with stored tables',
    core: releaseCore(),
    options: { storeUniformTables: true },
  },
  { name: 'the debug build', core: debugCore(), options: {} },
];
const splittable = { bbml2: true, bbml2AllCpus: true, debugPagealloc: false, rodata: 'full' as const };

/** Makes the call with each of its allocations failing in turn, then again with memory enough. */
function failEach(machine: ModelMachine, earlier: readonly Call[], call: Call): void {
  for (let failing = 0; ; failing++) {
    const twins = new Twins(machine, 'final', cores);
    for (const before of earlier) twins.call(before);
    twins.resetCounters();
    twins.failAllocationsAfter(failing);
    const ret = twins.call(call);
    const taken = totalTables(release.counters());
    twins.compare();
    if (ret !== -12) {
      // What the call needed was there, so that the failure was never met.
      expect(taken).toBeLessThanOrEqual(failing);
      return;
    }
    expect(taken).toBe(failing);
    twins.failAllocationsAfter(null);
    expect(twins.call(call)).not.toBe(-12);
    twins.compare();
  }
}

describe('an allocation that fails', () => {
  it('leaves the same behind, whichever it is, and the call can be made again', () => {
    fc.assert(
      fc.property(sampleMachine(splittable), sampleDrafts(4), (machine, drafts) => {
        const calls = drafts.map((draft) => callOn(machine, draft));
        const last = calls.pop();
        if (last !== undefined) failEach(machine, calls, last);
      }),
      { numRuns: runs(80) },
    );
  });

  it('at the start of a range leaves its end alone', () => {
    // Two contPMD groups: the first has lost its hint when the PMD in it cannot be split.
    bootSplittable(release, { granule: 4096, vaBits: 48, memory: 64 * MiB });
    release.raw.failAllocationsAfter(0);
    expect(change(release, 'ro', 4 * KiB, 40 * MiB)).toBe(-12);
    expect(leavesOf(release)).toEqual([0, 16, 16, 0, 0]);
    expect(release.counters().boundaries).toBe(1);
    // The 16 stores are paid for on leaving the lazy section; the range is flushed all the same.
    const [writes, tables, dsbIshst, isb, dsbIsh] = costsOf(release);
    expect([writes, tables, dsbIshst, isb, dsbIsh]).toEqual([16, 0, 2, 2, 1]);
  });

  it('ends splitting to pages, which needs many', () => {
    const draft = sampleDrafts(1).map(([first]) => first);
    fc.assert(
      fc.property(sampleMachine(splittable), draft, (machine, wish) => {
        if (wish === undefined) return;
        failEach(machine, [], callOn(machine, { ...wish, kind: 'kfencePool', sizeUnit: 2 }));
      }),
      { numRuns: runs(25) },
    );
  });
});
