/** change_memory_common(): its checks of the area in their order, the alias loop, vm_unmap_aliases(), the area itself. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { totalTables } from '../../src/core/counters.js';
import { linearVa } from '../../src/kernel/boot.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { VmArea } from '../../src/kernel/vmalloc.js';
import { hugeSize } from '../../src/strategy/huge-size.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { pagesOnly } from '../../src/strategy/pages-only.js';
import { runs } from '../core/runs.js';
import { machineWith } from './machines.js';
import { RecordingCore } from './recording-core.js';

const PAGE = 4096;
const PAGES = 8;
const EINVAL = -22;
const ENOMEM = -12;
const core = new RecordingCore();
let kernel: Kernel;
let area: VmArea;

/** Boots with one area and forgets the boot. */
function boot(machine = machineWith(), policy = pageBasis): void {
  kernel = new Kernel(core, machine, policy);
  area = kernel.vmallocArea(PAGES, 'scattered');
  core.restart();
}

beforeEach(() => boot());

const CHANGES = {
  ro: { set: 0x80n, clear: 0x8000000000000n, call: (addr: number, n: number) => kernel.setMemoryRo(addr, n) },
  rw: { set: 0x8000000000000n, clear: 0x80n, call: (addr: number, n: number) => kernel.setMemoryRw(addr, n) },
  nx: { set: 0x20000000000000n, clear: 0n, call: (addr: number, n: number) => kernel.setMemoryNx(addr, n) },
  x: { set: 0n, clear: 0x20000000000000n, call: (addr: number, n: number) => kernel.setMemoryX(addr, n) },
};
type Change = keyof typeof CHANGES;
const NAMES = Object.keys(CHANGES) as Change[];
const change = fc.constantFrom(...NAMES);

/** Page runs [start, pages] of everything that was changed, linear pages as indices into the area's. */
function changed(): (string | readonly [number, number])[] {
  return core.recorded.map(({ operation, start, size }) => {
    if (operation !== 'change') return operation;
    if (start >= kernel.machine.pageEnd) return [(start - area.addr) / PAGE, size / PAGE] as const;
    return `page ${area.pages.findIndex((pa) => linearVa(kernel.machine, pa) === start)}`;
  });
}

function nothingWasDone(): void {
  expect(core.recorded).toEqual([]);
  expect(core.counters()).toMatchObject({ calls: 0, descriptorWrites: 0, dsbIshst: 0, dsbIsh: 0 });
}

describe('the checks', () => {
  it('an address between two pages is rounded down, the length stays', () => {
    fc.assert(
      fc.property(
        change,
        fc.nat(PAGE - 1),
        fc.nat(PAGES - 1),
        fc.integer({ min: 1, max: PAGES }),
        (name, byte, first, n) => {
          fc.pre(first + n <= PAGES);
          const { call } = CHANGES[name];
          boot();
          expect(call(area.addr + first * PAGE + byte, n)).toBe(0);
          const odd = [...core.recorded];
          boot();
          expect(call(area.addr + first * PAGE, n)).toBe(0);
          expect(odd).toEqual(core.recorded);
          expect(changed().at(-1)).toEqual([first, n]);
        },
      ),
      { numRuns: runs(30) },
    );
  });

  it.each(NAMES)('%s where there is no area: -EINVAL', (name) => {
    const { call } = CHANGES[name];
    const outside = [
      area.addr - PAGE,
      area.addr + area.size,
      area.addr - 1,
      linearVa(kernel.machine, area.pages[0] ?? 0),
    ];
    for (const addr of outside) {
      expect(call(addr, 1)).toBe(EINVAL);
      expect(call(addr, 0)).toBe(EINVAL);
    }
    nothingWasDone();
  });

  it('an area that was freed is none', () => {
    kernel.vfree(area);
    core.restart();
    expect(kernel.setMemoryRo(area.addr, 1)).toBe(EINVAL);
    nothingWasDone();
  });

  it.each(NAMES)('%s may run over the guard page, which counts as the area’s, and no further', (name) => {
    const { call } = CHANGES[name];
    expect(call(area.addr, PAGES + 2)).toBe(EINVAL);
    expect(call(area.addr + 3 * PAGE, PAGES - 1)).toBe(EINVAL);
    expect(call(area.addr + PAGES * PAGE, 2)).toBe(EINVAL);
    nothingWasDone();
    expect(call(area.addr + 3 * PAGE, PAGES - 2)).toBe(0);
    expect(changed().at(-1)).toEqual([3, PAGES - 2]);
    expect(call(area.addr, PAGES + 1)).toBe(0);
    expect(changed().at(-1)).toEqual([0, PAGES + 1]);
  });

  it('areas that vmalloc() did not make, or that may be huge, are refused, whatever they are mapped by', () => {
    area.alloc = false;
    expect(kernel.setMemoryRo(area.addr, 1)).toBe(EINVAL);
    expect(kernel.setMemoryRo(area.addr, 0)).toBe(EINVAL);
    area.alloc = true;
    area.allowHuge = true;
    expect(kernel.setMemoryNx(area.addr, 1)).toBe(EINVAL);
    nothingWasDone();
    boot(machineWith(), hugeSize);
    area.allowHuge = true;
    expect(kernel.setMemoryRo(area.addr, 1)).toBe(0);
    area.alloc = false;
    expect(kernel.setMemoryRo(area.addr, 1)).toBe(EINVAL);
  });

  it('no pages: nothing, not even a flush', () => {
    kernel.lazilyFreed = true;
    for (const name of NAMES) expect(CHANGES[name].call(area.addr, 0)).toBe(0);
    nothingWasDone();
    expect(kernel.lazilyFreed).toBe(true);
  });
});

