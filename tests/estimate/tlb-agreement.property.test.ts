// The simulation and its slow model, access for access: random cores on random maps, while the maps change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Permission } from '../../src/core/core.js';
import { OperationList } from '../../src/core/operations.js';
import { ACCESS_CLASSES, type AccessClass, CLASS } from '../../src/estimate/access.js';
import { TlbSimulator } from '../../src/estimate/tlb-simulator.js';
import type { FlatCoreModel } from '../../src/machine/cores/core-model.js';
import { releaseCore } from '../core/builds.js';
import type { Call } from '../core/calls.js';
import { callOn, sampleDrafts } from '../core/sample-calls.js';
import { landmarks, sampleMachine } from '../core/sample-machines.js';
import { Twins } from '../core/twins.js';
import { tlbiOperations } from '../model/flush.js';
import { contiguousSpan, geometryOf, pudSpan, rootSpan, spanOf } from '../model/geometry.js';
import type { LinearMapModel } from '../model/linear-map-model.js';
import type { ModelMachine } from '../model/machine.js';
import { sampleCore } from './tlb-model/sample-cores.js';
import { ModelSimulator } from './tlb-model/simulator.js';

interface Place {
  readonly va: number;
  readonly kind: AccessClass;
}

interface Access extends Place {
  readonly write: boolean;
}

