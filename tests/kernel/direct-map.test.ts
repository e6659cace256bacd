/** Users of the linear map itself: set_direct_map_*(), memfd_secret, realms, BPF's packs. */
import { describe, expect, it } from 'vitest';
import { linearVa, runningSystem } from '../../src/kernel/boot.js';
import { allocatePack, protectPack } from '../../src/kernel/bpf.js';
import { Kernel } from '../../src/kernel/kernel.js';
import { faultSecretPage, freeSecretPage } from '../../src/kernel/secretmem.js';
import { hugeBacking } from '../../src/kernel/vmalloc.js';
import type { SyntheticMachine } from '../../src/machine/synthetic.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { GiB, MiB } from '../core/sizes.js';
import { machineWith } from './machines.js';
import { RecordingCore } from './recording-core.js';

const core = new RecordingCore();
const PAGE = 4096;

function boot(change: Partial<SyntheticMachine> = {}): Kernel {
  const kernel = new Kernel(core, machineWith(change), pageBasis);
  core.restart();
  return kernel;
}

describe('set_direct_map_*()', () => {
  it('invalid and back: one store each, no flush, barriers only for what becomes valid', () => {
    const kernel = boot({ bbml2: false, memory: 64 * MiB });
    const va = linearVa(kernel.machine, 5 * PAGE);
    expect(kernel.setDirectMapInvalidNoflush(5 * PAGE)).toBe(0);
    expect(core.walk(va)?.descriptor).toBe(0x00e8000000000f06n | 0x5000n);
    expect(core.counters()).toMatchObject({ descriptorWrites: 1, dsbIshst: 0, isb: 0, dsbIsh: 0 });
    expect(kernel.setDirectMapDefaultNoflush(5 * PAGE)).toBe(0);
    expect(core.walk(va)?.descriptor).toBe(0x00e8000000000707n | 0x5000n);
    expect(core.counters()).toMatchObject({ descriptorWrites: 2, dsbIshst: 1, isb: 1, dsbIsh: 0 });
    expect(core.counters().tlbi).toEqual({ single: 0, range: 0, all: 0 });
  });

  it('default makes a read-only page writable', () => {
    const kernel = boot();
    kernel.setDirectMapInvalidNoflush(0);
    const area = kernel.vmallocArea(1, 'scattered');
    kernel.setMemoryRo(area.addr, 1);
    const [page = 0] = area.pages;
    expect(kernel.setDirectMapDefaultNoflush(page)).toBe(0);
    expect(core.summary()).toMatchObject({ readOnlyBytes: 0, invalidBytes: PAGE });
  });

  it('valid_noflush() flushes after all where pages become invalid, whole blocks at once', () => {
    const kernel = boot({ memory: GiB });
    expect(kernel.setDirectMapValidNoflush(2 * MiB, 512, false)).toBe(0);
    expect(core.counters()).toMatchObject({ calls: 1, tlbi: { single: 0, range: 1, all: 0 }, dsbIsh: 1 });
    expect(core.summary().invalidBytes).toBe(2 * MiB);
    expect(kernel.setDirectMapValidNoflush(2 * MiB, 512, true)).toBe(0);
    expect(core.counters()).toMatchObject({ calls: 2, tlbi: { range: 1 }, dsbIsh: 1 });
    expect(core.summary().invalidBytes).toBe(0);
  });

  it('of no pages is an error of the walk', () => {
    expect(boot().setDirectMapValidNoflush(0, 0, true)).toBe(-22);
  });

  it('do nothing, successfully, where the boot decided that nothing will change', () => {
    for (const rodata of ['on', 'off'] as const) {
      const kernel = boot({ rodata });
      expect(kernel.policy.canSetDirectMap).toBe(false);
      expect(kernel.setDirectMapInvalidNoflush(0)).toBe(0);
      expect(kernel.setDirectMapDefaultNoflush(0)).toBe(0);
      expect(kernel.setDirectMapValidNoflush(0, 512, false)).toBe(0);
      expect(core.recorded).toEqual([]);
    }
    // A KFENCE that may come late is reason enough to change something.
    const late = boot({ rodata: 'on', kfence: 'late' });
    expect(late.setDirectMapInvalidNoflush(0)).toBe(0);
    expect(core.summary().invalidBytes).toBe(PAGE);
  });
});

