/** Loading and unloading modules: the same calls in the same order as a real kernel made for dm_mod. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeCall } from '../../src/capture/calls.js';
import { DM_MOD } from '../../src/kernel/dm-mod.js';
import { Kernel } from '../../src/kernel/kernel.js';
import {
  allocateModule,
  loadModule,
  MODULE_TYPES,
  type ModuleSections,
  unloadModule,
} from '../../src/kernel/module.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { scenario, traceLines } from '../capture/shipped.js';
import { runs } from '../core/runs.js';
import { machineWith } from './machines.js';
import { type Recorded, RecordingCore } from './recording-core.js';

const PAGE = 4096;
const core = new RecordingCore();

/** What a call is, wherever its pages are: side, pages, masks, flush. */
const shape =
  (pageEnd: number) =>
  (call: { start: number; size: number; set: bigint; clear: bigint; flush: boolean }) => {
    const side = call.start >= pageEnd ? 'vmalloc' : 'linear';
    return `${side} ${call.size / PAGE} set ${call.set.toString(16)} clear ${call.clear.toString(16)} ${call.flush}`;
  };

describe('dm_mod', () => {
  const captured = scenario('4k-bbml2/load-small');
  const { machine } = captured;
  const changes = [...captured.trace.calls].filter((call): call is ChangeCall => call.kind === 'change');
  const loads = [...new Set(changes.map(({ task }) => task))].filter((task) => task.startsWith('insm-'));
  // loop, zstd, dm_mod: the third that was loaded.
  const [task = '', next = ''] = loads.slice(2, 4);
  const begin = changes.findIndex((call) => call.task === task);
  const end = changes.findIndex((call) => call.task === next);
  const ofKernel = changes
    .slice(begin, end)
    .map((call) => ({ ...call, set: call.masks.set, clear: call.masks.clear }))
    .map((call) => ({ ...call, text: shape(machine.pageEnd)(call) }));

  it('has the sections that the trace shows', () => {
    const asked = (entry: string) =>
      traceLines('4k-bbml2/load-small')
        .filter((line) => line.includes(` ${task} `) && line.includes(`(${entry}+`))
        .map((line) => Number(/ n=(\d+)/.exec(line)?.[1]) * PAGE);
    const { text, data, rodata, roAfterInit, initText, initData, initRodata } = DM_MOD;
    expect(initRodata).toBe(0);
    expect(asked('set_memory_ro')).toEqual([rodata, text, initText, roAfterInit]);
    expect(asked('set_memory_nx')).toEqual([data, rodata, roAfterInit, initData]);
    expect(asked('set_memory_x')).toEqual([text, initText]);
  });

  it('is loaded by the calls that the kernel made, in their order, and its init areas are freed by them', () => {
    const kernel = new Kernel(core, machine, pageBasis);
    const module = allocateModule(kernel, DM_MOD, 'runs');
    core.restart();
    expect(loadModule(kernel, module)).toBe(0);
    const made = core.recorded.filter(({ operation }) => operation === 'change').map(shape(machine.pageEnd));
    const loading = ofKernel.filter((call) => call.task === task).map(({ text }) => text);
    const freeing = ofKernel.filter((call) => call.task !== task).map(({ text }) => text);
    expect(loading).toHaveLength(5 + 25 + 1 + 1 + 10);
    expect(freeing).toHaveLength(2 * (1 + 15));
    expect(made).toEqual([...loading, ...freeing]);
    // One purge an init area, as the trace has.
    expect(core.recorded.filter(({ operation }) => operation === 'flushAll')).toHaveLength(2);
    expect(Object.keys(module)).toEqual(['text', 'data', 'rodata', 'roAfterInit']);
  });
});

const sections = fc.record(
  Object.fromEntries(MODULE_TYPES.map((type) => [type, fc.nat(6 * PAGE)])) as Record<
    keyof ModuleSections,
    fc.Arbitrary<number>
  >,
);
const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE);

