/** A kernel that does random things to its areas and its linear map while a tracer watches. */
import fc from 'fast-check';
import type { Scenario } from '../../src/capture/scenario.js';
import type { Counters } from '../../src/core/counters.js';
import { OperationList } from '../../src/core/operations.js';
import { linearVa } from '../../src/kernel/boot.js';
import { Kernel } from '../../src/kernel/kernel.js';
import { faultSecretPage, freeSecretPage } from '../../src/kernel/secretmem.js';
import type { VmArea } from '../../src/kernel/vmalloc.js';
import { kfencePoolSize } from '../../src/machine/kfence.js';
import type { Machine } from '../../src/machine/machine.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import type { Granule } from '../../src/machine/va-layout.js';
import { readMap } from '../../src/map/core-map.js';
import { formatMap, parseMap } from '../../src/map/map-file.js';
import { pageBasis } from '../../src/strategy/page-basis.js';
import { MiB } from '../core/sizes.js';
import { callsOf } from './calls-of.js';
import { ALL_PROBES, type Probes } from './trace-text.js';
import { TracedCore } from './traced-core.js';

const REGIMES: readonly (readonly [Granule, number])[] = [
  [4096, 39],
  [4096, 48],
  [4096, 52],
  [16384, 36],
  [16384, 47],
  [65536, 42],
  [65536, 48],
];

const sampleRegime = fc.constantFrom(...REGIMES);

/** Machines on which the linear map's permissions may change, and some on which they may not. */
export const sampleMachine: fc.Arbitrary<Machine> = fc
  .record({
    regime: sampleRegime,
    rodata: fc.constantFrom('full' as const, 'full' as const, 'on' as const),
    bbml2: fc.constantFrom(true, true, false),
    kfence: fc.constantFrom('off' as const, 'off' as const, 'late' as const, 'early' as const),
    base: fc.constantFrom(0, 1, 2),
  })
  .map(({ regime: [granule, vaBits], rodata, bbml2, kfence, base }) =>
    describeMachine({
      granule,
      vaBits,
      memory: granule === 4096 ? 128 * MiB : 576 * MiB,
      base: base * 1024 * MiB,
      rodata,
      bbml2,
      kfence,
    }),
  );

/** A machine that splits on demand. */
export const sampleSplittable: fc.Arbitrary<Machine> = sampleMachine.map((machine) => ({
  ...machine,
  rodata: 'full',
  bbml2: true,
  bbml2AllCpus: true,
}));

const COMMON = ['ro', 'rw', 'x', 'nx', 'rox'] as const;
const KINDS = [...COMMON, 'vfree', 'valid', 'invalid', 'secret', 'unsecret', 'kfence'] as const;

export interface Wish {
  kind: (typeof KINDS)[number];
  area: number;
  first: number;
  count: number;
  /** Tables that can be had before an allocation fails; null: all. */
  tables: number | null;
}

export const sampleWishes: fc.Arbitrary<Wish[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...COMMON, ...KINDS),
    area: fc.nat(4),
    first: fc.nat(40),
    count: fc.integer({ min: 1, max: 40 }),
    tables: fc.constantFrom(null, null, null, null, 0, 1),
  }),
  { minLength: 1, maxLength: 12 },
);

export interface Traced {
  scenario: Scenario;
  text: string;
  counters: Counters;
  /** Some call ended for want of a table. */
  failed: boolean;
}

const core = new TracedCore();

/** Boots the machine, fulfils the wishes, and gives what a capture of that would be. */
export function captureOf(machine: Machine, wishes: readonly Wish[], probes: Probes = ALL_PROBES): Traced {
  const kernel = new Kernel(core, machine, pageBasis);
  const areas = [40, 17, 9, 64].map((pages, index) =>
    kernel.vmallocArea(pages, index % 2 === 0 ? 'runs' : 'scattered'),
  );
  const before = captured();
  const doer = new Doer(kernel, areas);
  core.startTrace(probes);
  for (const wish of wishes) doer.fulfil(wish);
  const counters = core.counters();
  const text = core.endTrace();
  const { trace, summary } = callsOf(text, 'trace.txt');
  return {
    scenario: {
      machineName: machine.name,
      name: 'random',
      machine,
      before,
      snapshots: new Map([['after', captured()]]),
      trace,
      events: summary.events,
      lost: summary.lost,
      summary,
    },
    text,
    counters,
    failed: text.includes('ret=-12'),
  };
}

/** The map as it comes out of a file. */
function captured() {
  return parseMap(formatMap(readMap(core)), 'a.map.json');
}

class Doer {
  readonly #secret: number;
  #pool: number | null = null;

  constructor(
    readonly kernel: Kernel,
    readonly areas: (VmArea | undefined)[],
  ) {
    this.#secret = kernel.allocator.allocate(kernel.machine.granule);
  }

  fulfil(wish: Wish): void {
    if (wish.tables !== null) core.raw.failAllocationsAfter(wish.tables);
    this.#do(wish);
    core.raw.failAllocationsAfter(-1);
  }

  #do(wish: Wish): void {
    const { kernel } = this;
    const { granule } = kernel.machine;
    const [memory] = kernel.machine.memory;
    const area = this.areas[wish.area];
    const page = (memory?.start ?? 0) + 32 * MiB + wish.first * granule;
    const va = linearVa(kernel.machine, page);
    switch (wish.kind) {
      case 'vfree':
        if (area) kernel.vfree(area);
        this.areas[wish.area] = undefined;
        return;
      case 'valid':
      case 'invalid':
        // Where nothing can be split, only a kernel that debugs page allocation does this, and it has pages.
        if (kernel.policy.canSetDirectMap) kernel.setMemoryValid(va, wish.count, wish.kind === 'valid');
        return;
      case 'secret':
        faultSecretPage(kernel, this.#secret);
        return;
      case 'unsecret':
        freeSecretPage(kernel, this.#secret);
        return;
      case 'kfence':
        if (kernel.machine.kfence.late && this.#pool === null) this.#initKfence(va);
        return;
      default:
        if (area) this.#changeArea(area, wish.kind, wish);
    }
  }

  #changeArea(area: VmArea, kind: (typeof COMMON)[number], { first, count }: Wish): void {
    const { kernel } = this;
    const { granule } = kernel.machine;
    const from = first % area.pages.length;
    const pages = Math.min(count, area.pages.length - from);
    const addr = area.addr + from * granule;
    const common = (change: () => number): number => {
      core.text.entry('change_memory_common', `addr=0x0 n=${pages}`);
      return change();
    };
    const changes = {
      ro: () => common(() => kernel.setMemoryRo(addr, pages)),
      rw: () => common(() => kernel.setMemoryRw(addr, pages)),
      x: () => common(() => kernel.setMemoryX(addr, pages)),
      nx: () => common(() => kernel.setMemoryNx(addr, pages)),
      rox: () => changes.ro() || changes.x(),
    };
    changes[kind]();
  }

  /** As KFENCE is switched on at run time; with tables enough. */
  #initKfence(va: number): void {
    core.raw.failAllocationsAfter(-1);
    const { machine, policy } = this.kernel;
    const size = kfencePoolSize(machine.kfence.objects, machine.granule);
    const list = new OperationList();
    if (!policy.forcePages) list.push(core.operation.splitToPages, 0, va, size);
    list.push(core.operation.kfencePool, 0, va, size);
    core.runKfence(va, list);
    this.#pool = va;
  }
}