describe('the alias loop', () => {
  it.each(NAMES)('%s: pages of the linear map with rodata=full, and only where writing changes', (name) => {
    const { call, set, clear } = CHANGES[name];
    for (const rodata of ['full', 'on', 'off'] as const) {
      boot(machineWith({ rodata }));
      expect(call(area.addr + 2 * PAGE, 3)).toBe(0);
      const alias = rodata === 'full' && (name === 'ro' || name === 'rw');
      expect(changed()).toEqual([...(alias ? ['page 2', 'page 3', 'page 4'] : []), [2, 3]]);
      for (const each of core.recorded) expect(each).toMatchObject({ set, clear, flush: true, result: 0 });
    }
  });

  it('leaves exactly the asked pages read-only, and writable again', () => {
    fc.assert(
      fc.property(fc.nat(PAGES - 1), fc.integer({ min: 1, max: PAGES }), (first, n) => {
        fc.pre(first + n <= PAGES);
        boot();
        const readOnly = () => {
          const aliases = area.pages.map((pa) => core.walk(linearVa(kernel.machine, pa))?.descriptor ?? 0n);
          return aliases.map((leaf) => (leaf & core.bits.readOnly) !== 0n && (leaf & core.bits.write) === 0n);
        };
        kernel.setMemoryRo(area.addr + first * PAGE, n);
        expect(readOnly()).toEqual(area.pages.map((_, i) => i >= first && i < first + n));
        kernel.setMemoryRw(area.addr + first * PAGE, n);
        expect(readOnly()).toEqual(area.pages.map(() => false));
        expect(core.summary().readOnlyBytes).toBe(0);
      }),
      { numRuns: runs(30) },
    );
  });

  it('set_memory_rox() goes through it once, and then changes the area twice', () => {
    expect(kernel.setMemoryRox(area.addr, 2)).toBe(0);
    expect(changed()).toEqual(['page 0', 'page 1', [0, 2], [0, 2]]);
    expect(core.recorded.map(({ set, clear }) => [set, clear]).at(-1)).toEqual([0n, 0x20000000000000n]);
  });
});

describe('a table that cannot be had', () => {
  it('ends the loop: pages before it are changed, it is flushed all the same, nothing after it is touched', () => {
    // Contiguous PMDs from the first page on: the page that meets a block that is still whole is the one that fails.
    for (let tables = 0; tables < 4; tables++) {
      boot();
      kernel.lazilyFreed = true;
      core.raw.failAllocationsAfter(tables);
      const ret = kernel.setMemoryRox(area.addr, PAGES);
      core.raw.failAllocationsAfter(-1);
      expect(ret).toBe(ENOMEM);
      expect(totalTables(core.counters())).toBe(tables);
      const failing = core.recorded.length - 1;
      expect(failing).toBeLessThan(PAGES);
      expect(changed()).toEqual(area.pages.slice(0, failing + 1).map((_, i) => `page ${i}`));
      expect(core.recorded.map(({ result }) => result)).toEqual([...Array<number>(failing).fill(0), ENOMEM]);
      expect(core.summary().readOnlyBytes).toBe(failing * PAGE);
      expect(core.counters().tlbi).toEqual({ single: failing + 1, range: 0, all: 0 });
      // vm_unmap_aliases() was not reached.
      expect(kernel.lazilyFreed).toBe(true);
      expect(kernel.setMemoryRox(area.addr, PAGES)).toBe(0);
      expect(core.summary().readOnlyBytes).toBe(PAGES * PAGE);
      expect(core.counters().tlbi.all).toBe(1);
    }
  });

  it('is not looked at up to 6.17, which changes what it can', () => {
    boot(machineWith(), { ...pagesOnly, boot: {} });
    core.raw.failAllocationsAfter(0);
    expect(kernel.setMemoryRo(area.addr, PAGES)).toBe(0);
    core.raw.failAllocationsAfter(-1);
    expect(core.recorded.map(({ result }) => result)).toEqual([...Array<number>(PAGES).fill(ENOMEM), 0]);
    expect(changed().at(-1)).toEqual([0, PAGES]);
  });
});

describe('vm_unmap_aliases()', () => {
  it('flushes once where areas wait to be freed, between the alias loop and the area', () => {
    kernel.lazilyFreed = true;
    kernel.setMemoryRo(area.addr, 2);
    kernel.setMemoryNx(area.addr, 2);
    expect(changed()).toEqual(['page 0', 'page 1', 'flushAll', [0, 2], [0, 2]]);
    expect(core.counters().tlbi).toEqual({ single: 2, range: 2, all: 1 });
  });

  it('flushes for an area that was freed without VM_FLUSH_RESET_PERMS, and not again for one that was with it', () => {
    for (const flushResetPerms of [true, false]) {
      boot();
      const other = kernel.vmallocArea(1, 'scattered');
      other.flushResetPerms = flushResetPerms;
      kernel.vfree(other);
      core.restart();
      kernel.setMemoryNx(area.addr, 1);
      expect(changed()).toEqual(flushResetPerms ? [[0, 1]] : ['flushAll', [0, 1]]);
    }
  });
});