/** A place that is accessed and changed again and again. */
const place = fc.record({
  kind: fc.constantFrom<AccessClass>('linearMap', 'linearMap', 'linearMap', 'linearMap', ...ACCESS_CLASSES),
  landmark: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
  unit: fc.constantFrom(0, 0, 1, 1, 2, 3, 4),
  steps: fc.integer({ min: 0, max: 5 }),
  pages: fc.constantFrom(0, 0, 1, 2, 3, -1),
  /** In the linear map, whatever the class. */
  stray: fc.constantFrom(false, false, false, false, true),
});
const accesses = fc.record({
  kind: fc.constant('accesses' as const),
  atOnce: fc.boolean(),
  list: fc.array(fc.record({ which: fc.nat(), page: fc.nat(2), write: fc.boolean() }), { maxLength: 60 }),
});
const change = fc.record({
  kind: fc.constant('change' as const),
  which: fc.nat(),
  permission: fc.constantFrom<Permission>('ro', 'ro', 'ro', 'rw', 'invalid', 'default'),
  pages: fc.constantFrom(1, 1, 2, 16, 512),
  flush: fc.boolean(),
});
const step = fc.oneof(
  { weight: 8, arbitrary: accesses },
  { weight: 4, arbitrary: change },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('call' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flushAll' as const) }) },
);

describe('the TLB simulation', () => {
  it('does what its model does, access for access, while the map changes', () => {
    fc.assert(
      fc.property(
        sampleMachine(),
        sampleCore,
        fc.boolean(),
        fc.boolean(),
        fc.array(place, { minLength: 2, maxLength: 10 }),
        sampleDrafts(6),
        fc.array(step, { minLength: 4, maxLength: 24 }),
        (machine, core, lineCaches, storeUniformTables, wishes, drafts, steps) => {
          const options = { lineCaches, blocking: core.walkers === 0 };
          const pair = new Pair(machine, core, options, storeUniformTables);
          const { granule } = machine;
          const places = wishes.map((wish) => placeOn(machine, wish));
          const calls = drafts.map((draft) => callOn(machine, draft));
          for (const one of steps) {
            const which = 'which' in one ? one.which : 0;
            const { va: start, kind: touched } = pick(places, which);
            if (one.kind === 'accesses') {
              const list = one.list.map(({ which: at, page, write }) => {
                const { va, kind } = pick(places, at);
                return { va: va + page * granule, kind, write };
              });
              // All at once, or one by one to find the first that differs.
              if (one.atOnce) pair.access(list);
              else for (const access of list) pair.access([access]);
            } else if (one.kind === 'change') {
              const { permission, flush, pages } = one;
              const size = pages * granule;
              if (touched === 'linearMap') pair.call({ kind: 'change', permission, flush, start, size });
            } else if (one.kind === 'call') {
              pair.call(pick(calls, which));
            } else if (one.kind === 'flush') {
              pair.flush(start, start + 3 * granule);
            } else {
              pair.flushAll();
            }
            pair.compareCoherence();
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

class Pair {
  readonly #twins: Twins;
  readonly #simulator: TlbSimulator;
  readonly #model: ModelSimulator;
  readonly #history: string[] = [];

  constructor(
    readonly machine: ModelMachine,
    core: FlatCoreModel,
    options: { lineCaches: boolean; blocking: boolean },
    storeUniformTables: boolean,
  ) {
    const twin = { name: 'core', core: releaseCore(), options: { storeUniformTables } };
    this.#twins = new Twins(machine, 'final', [twin]);
    this.#simulator = new TlbSimulator(twin.core, core, options);
    this.#model = new ModelSimulator(this.map, core, options);
  }

  get map(): LinearMapModel {
    return this.#twins.model;
  }

  access(list: readonly Access[]): void {
    const words: bigint[] = [];
    for (const { va, kind, write } of list) {
      if ((kind === 'linearMap' || va < this.map.geometry.pageEnd) && !this.#canCompare(va)) continue;
      this.#history.push(`${kind} ${va.toString(16)}`);
      words.push(BigInt.asUintN(64, BigInt(va)) | BigInt((CLASS[kind] << 1) | (write ? 1 : 0)));
      this.#model.access(va, kind);
    }
    this.#simulator.run(BigUint64Array.from(words));
    const { byClass } = this.#simulator.result();
    const expected = ACCESS_CLASSES.map((name) => this.#model.counts[name]);
    expect(byClass, this.#history.join('\n')).toEqual(expected);
  }

  call(call: Call): void {
    const { pageOffset, pageEnd } = this.map.geometry;
    if (call.start < pageOffset || call.start + call.size > pageEnd) return;
    this.#history.push(`${Object.values(call).join(' ')}`);
    this.#twins.call(call);
    // __change_memory_common() flushes what it has changed, unless entries have only become valid.
    if (call.kind === 'change' && call.flush && call.permission !== 'valid') {
      this.#invalidate(call.start, call.start + call.size);
    }
  }

  flush(start: number, end: number): void {
    this.#history.push(`flush ${start.toString(16)} ${end.toString(16)}`);
    const { core } = this.#core;
    const list = new OperationList();
    list.push(core.operation.flush, 0, start, end - start);
    core.run(list);
    this.#invalidate(start, end);
    // I9: after a flush no entry disagrees with the tables for the range.
    expect(this.#simulator.staleEntries(start, end)).toBe(0);
  }

  flushAll(): void {
    this.#history.push('flush all');
    const { core } = this.#core;
    const list = new OperationList();
    list.push(core.operation.flushAll, 0, 0, 0);
    core.run(list);
    this.#model.invalidateAll();
    expect(this.#simulator.staleEntries()).toBe(0);
    expect(this.#simulator.overlappingEntries()).toBe(0);
  }

  compareCoherence(): void {
    const { pageOffset, pageEnd, granule } = this.map.geometry;
    const conflicting = this.#simulator.conflictingEntries();
    expect(conflicting).toBe(this.#model.conflictingEntries());
    expect(this.#simulator.overlappingEntries()).toBe(this.#model.overlappingEntries());
    for (const at of landmarks(this.machine).slice(0, 3)) {
      const start = Math.max(at - 16 * granule, pageOffset);
      const end = Math.min(at + 16 * granule, pageEnd);
      expect(this.#simulator.staleEntries(start, end)).toBe(this.#model.staleEntries(start, end));
    }
  }

  #invalidate(start: number, end: number): void {
    const { granule } = this.map.geometry;
    const operations = tlbiOperations(this.map.geometry, this.machine.tlbiRange, start, end);
    if (operations.some(({ kind }) => kind === 'all')) this.#model.invalidateAll();
    else this.#model.invalidate(Math.floor(start / granule) * granule, Math.ceil(end / granule) * granule);
  }

  /** The model knows the root entry that the kernel image shares only once it is used. */
  #canCompare(va: number): boolean {
    const g = this.map.geometry;
    if (va >= g.pageEnd) return false;
    const shared =
      g.pageEnd % rootSpan(g) === 0 ? g.pageEnd : Math.floor(g.pageEnd / rootSpan(g)) * rootSpan(g);
    return va < shared || this.map.entryAt(g.rootLevel, va).kind === 'table';
  }

  get #core() {
    const [twin] = this.#twins.cores;
    if (!twin) throw new Error('a pair has a core');
    return twin;
  }
}

/** Image, vmemmap and vmalloc space of a 48-bit kernel. */
const OTHER_KERNEL = [-(2 ** 47) + 2 ** 31, -(2 ** 42), -(2 ** 47) + 2 ** 40];

function placeOn(machine: ModelMachine, wish: typeof place extends fc.Arbitrary<infer T> ? T : never): Place {
  const g = geometryOf(machine.granule, machine.vaBits, machine.lpa2);
  const units = [g.granule, contiguousSpan(g, 3), spanOf(g, 2), contiguousSpan(g, 2), pudSpan(g)];
  const offset = wish.steps * pick(units, wish.unit) + wish.pages * g.granule;
  const { kind, landmark, stray } = wish;
  if (kind === 'linearMap' || stray) return { va: pick(landmarks(machine), landmark) + offset, kind };
  const user = Math.abs(offset);
  const kernel = pick(OTHER_KERNEL, landmark) + Math.abs(offset % 2 ** 30);
  const isUser = kind === 'user' || (kind === 'instruction' && landmark === 3);
  return { va: isUser ? user : kernel, kind };
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