describe('memfd_secret', () => {
  it('a page leaves with one flush of itself and comes back without any', () => {
    const kernel = boot();
    const page = kernel.allocator.allocate(PAGE);
    expect(faultSecretPage(kernel, page)).toBe(0);
    const va = linearVa(kernel.machine, page);
    expect(core.recorded).toMatchObject([
      { operation: 'change', start: va, size: PAGE, flush: false },
      { operation: 'flush', start: va, size: PAGE },
    ]);
    expect(core.walk(va)?.valid).toBe(false);
    expect(core.summary().invalidBytes).toBe(PAGE);
    expect(freeSecretPage(kernel, page)).toBe(0);
    expect(core.counters()).toMatchObject({ calls: 2, tlbi: { single: 1, range: 0, all: 0 } });
    expect(core.summary().invalidBytes).toBe(0);
  });

  it('a fault that finds no table flushes nothing', () => {
    const kernel = boot();
    core.raw.failAllocationsAfter(0);
    expect(faultSecretPage(kernel, PAGE)).toBe(-12);
    core.raw.failAllocationsAfter(-1);
    expect(core.recorded.map(({ operation }) => operation)).toEqual(['change']);
    expect(core.counters().dsbIsh).toBe(0);
  });
});

describe('a realm', () => {
  const IPA_BITS = 48;
  const shared = 1n << BigInt(IPA_BITS - 1);

  function realm(): Kernel {
    const kernel = boot();
    core.setSystem(runningSystem(kernel.machine), IPA_BITS);
    return kernel;
  }

  it('shares pages with the host and takes them back: invalid, flushed, valid again', () => {
    const kernel = realm();
    const va = linearVa(kernel.machine, 4 * MiB);
    const leaf = () => core.walk(va)?.descriptor ?? 0n;
    expect(kernel.setMemoryEncrypted(va, 512, false, true)).toBe(0);
    expect(leaf() & core.bits.valid).toBe(1n);
    expect(leaf() & shared).toBe(shared);
    expect(core.recorded.map(({ size, set, clear }) => [size, set, clear])).toEqual([
      [2 * MiB, shared | 0x800n, 1n],
      [2 * MiB, 1n, 0x800n],
    ]);
    expect(core.counters()).toMatchObject({ calls: 2, tlbi: { single: 0, range: 1, all: 0 } });
    expect(kernel.setMemoryEncrypted(va, 512, true, true)).toBe(0);
    expect(leaf() & shared).toBe(0n);
    expect(leaf() & core.bits.valid).toBe(1n);
    expect(core.counters().tlbi.range).toBe(2);
  });

  it('refuses what is not in the linear map', () => {
    const kernel = realm();
    const { pageOffset, pageEnd } = kernel.machine;
    for (const addr of [pageEnd, pageEnd + GiB, pageOffset - PAGE])
      expect(kernel.setMemoryEncrypted(addr, 1, false, true)).toBe(-22);
    expect(core.recorded).toEqual([]);
  });

  it('does not make it valid again where the first step failed', () => {
    const kernel = realm();
    core.raw.failAllocationsAfter(0);
    const va = linearVa(kernel.machine, PAGE);
    expect(kernel.setMemoryEncrypted(va, 1, false, true)).toBe(-12);
    core.raw.failAllocationsAfter(-1);
    expect(core.recorded.map(({ result }) => result)).toEqual([-12]);
  });

  it('is what other machines are not: nothing happens, even to a wrong address', () => {
    const kernel = boot();
    for (const encrypted of [true, false]) {
      expect(kernel.setMemoryEncrypted(kernel.machine.pageOffset, 1, encrypted, false)).toBe(0);
      expect(kernel.setMemoryEncrypted(0, 1, encrypted, false)).toBe(0);
    }
    expect(core.recorded).toEqual([]);
  });
});

describe('a BPF program pack', () => {
  it.each([
    [4096, 48, 1],
    [4096, 48, 4],
    [16384, 47, 1],
    [65536, 48, 2],
  ] as const)(
    'granule %i, VA bits %i, %i nodes: 2 MiB a node, protected page by page',
    (granule, vaBits, nodes) => {
      const kernel = boot({ granule, vaBits, memory: 4 * GiB });
      const pack = allocatePack(kernel, nodes, hugeBacking(2 * MiB, core.geometry));
      const pages = (nodes * 2 * MiB) / granule;
      expect(pack.pages).toHaveLength(pages);
      core.restart();
      expect(protectPack(kernel, pack)).toBe(0);
      const sides = core.recorded.map(({ start }) => start >= kernel.machine.pageEnd);
      expect(sides).toEqual([...Array<boolean>(pages).fill(false), true, true]);
      expect(core.counters()).toMatchObject({ calls: pages + 2, tlbi: { single: pages, range: 2, all: 0 } });
      expect(core.summary().readOnlyBytes).toBe(nodes * 2 * MiB);
      const leaf = core.walk(pack.addr);
      expect(leaf?.privilegedExecuteNever).toBe(false);
      expect((leaf?.descriptor ?? 0n) & core.bits.readOnly).toBe(core.bits.readOnly);
    },
  );
});
