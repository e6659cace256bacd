/** The invariants of a linear map, on the core's own readout, after every call of random sequences. No model here. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalSplits, totalTables } from '../../src/core/counters.js';
import { readMap } from '../../src/map/core-map.js';
import { type LeafRun, type LinearMap, levelSize } from '../../src/map/linear-map.js';
import {
  canSetDirectMap,
  forcePteMapping,
  linearMapRequiresBbml2,
  type ModelMachine,
} from '../model/machine.js';
import { bootCore } from './boot-core.js';
import { releaseCore } from './builds.js';
import { type Call, callCore } from './calls.js';
import {
  checkAttributes,
  checkGroups,
  checkTranslation,
  checkTree,
  isContiguous,
  isReadOnly,
  isValid,
  isWritable,
  leavesIn,
  memoryLeaves,
  type Stretch,
  tablesListed,
  translations,
} from './invariants.js';
import { runs } from './runs.js';
import { callOn, sampleDrafts } from './sample-calls.js';
import { sampleMachine } from './sample-machines.js';

const core = releaseCore();
const outsideRealms = { realm: false };
const onDemand = {
  ...outsideRealms,
  bbml2: true,
  bbml2AllCpus: true,
  debugPagealloc: false,
  rodata: 'full' as const,
};
const pagesOnly = { ...outsideRealms, bbml2: false, rodata: 'full' as const };
const EINVAL = -22;
const ENOMEM = -12;

/** One machine in the core, checked from the boot on. */
class Checked {
  readonly #pageOffset: number;
  readonly #late: { start: number; end: number }[] = [];
  #tables = 0;

  constructor(readonly machine: ModelMachine) {
    bootCore(core, machine);
    this.#pageOffset = core.geometry.pageOffset;
    this.check();
  }

