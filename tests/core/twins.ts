/** The model and one or more cores of the same machine, kept in step and compared after each. */
import type { Core } from '../../src/core/core.js';
import type { Counters } from '../../src/core/counters.js';
import type { BuildOptions } from '../../src/kernel/boot.js';
import { readMap } from '../../src/map/core-map.js';
import type { LinearMap } from '../../src/map/linear-map.js';
import { type BuildStage, buildModel } from '../model/build.js';
import type { ModelCounters } from '../model/counters.js';
import { spanOf } from '../model/geometry.js';
import type { LinearMapModel } from '../model/linear-map-model.js';
import type { ModelMachine } from '../model/machine.js';
import { bootCore, systemOf } from './boot-core.js';
import { type Call, callCore, callModel, kfencePoolIsPages } from './calls.js';

/** A core and the options it is booted with. */
export interface Twin {
  readonly name: string;
  readonly core: Core;
  readonly options: BuildOptions;
}

export class Twins {
  readonly model: LinearMapModel;
  #history: string[] = [];

  constructor(
    readonly machine: ModelMachine,
    readonly stage: BuildStage,
    readonly cores: readonly Twin[],
  ) {
    this.model = buildModel(machine, stage);
    for (const { core, options } of cores) bootCore(core, machine, stage, options);
  }

  /** Makes the call on all sides. @throws Error where they do not return the same. */
  call(call: Call): number {
    const { start, size, ...rest } = call;
    const from = (start - this.model.geometry.pageOffset).toString(16);
    this.#history.push(`${Object.values(rest).join(' ')} at +0x${from}, 0x${size.toString(16)} bytes`);
    const expected = callModel(this.model, call);
    const pagesAnyway = kfencePoolIsPages(this.model);
    for (const { name, core } of this.cores) {
      const actual = callCore(core, call, pagesAnyway);
      if (actual !== expected) this.#fail(name, `returned ${actual}, the model ${expected}`);
    }
    return expected;
  }

  /** How far the boot has come (split_kernel_leaf_mapping() asks). */
  setBoot(boot: LinearMapModel['boot']): void {
    this.model.boot = boot;
    for (const { core, options } of this.cores) {
      const running = systemOf(this.machine, options);
      const system = {
        ...running,
        hasBbml2: boot.capsFinal && running.hasBbml2 === true,
        capsFinal: boot.capsFinal,
        smp: boot.onlineCpus > 1,
        pageAllocator: boot.pageAllocatorUp,
        rodataReadOnly: this.model.cost.rootIsReadOnly,
      };
      core.setSystem(system, this.machine.realmIpaBits ?? 0);
    }
  }

  /** The next `n` table allocations succeed, all later ones fail; null: none fails. */
  failAllocationsAfter(n: number | null): void {
    this.model.allocationsLeft = n;
    for (const { core } of this.cores) core.raw.failAllocationsAfter(n ?? -1);
  }

  /** @throws Error at the first difference in leaves, tables or counters. */
  compare(): void {
    const leaves = this.model.leafRuns();
    const tables = this.model.tables();
    const counters = comparable(this.model.counters);
    for (const { name, core } of this.cores) {
      const map = readMap(core);
      this.#compareLists(name, 'leaves', leaves, map.leaves);
      this.#compareLists(name, 'tables', tables, withoutUnusedSharedRoot(map, this.model));
      this.#compareText(name, 'counters', text(counters), text(countersOf(core.counters())));
    }
    this.#compareCores();
  }

  /** Descriptor reads, calls and boundaries have no model, but must not depend on the build or on what is stored. */
  #compareCores(): void {
    const states = this.cores.map(({ core }) => text([core.counters(), core.summary()]));
    for (const [index, { name }] of this.cores.entries()) {
      this.#compareText(name, 'counters and summary', states[0] ?? '', states[index] ?? '');
    }
  }

  /** @throws Error where the boot's tables, stores, splits or, as far as the core has them, barriers differ. */
  compareBootCounters(): void {
    // The core leaves the flushes of the read-only aliases out, and boots with FEAT_TLBIRANGE.
    const barriers = this.stage !== 'final' && this.machine.tlbiRange;
    const counted = ({ descriptorWrites, tablesAllocated, splits, ...rest }: Comparable): string =>
      text({ descriptorWrites, tablesAllocated, splits, ...(barriers ? rest : {}) });
    for (const { name, core } of this.cores) {
      const expected = counted(comparable(this.model.counters));
      this.#compareText(name, 'counters of the boot', expected, counted(countersOf(core.counters())));
    }
  }

  resetCounters(): void {
    this.model.resetCounters();
    for (const { core } of this.cores) core.resetCounters();
  }

  #compareLists(name: string, what: string, expected: readonly object[], actual: readonly object[]): void {
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
      const wanted = expected[i];
      const found = actual[i];
      if (wanted !== undefined && found !== undefined && alike(wanted, found)) continue;
      this.#compareText(name, `${what}[${i}]`, text(wanted), text(found));
    }
  }

  #compareText(name: string, what: string, expected: string, actual: string): void {
    if (expected !== actual) this.#fail(name, `has ${what}\n  ${actual}\nexpected\n  ${expected}`);
  }

  #fail(name: string, what: string): never {
    throw new Error(`${name}: after\n  ${['boot', ...this.#history].join('\n  ')}\nthe core ${what}`);
  }
}

type Comparable = Omit<ModelCounters, 'fixmapWrites'>;

/** The core counts stores to the fixmap slot among its descriptor writes. */
function comparable({ fixmapWrites, ...counters }: ModelCounters): Comparable {
  return { ...counters, descriptorWrites: counters.descriptorWrites + fixmapWrites };
}

function countersOf(counters: Counters): Comparable {
  const { descriptorWrites, tablesAllocated, splits, dsbIshst, dsbIsh, isb, tlbi } = counters;
  return { descriptorWrites, tablesAllocated, splits, dsbIshst, dsbIsh, isb, tlbi };
}

/** The root entry that serves the kernel image too is there from the start; the model has it once it is used. */
export function withoutUnusedSharedRoot({ tables }: LinearMap, model: LinearMapModel): LinearMap['tables'] {
  const { rootLevel, pageEnd } = model.geometry;
  return tables.filter(
    ({ level, va }) =>
      level !== rootLevel ||
      va + spanOf(model.geometry, rootLevel) <= pageEnd ||
      model.entryAt(rootLevel, va).kind === 'table',
  );
}

function alike(one: object, other: object): boolean {
  for (const key in one) if (Reflect.get(one, key) !== Reflect.get(other, key)) return false;
  return true;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part) => {
    if (typeof part === 'bigint') return `0x${part.toString(16)}`;
    return part;
  });
}
