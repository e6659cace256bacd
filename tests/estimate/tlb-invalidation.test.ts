// What TLBI takes away, and what stays without it.
import { describe, expect, it } from 'vitest';
import { fully, plainCore } from './tlb-model/plain-core.js';
import { rig } from './tlb-model/rig.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const PAGE = 4 * KIB;
const FLIGHTS = { blocking: false, lineCaches: false };

describe('a split without TLBI', () => {
  it('leaves the block in the TLB, where it goes on to translate every page it held', () => {
    const { touch, split, simulator } = rig({}, plainCore());
    touch([0]);
    split(5 * PAGE, PAGE);
    touch([0, 5 * PAGE, 2 * MIB, 512 * MIB]);
    expect(simulator.result()).toMatchObject({ l1Misses: 1, walks: 1 });
    // The smaller leaves translate as the block did, so nothing is stale.
    expect(simulator.staleEntries()).toBe(0);
  });

  it('shows after a flush: each page then needs an entry of its own', () => {
    const { touch, split, flush, simulator } = rig({}, plainCore());
    touch([0]);
    split(5 * PAGE, PAGE);
    flush(5 * PAGE, PAGE);
    // A page, the next one, and a contiguous group of the same block.
    touch([5 * PAGE, 6 * PAGE, 64 * KIB, 65 * KIB]);
    expect(simulator.result()).toMatchObject({ l1Misses: 4, walks: 4 });
  });
});

describe('a permission change', () => {
  it('leaves stale entries until it is flushed (I9)', () => {
    const { touch, makeReadOnly, flush, simulator } = rig({}, plainCore());
    touch([0, 5 * PAGE]);
    makeReadOnly(5 * PAGE, PAGE, false);
    // The block in both levels.
    expect(simulator.staleEntries()).toBe(2);
    flush(5 * PAGE, PAGE);
    expect(simulator.staleEntries()).toBe(0);
    touch([5 * PAGE]);
    expect(simulator.result().walks).toBe(2);
  });

  it('makes entries disagree where one level has forgotten the old leaf and the other has not (I10)', () => {
    const sizes = [PAGE];
    const core = plainCore({
      l1Data: { ...fully(4), sizes },
      l2: { unified: fully(1) },
      mergesContiguous: true,
    });
    const { touch, split, makeReadOnly, simulator } = rig({}, core);
    // Leaves a contiguous group of 64 KiB at 0.
    split(64 * KIB, PAGE);
    touch([0]);
    makeReadOnly(0, 64 * KIB, false);
    touch([512 * MIB, PAGE]);
    expect(simulator.conflictingEntries()).toBe(1);
    expect(simulator.overlappingEntries()).toBe(0);
  });
});

describe('TLBI of the last level', () => {
  it('keeps table descriptors', () => {
    const walkCache = { kind: 'separate', entries: 8, ways: 8, levels: [0, 1, 2], cycles: 0 } as const;
    const { touch, flush, simulator } = rig({ bbml2: false }, plainCore({ walkCache }));
    touch([0]);
    flush(0, PAGE);
    simulator.resetCounts();
    touch([0]);
    const { walks, linesFetched } = simulator.result();
    expect(walks).toBe(1);
    expect(linesFetched.l2 + linesFetched.system + linesFetched.dram).toBe(1);
  });
});

describe('walks in flight', () => {
  it('are shared by misses to one leaf', () => {
    const { touch, simulator } = rig({}, plainCore(), FLIGHTS);
    touch([0, PAGE, 2 * PAGE]);
    expect(simulator.result()).toMatchObject({ l1Misses: 3, l2Misses: 3, walks: 1, merged: 2 });
  });

  it('make an access wait when all walkers are busy', () => {
    const { touch, simulator } = rig({ bbml2: false }, plainCore({ walkers: 1 }), FLIGHTS);
    touch([0, PAGE]);
    // Four levels of 10 cycles from cycle 1 to 41; the second access comes at cycle 2.
    expect(simulator.result()).toMatchObject({ walks: 2, walkCycles: 80, stallCycles: 39 });
  });

  it('fill nothing once they are invalidated', () => {
    const { touch, flush, simulator } = rig({ bbml2: false }, plainCore({ walkers: 2 }), FLIGHTS);
    touch([0]);
    flush(0, PAGE);
    // A second walk begins, and the first fills nothing when its time comes.
    touch([0]);
    expect(simulator.result()).toMatchObject({ walks: 2, merged: 0 });
    touch(Array.from({ length: 60 }, () => 0));
    expect(simulator.result()).toMatchObject({ walks: 2, merged: 39 });
  });
});

describe('a simulator', () => {
  it('says so when its core has been reset under it', () => {
    const { core, simulator, touch } = rig({}, plainCore());
    const { granule, vaBits, pageEnd } = core.geometry;
    core.reset(granule, vaBits, pageEnd, {});
    expect(() => touch([0])).toThrow('the core was reset');
    expect(() => simulator.reset()).toThrow('the core was reset');
  });

  it('refuses what it cannot simulate', () => {
    expect(() => rig({}, plainCore({ l1Data: fully(8192) }))).toThrow('at most 4096 ways, found 8192');
    expect(() => rig({}, plainCore({ walkers: 65 }))).toThrow('at most 64 walkers, found 65');
  });

  it('starts anew after reset()', () => {
    const { simulator, touch } = rig({}, plainCore());
    touch([0, 2 ** 30]);
    const before = simulator.result();
    simulator.reset();
    expect(simulator.result().accesses).toBe(0);
    touch([0, 2 ** 30]);
    expect(simulator.result()).toEqual(before);
  });
});