  /** The call that is made on this machine for a random wish. */
  callFor(draft: Parameters<typeof callOn>[1]): Call {
    const call = callOn(this.machine, draft, true);
    // A kernel with an early pool has no other; and what begins in the pool is an object of the pool.
    if (call.kind === 'kfencePool' && this.#earlyPool().length > 0) return { ...call, kind: 'split' };
    const pool = [...this.#earlyPool(), ...this.#late].find(
      ({ start, end }) => call.start >= start && call.start < end,
    );
    return pool ? { ...call, size: Math.min(call.size, pool.end - call.start) } : call;
  }

  call(call: Call): number {
    const pagesAnyway = this.#earlyPool().length > 0 || forcePteMapping(this.machine, false);
    const ret = callCore(core, call, pagesAnyway);
    if (call.kind === 'kfencePool' && ret === 0)
      this.#late.splice(0, 1, { start: call.start, end: call.start + call.size });
    this.check();
    return ret;
  }

  /** I1, I2, I5–I8, I11, I12. */
  check(): LinearMap {
    const map = readMap(core);
    const { machine } = this;
    checkTranslation(map, machine, this.#pageOffset);
    checkAttributes(map, machine, this.#pageOffset);
    checkGroups(map);
    checkTree(map);

    const { tablesAllocated } = core.counters();
    expect(tablesListed(map, core.geometry.pageEnd)).toEqual(tablesAllocated);
    expect(core.summary().tables).toEqual(tablesAllocated);
    const tables = totalTables(core.counters());
    expect(tables).toBeGreaterThanOrEqual(this.#tables);
    this.#tables = tables;

    if (forcePteMapping(machine, true)) {
      expect(totalSplits(core.counters())).toBe(0);
      expect(map.leaves.filter((run) => run.level < 3 || isContiguous(run))).toEqual([]);
    }
    for (const { start, end } of [...this.#earlyPool(), ...this.#late]) {
      const leaves = leavesIn(map, start, end);
      expect(leaves.filter((run) => run.level < 3 || isContiguous(run))).toEqual([]);
    }
    return map;
  }

  #earlyPool(): { start: number; end: number }[] {
    const { kfence, physOffset = 0 } = this.machine;
    if (typeof kfence !== 'object') return [];
    const start = kfence.start - physOffset + this.#pageOffset;
    return [{ start, end: start + kfence.size }];
  }
}

const anyOf = (): fc.Arbitrary<ModelMachine> => fc.oneof(sampleMachine(onDemand), sampleMachine(pagesOnly));

describe('invariants', () => {
  it('hold after the boot of any machine; the image’s aliases are read-only', () => {
    fc.assert(
      fc.property(sampleMachine(outsideRealms), (machine) => {
        const map = new Checked(machine).check();
        const { image, physOffset = 0 } = machine;
        if (image === null) return;
        const within = (from: number, to: number) => {
          const shift = core.geometry.pageOffset - physOffset;
          return leavesIn(map, from + shift, to + shift);
        };
        expect(within(image.text, image.initBegin).every(isReadOnly)).toBe(true);
        const data = within(image.initEnd, image.bssStop);
        expect(data.every(machine.rodataEnabled ? isReadOnly : isWritable)).toBe(true);
        expect(within(image.initBegin, image.initEnd).every(isWritable)).toBe(true);
      }),
      { numRuns: runs(100) },
    );
  });

  it('hold after every call on an alias; what was asked for is there, and asking again changes nothing', () => {
    fc.assert(
      fc.property(anyOf(), sampleDrafts(12), (machine, drafts) => {
        const checked = new Checked(machine);
        for (const draft of drafts) {
          const call = checked.callFor(draft);
          const before = readMap(core);
          const ret = checked.call(call);
          const after = readMap(core);
          if (call.kind !== 'change') expect(translations(after)).toEqual(translations(before));
          if (ret !== 0) {
            expect([EINVAL, call.size]).toEqual([ret, 0]);
            continue;
          }
          checkAsked(machine, call, after);
          const tables = totalTables(core.counters());
          const splits = totalSplits(core.counters());
          expect(checked.call(call)).toBe(0);
          expect(readMap(core)).toEqual(after);
          expect([totalTables(core.counters()), totalSplits(core.counters())]).toEqual([tables, splits]);
        }
      }),
      { numRuns: runs(80) },
    );
  });

  it('an unaligned call on a map that is split on demand changes nothing', () => {
    fc.assert(
      fc.property(
        sampleMachine({ ...onDemand, kfence: 'none' }),
        sampleDrafts(1),
        fc.integer({ min: 1, max: 4095 }),
        (machine, [draft], byte) => {
          if (draft === undefined) return;
          const checked = new Checked(machine);
          // A force-PTE machine has nothing to split and so nothing to refuse.
          expect(linearMapRequiresBbml2(machine)).toBe(true);
          const call = callOn(machine, { ...draft, kind: 'change' }, true);
          const before = readMap(core);
          for (const odd of [
            { ...call, start: call.start + byte },
            { ...call, size: call.size + byte },
          ]) {
            expect(checked.call(odd)).toBe(EINVAL);
            expect(readMap(core)).toEqual(before);
          }
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it('a failed split leaves smaller leaves behind, and not one permission changed', () => {
    fc.assert(
      fc.property(sampleMachine(onDemand), sampleDrafts(4), fc.nat(2), (machine, drafts, failing) => {
        const checked = new Checked(machine);
        for (const draft of drafts) {
          const before = translations(readMap(core));
          core.raw.failAllocationsAfter(failing);
          const ret = checked.call(checked.callFor({ ...draft, kind: 'change' }));
          core.raw.failAllocationsAfter(-1);
          if (ret === ENOMEM) expect(translations(readMap(core))).toEqual(before);
        }
      }),
      { numRuns: runs(80) },
    );
  });

  it('a block that is met in part, where nothing may split it, stops the walk after a prefix', () => {
    const blocks = {
      ...outsideRealms,
      bbml2: true,
      debugPagealloc: false,
      rodata: 'on' as const,
      kfence: 'none' as const,
    };
    fc.assert(
      fc.property(sampleMachine(blocks), sampleDrafts(6), (machine, drafts) => {
        bootCore(core, machine);
        expect(canSetDirectMap(machine, false)).toBe(false);
        const tables = totalTables(core.counters());
        const { pageOffset } = core.geometry;
        const inMemory = (): LinearMap => {
          const map = readMap(core);
          return { ...map, leaves: memoryLeaves(map, machine, pageOffset) };
        };
        for (const draft of drafts) {
          const call = callOn(machine, { ...draft, kind: 'change', permission: 0 }, true);
          const end = call.start + call.size;
          const before = inMemory();
          const stop = firstPartlyCovered(before, call.start, end) ?? end;
          const ret = callCore(core, call, false);
          expect(ret).toBe(stop < end || call.size === 0 ? EINVAL : 0);
          const after = inMemory();
          checkTranslation(after, machine, pageOffset);
          expect(leavesIn(after, call.start, stop).filter((run) => !isReadOnly(run))).toEqual([]);
          for (const [from, to] of [
            [pageOffset, call.start],
            [stop, core.geometry.pageEnd],
          ] as const) {
            expect(clipped(translations(after), from, to)).toEqual(clipped(translations(before), from, to));
          }
        }
        expect(totalTables(core.counters())).toBe(tables);
        expect(totalSplits(core.counters())).toBe(0);
      }),
      { numRuns: runs(40) },
    );
  });
});

/** Start of the first block of which [from, to) covers a part only, or `from` where that lies inside one. */
function firstPartlyCovered(map: LinearMap, from: number, to: number): number | null {
  for (const run of leavesIn(map, from, to)) {
    if (run.level === 3) continue;
    const span = levelSize(map.granule, run.level);
    if (from > run.va && from % span !== 0) return from;
    const runEnd = run.va + run.count * span;
    if (to < runEnd && to % span !== 0) return Math.max(from, Math.floor(to / span) * span);
  }
  return null;
}

function clipped(stretches: readonly Stretch[], from: number, to: number): Stretch[] {
  return stretches
    .filter((each) => each.start < to && each.end > from)
    .map((each) => {
      const start = Math.max(each.start, from);
      return { ...each, start, end: Math.min(each.end, to), pa: each.pa + start - each.start };
    });
}

/** I3: permissions over the whole range are those of the call. */
function checkAsked(machine: ModelMachine, call: Call, map: LinearMap): void {
  if (call.kind !== 'change') return;
  const inMemory = memoryLeaves(map, machine, core.geometry.pageOffset);
  const leaves = leavesIn(map, call.start, call.start + call.size).filter((run) => inMemory.includes(run));
  const holds: Readonly<Record<string, (run: LeafRun) => boolean>> = {
    ro: isReadOnly,
    rw: isWritable,
    valid: isValid,
    invalid: (run) => !isValid(run),
    default: (run) => isWritable(run) && isValid(run),
  };
  const asked = holds[call.permission];
  expect(leaves.filter((run) => !asked?.(run))).toEqual([]);
}
