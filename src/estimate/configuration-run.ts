// One stream over one map: simulation and analysis side by side.
import type { Core } from '../core/core.js';
import type { FlatCoreModel } from '../machine/cores/core-model.js';
import { type AccessChunk, type AccessClass, CLASS } from './access.js';
import { LeafUnits } from './analytic/leaf-units.js';
import { type LevelMissCounts, LevelMisses, type NoAnswer } from './analytic/level-misses.js';
import { StackDistances } from './analytic/stack-distances.js';
import { type LevelForm, levelForms } from './closed-form/level-forms.js';
import { reachBytes, secondLevelData } from './reach.js';
import type { StreamNature } from './streams/index.js';
import type { LevelAnswerRecord, TlbConfigurationRecord } from './tlb-record.js';
import { type ClassCounts, TlbSimulator } from './tlb-simulator.js';

/** Instruction fetches have a first level of their own, and on some cores a second. */
const DATA: readonly AccessClass[] = ['linearMap', 'otherKernel', 'user'];

/** Entries at which miss curves are drawn. */
const CURVE_ENTRIES = [8, 16, 32, 48, 64, 96, 128, 256, 512, 768, 1024, 1280, 1536, 2048, 3072, 4096];

export class ConfigurationRun {
  readonly #model: FlatCoreModel;
  readonly #simulator: TlbSimulator;
  readonly #units: LeafUnits;
  readonly #distances = new StackDistances({ classes: DATA });
  readonly #levels: LevelMisses | null;
  readonly #core: Core;
  readonly #law: StreamNature['law'];
  readonly #reachBytes: number;

  /** @param core with the map; it is the run's from now on, and its tables do not change. */
  constructor(core: Core, model: FlatCoreModel, { law, dependent }: StreamNature, analyses: boolean) {
    this.#model = model;
    this.#reachBytes = reachBytes(core, model);
    this.#units = new LeafUnits(core, model, secondLevelData(model).sizes);
    this.#levels = analyses ? new LevelMisses(core, model) : null;
    this.#core = core;
    this.#law = law;
    // Last, because its TLBs are empty of what it has not been told of.
    this.#simulator = new TlbSimulator(core, model, { blocking: dependent });
  }

  take({ words, instructions }: AccessChunk): void {
    this.#simulator.run(words, instructions);
    const pieces = [...this.#units.of(words)];
    for (const units of pieces) this.#distances.pass(units);
    this.#levels?.take(words, pieces);
  }

  record(hasInstructions: boolean): Omit<TlbConfigurationRecord, 'id'> {
    const { byClass, instructions, ...all } = this.#simulator.result();
    const counts = withoutMerged(all);
    const curve = this.#distances.curve(DATA);
    const perThousand = (n: number) => (n * 1000) / instructions;
    const known = hasInstructions && instructions > 0;
    const sum = (classes: readonly AccessClass[], count: 'accesses' | 'l1Misses' | 'l2Misses') =>
      classes.reduce((total, name) => total + withoutMerged(byClass[CLASS[name]] as ClassCounts)[count], 0);
    const accesses = sum(DATA, 'accesses');
    const dataL2Misses = sum(DATA, 'l2Misses');
    return {
      ...counts,
      mpki: known
        ? {
            linearMap: perThousand(sum(['linearMap'], 'l2Misses')),
            kernel: perThousand(sum(['linearMap', 'otherKernel'], 'l2Misses')),
            total: perThousand(counts.l2Misses),
          }
        : null,
      walkCyclesPer1000Instructions: known ? perThousand(counts.walkCycles) : null,
      coldMisses: curve.firstTouches,
      dataL2Misses,
      lruMisses: curve.misses(Math.min(secondLevelData(this.#model).entries, curve.depth)),
      analytic: this.#answers(accesses, sum(DATA, 'l1Misses'), dataL2Misses),
      curve: CURVE_ENTRIES.map((entries) => ({ entries, missRatio: curve.missRatio(entries) })),
      reachBytes: this.#reachBytes,
    };
  }

  /** Leaves the memory of the core, and all other, to runs that are made later. Nothing else may be called any more. */
  end(): void {
    this.#core.end();
    this.#distances.end();
    this.#levels?.end();
  }

  #answers(accesses: number, l1Misses: number, l2Misses: number): TlbConfigurationRecord['analytic'] {
    if (this.#levels === null) return null;
    const forms = levelForms(this.#core, this.#model, this.#law, accesses);
    return {
      dataAccesses: accesses,
      l1: answer(l1Misses, accesses, this.#levels.l1(), forms.l1),
      l2: answer(l2Misses, accesses, this.#levels.l2(), forms.l2),
    };
  }
}

function answer(
  simulatedMisses: number,
  accesses: number,
  stack: LevelMissCounts | NoAnswer,
  form: LevelForm,
): LevelAnswerRecord {
  const counts = typeof stack === 'string' ? null : stack;
  const closed = typeof form === 'string' ? null : form;
  const closedMisses = closed && closed.missRatio * accesses;
  const points = (misses: number | null) =>
    misses === null || accesses === 0 ? null : (100 * (simulatedMisses - misses)) / accesses;
  return {
    simulatedMisses,
    stackMisses: counts?.inSets ?? null,
    stackPoints: points(counts?.inSets ?? null),
    noStackAnswer: typeof stack === 'string' ? stack : null,
    fullyAssociativeMisses: counts?.fullyAssociative ?? null,
    binomialMisses: counts?.binomial ?? null,
    closedForm: closed?.name ?? null,
    closedFormMisses: closedMisses,
    closedFormPoints: points(closedMisses),
    noClosedForm: typeof form === 'string' ? form : null,
  };
}

/**
 * An access to a leaf whose walk is under way waits for that walk. It is counted apart, and not as a miss of either
 * level: hardware counts refills, and how many such accesses there are depends on the time assumed between accesses.
 */
function withoutMerged<T extends ClassCounts>(counts: T): T {
  const { l1Misses, l2Misses, merged } = counts;
  return { ...counts, l1Misses: l1Misses - merged, l2Misses: l2Misses - merged };
}
