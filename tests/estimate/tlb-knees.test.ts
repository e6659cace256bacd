// Known answers: where cyclic patterns stop fitting, and what a sequential scan fetches.
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/estimate/streams/random.js';
import { type FlatCoreModel, flatten } from '../../src/machine/cores/core-model.js';
import { APPLE_M1 } from '../../src/machine/cores/presets/apple-m1.js';
import { NEOVERSE_V2 } from '../../src/machine/cores/presets/neoverse-v2.js';
import type { Granule } from '../../src/machine/va-layout.js';
import { fully, plainCore } from './tlb-model/plain-core.js';
import { pages, rig } from './tlb-model/rig.js';
import { ModelTlb } from './tlb-model/tlb.js';

const BLOCKING = { blocking: true, lineCaches: false };

/** Misses of an access, both levels, when `count` pages at a stride are touched again and again. */
function missesOf(model: FlatCoreModel, count: number, stride: number, granule: Granule = 4096) {
  const { touch, simulator } = rig({ granule, bbml2: false }, model, BLOCKING);
  touch(pages(count, stride));
  simulator.resetCounts();
  for (let round = 0; round < 3; round++) touch(pages(count, stride));
  const { accesses, l1Misses, l2Misses } = simulator.result();
  return { l1: l1Misses / accesses, l2: l2Misses / accesses };
}

/** Without table descriptors among the leaves, so that all of the second level is there for the pattern. */
const V2: FlatCoreModel = {
  ...flatten(NEOVERSE_V2),
  walkCache: { kind: 'none', entries: 0, ways: 0, levels: [], cycles: 0 },
};
const M1 = flatten(APPLE_M1);

describe('a cyclic pattern', () => {
  it('misses nothing up to the capacity of the first level and everything one page beyond', () => {
    expect(missesOf(V2, 48, 4096)).toEqual({ l1: 0, l2: 0 });
    expect(missesOf(V2, 49, 4096)).toEqual({ l1: 1, l2: 0 });
  });

  it('misses the second level from its capacity on, one set after the other', () => {
    expect(missesOf(V2, 2048, 4096).l2).toBe(0);
    // One page too many makes nine in one set of eight ways: only they miss.
    expect(missesOf(V2, 2049, 4096).l2).toBeCloseTo(9 / 2049);
    expect(missesOf(V2, 2048 + 256, 4096).l2).toBe(1);
  });

  it('bends where measurements of the M1 at a stride of 32 pages do: at 5 and at 96', () => {
    const stride = 32 * 16384;
    expect(missesOf(M1, 5, stride, 16384)).toEqual({ l1: 0, l2: 0 });
    expect(missesOf(M1, 6, stride, 16384)).toEqual({ l1: 1, l2: 0 });
    expect(missesOf(M1, 96, stride, 16384).l2).toBe(0);
    expect(missesOf(M1, 104, stride, 16384).l2).toBe(1);
  });

  it('bends at the 12 ways of the M1 at a stride of 256 pages', () => {
    const stride = 256 * 16384;
    expect(missesOf(M1, 12, stride, 16384).l2).toBe(0);
    expect(missesOf(M1, 13, stride, 16384).l2).toBe(1);
  });
});

describe('a sequential scan over pages', () => {
  it('fetches one line from memory for eight pages, and finds it in L2 for the seven after the first', () => {
    const walkCache = { kind: 'separate', entries: 8, ways: 8, levels: [0, 1, 2], cycles: 0 } as const;
    const { touch, simulator } = rig({ bbml2: false }, plainCore({ walkCache }));
    const count = 2 ** 15;
    touch(pages(count));
    const { l2, system, dram } = simulator.result().linesFetched;
    // 64 tables of pages; their 64 entries fill 8 lines, and there is one line of each level above.
    expect(dram).toBe(count / 8 + 8 + 1 + 1);
    expect(system).toBe(0);
    expect(l2 + dram).toBe(count + 64 + 1 + 1);
  });

  it('touches blocks once, however many pages they hold', () => {
    const { touch, simulator } = rig({}, plainCore());
    touch(pages(2 ** 18));
    expect(simulator.result()).toMatchObject({ accesses: 2 ** 18, l1Misses: 1, l2Misses: 1, walks: 1 });
  });
});

describe('a large fully associative TLB', () => {
  it('does what a plain list does, entries with equal hashes included', () => {
    const list = new ModelTlb(fully(200));
    const l1Data = fully(200);
    const { touch, simulator, at } = rig({ bbml2: false }, plainCore({ l1Data }), BLOCKING);
    const random = new Random(1);
    const stream = Array.from({ length: 30_000 }, () => random.below(320) * 4096);
    let misses = 0;
    for (const pa of stream) {
      if (list.lookUp(at(pa)).entry) continue;
      misses++;
      list.fill('leaf', at(pa), 4096, null);
    }
    touch(stream);
    expect(simulator.result().l1Misses).toBe(misses);
    expect(misses).toBeGreaterThan(5_000);
  });
});