describe('any module', () => {
  it('costs as many page calls as its protected sections have pages; loaded and unloaded it leaves no trace', () => {
    const rodatas = fc.constantFrom('full' as const, 'on' as const, 'off' as const);
    fc.assert(
      fc.property(sections, rodatas, (sizes, rodata) => {
        const kernel = new Kernel(core, machineWith({ rodata }), pageBasis);
        const { readOnlyBytes } = core.summary();
        const module = allocateModule(kernel, sizes, 'runs');
        expect(Object.keys(module)).toEqual(MODULE_TYPES.filter((type) => sizes[type] > 0));
        for (const type of MODULE_TYPES) expect(module[type]?.pages.length ?? 0).toBe(pagesOf(sizes[type]));

        core.restart();
        expect(loadModule(kernel, module)).toBe(0);
        const loops = core.recorded.filter(
          ({ set, start }) => set === 0x80n && start < kernel.machine.pageEnd,
        );
        const { text, rodata: data, initText, initRodata, roAfterInit } = sizes;
        const expected = [data, initRodata, text, initText, roAfterInit].map(pagesOf);
        expect(loops).toHaveLength(rodata === 'full' ? expected.reduce((sum, n) => sum + n, 0) : 0);
        // What is kept and protected: text, rodata, read-only after init.
        const kept = [text, data, roAfterInit].map(pagesOf).reduce((sum, n) => sum + n, 0);
        expect(core.summary().readOnlyBytes - readOnlyBytes).toBe(rodata === 'full' ? kept * PAGE : 0);

        unloadModule(kernel, module);
        expect(core.summary()).toMatchObject({ readOnlyBytes, invalidBytes: 0 });
        expect(kernel.vmalloc.areas).toEqual([]);
        expect(module).toEqual({});
      }),
      { numRuns: runs(40) },
    );
  });

  it('rodata=off protects text alone', () => {
    const kernel = new Kernel(core, machineWith({ rodata: 'off' }), pageBasis);
    const module = allocateModule(kernel, { ...DM_MOD, initRodata: PAGE }, 'runs');
    core.restart();
    loadModule(kernel, module);
    const readOnly = core.recorded.filter(({ set }) => set === 0x80n).map(({ size }) => size);
    expect(readOnly).toEqual([DM_MOD.text, DM_MOD.initText]);
  });

  it('is unloaded text first and data last', () => {
    const kernel = new Kernel(core, machineWith(), pageBasis);
    const sizes = { text: 1, data: 2, rodata: 3, roAfterInit: 4, initText: 0, initData: 0, initRodata: 0 };
    const bytes = Object.fromEntries(MODULE_TYPES.map((type) => [type, sizes[type] * PAGE])) as Record<
      keyof ModuleSections,
      number
    >;
    const module = allocateModule(kernel, bytes, 'runs');
    loadModule(kernel, module);
    core.restart();
    unloadModule(kernel, module);
    expect(halves(core.recorded)).toEqual([1, 3, 4, 2]);
  });

  it('that does not load for want of a table stops there; after its init a failure only warns', () => {
    const one = (type: keyof ModuleSections) => {
      const kernel = new Kernel(core, machineWith(), pageBasis);
      const bytes = {
        text: 0,
        data: 0,
        rodata: 0,
        roAfterInit: 0,
        initText: 0,
        initData: 0,
        initRodata: 0,
        [type]: PAGE,
      };
      const module = allocateModule(kernel, { ...bytes, initData: PAGE }, 'scattered');
      core.restart();
      core.raw.failAllocationsAfter(0);
      const ret = loadModule(kernel, module);
      core.raw.failAllocationsAfter(-1);
      return { ret, freed: module.initData === undefined };
    };
    expect(one('rodata')).toEqual({ ret: -12, freed: false });
    expect(one('text')).toEqual({ ret: -12, freed: false });
    expect(one('initText')).toEqual({ ret: -12, freed: false });
    expect(one('initRodata')).toEqual({ ret: -12, freed: false });
    expect(one('roAfterInit')).toEqual({ ret: 0, freed: true });
    expect(one('data')).toEqual({ ret: 0, freed: true });
  });
});

/** Pages of each vfree(), in order: calls before each flush of everything. */
function halves(recorded: readonly Recorded[]): number[] {
  const counts: number[] = [];
  let pages = 0;
  for (const { operation, set } of recorded) {
    if (operation === 'flushAll') counts.push(pages);
    pages = operation === 'change' && set === 0x800n ? pages + 1 : 0;
  }
  return counts;
}
