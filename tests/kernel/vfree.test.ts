/** vfree() with VM_FLUSH_RESET_PERMS: all pages invalid, one flush of everything, all pages back to normal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearVa } from '../../src/kernel/boot.js';
import { Kernel } from '../../src/kernel/kernel.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { runs } from '../core/runs.js';
import { GiB, MiB } from '../core/sizes.js';
import { machineWith } from './machines.js';
import { RecordingCore } from './recording-core.js';

const core = new RecordingCore();
const INVALID = { set: 0x800n, clear: 0x1n, flush: false };
const DEFAULT = { set: 0x8000000000001n, clear: 0x880n, flush: false };

describe('vfree()', () => {
  it('makes every page invalid, flushes all, and makes every page valid and writable', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.boolean(), fc.boolean(), (pages, bbml2, protect) => {
        const kernel = new Kernel(core, machineWith({ bbml2 }), pageBasis);
        const area = kernel.vmallocArea(pages, 'runs');
        if (protect) kernel.setMemoryRox(area.addr, pages);
        core.restart();
        kernel.vfree(area);
        const starts = area.pages.map((pa) => linearVa(kernel.machine, pa));
        expect(core.recorded.slice(0, pages)).toMatchObject(
          starts.map((start) => ({ start, size: 4096, ...INVALID })),
        );
        expect(core.recorded[pages]).toMatchObject({ operation: 'flushAll' });
        expect(core.recorded.slice(pages + 1)).toMatchObject(
          starts.map((start) => ({ start, size: 4096, ...DEFAULT })),
        );
        expect(core.summary()).toMatchObject({ readOnlyBytes: 0, invalidBytes: 0 });
        expect(kernel.lazilyFreed).toBe(false);
        expect(kernel.vmalloc.find(area.addr)).toBeUndefined();
      }),
      { numRuns: runs(25) },
    );
  });

  it.each([1, 2, 9, 300])(
    '%i pages that are pages already: two stores and two barriers each, and one flush',
    (n) => {
      const kernel = new Kernel(core, machineWith({ bbml2: false, memory: 64 * MiB }), pageBasis);
      const area = kernel.vmallocArea(n, 'scattered');
      core.restart();
      kernel.vfree(area);
      expect(core.counters()).toMatchObject({
        calls: 2 * n,
        descriptorWrites: 2 * n,
        dsbIshst: n + 1,
        isb: n + 1,
        dsbIsh: 1,
        tlbi: { single: 0, range: 0, all: 1 },
      });
    },
  );

  it('splits pages of an area that was never read-only', () => {
    const kernel = new Kernel(core, machineWith(), pageBasis);
    const area = kernel.vmallocArea(1, 'scattered');
    kernel.setMemoryNx(area.addr, 1);
    core.restart();
    kernel.vfree(area);
    // 1G is one PUD block: 512 + 1 for it, 16 un-hinted, 512 + 1, 16 un-hinted, and two changes.
    expect(core.counters()).toMatchObject({
      descriptorWrites: 1058 + 2,
      tablesAllocated: { pmd: 1, pte: 1 },
      // Making invalid queues no barrier of its own.
      dsbIshst: 2 + 1 + 1 + 1,
      isb: 1 + 1 + 1,
    });
  });

  it('only flushes where set_direct_map_*() do nothing', () => {
    const kernel = new Kernel(core, machineWith({ rodata: 'on' }), pageBasis);
    const area = kernel.vmallocArea(9, 'scattered');
    core.restart();
    kernel.vfree(area);
    expect(core.recorded.map(({ operation }) => operation)).toEqual(['flushAll']);
    expect(core.counters()).toMatchObject({ calls: 0, descriptorWrites: 0, tlbi: { all: 1 } });
  });

  it('without VM_FLUSH_RESET_PERMS leaves everything to the next vm_unmap_aliases()', () => {
    const kernel = new Kernel(core, machineWith({ memory: GiB }), pageBasis);
    const area = kernel.vmallocArea(9, 'scattered');
    area.flushResetPerms = false;
    core.restart();
    kernel.vfree(area);
    expect(core.recorded).toEqual([]);
    expect(kernel.lazilyFreed).toBe(true);
  });

  it('goes on after a page for whose split there was no table', () => {
    const kernel = new Kernel(core, machineWith(), pageBasis);
    const area = kernel.vmallocArea(3, 'scattered');
    core.restart();
    core.raw.failAllocationsAfter(0);
    kernel.vfree(area);
    core.raw.failAllocationsAfter(-1);
    expect(core.recorded.map(({ result }) => result)).toEqual([-12, -12, -12, 0, -12, -12, -12]);
  });

  it('of an area that is not there harms no other', () => {
    const kernel = new Kernel(core, machineWith(), pageBasis);
    const one = kernel.vmallocArea(1, 'scattered');
    const other = kernel.vmallocArea(1, 'scattered');
    kernel.vfree(one);
    expect(() => kernel.vfree(one)).toThrow(RangeError);
    expect(kernel.vmalloc.areas).toEqual([other]);
  });
});
