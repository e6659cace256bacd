// One access stream over the maps of several configurations, in one pass over the stream: every configuration has a
// core and a TLB of its own, and each chunk goes to all of them.
import { Core } from '../core/core.js';
import { type CoreModel, type FlatCoreModel, flatten } from '../machine/cores/core-model.js';
import { type AccessChunk, type AccessClass, CLASS } from './access.js';
import { LeafUnits } from './analytic/leaf-units.js';
import { StackDistances } from './analytic/stack-distances.js';
import type { LaidOut } from './laid-out.js';
import { reachBytes, secondLevelData } from './reach.js';
import type { AccessStreamRecord, TlbConfigurationRecord, TlbRecord } from './tlb-record.js';
import { type ClassCounts, TlbSimulator } from './tlb-simulator.js';

export interface TlbComparisonOptions {
  core: CoreModel;
  machine: string;
  configurations: readonly LaidOut[];
  stream: Pick<AccessStreamRecord, 'name' | 'captured'> & { hasInstructions: boolean };
  chunks: Iterable<AccessChunk> | AsyncIterable<AccessChunk>;
  onProgress?: (accesses: number) => void;
}

/** Instruction fetches have a first level of their own, and on some cores a second. */
const DATA: readonly AccessClass[] = ['linearMap', 'otherKernel', 'user'];

/** Entries at which miss curves are drawn. */
const CURVE_ENTRIES = [8, 16, 32, 48, 64, 96, 128, 256, 512, 768, 1024, 1280, 1536, 2048, 3072, 4096];

/** @throws RangeError where a configuration has no room for what is laid out on it. */
export async function compareTlb(options: TlbComparisonOptions): Promise<TlbRecord> {
  const model = flatten(options.core);
  const runs = options.configurations.map((laidOut) => new ConfigurationRun(laidOut, model));
  let accesses = 0;
  let instructions = 0;
  for await (const chunk of options.chunks) {
    for (const run of runs) run.take(chunk);
    accesses += chunk.words.length;
    instructions += chunk.instructions;
    options.onProgress?.(accesses);
  }
  const { name, captured, hasInstructions } = options.stream;
  return {
    core: options.core.id,
    machine: options.machine,
    stream: { name, captured, accesses, instructions: hasInstructions ? instructions : null },
    configurations: runs.map((run) => run.record(hasInstructions)),
  };
}

class ConfigurationRun {
  readonly #core = new Core();
  readonly #simulator: TlbSimulator;
  readonly #units: LeafUnits;
  readonly #distances = new StackDistances({ classes: DATA });
  readonly #reachBytes: number;

  constructor(
    private readonly laidOut: LaidOut,
    private readonly model: FlatCoreModel,
  ) {
    laidOut.layOut(this.#core);
    this.#reachBytes = reachBytes(this.#core, model);
    this.#simulator = new TlbSimulator(this.#core, model);
    this.#units = new LeafUnits(this.#core, model, secondLevelData(model).sizes);
  }

  take({ words, instructions }: AccessChunk): void {
    this.#simulator.run(words, instructions);
    for (const units of this.#units.of(words)) this.#distances.pass(units);
  }

  record(hasInstructions: boolean): TlbConfigurationRecord {
    const { byClass, instructions, ...all } = this.#simulator.result();
    const counts = withoutMerged(all);
    const curve = this.#distances.curve(DATA);
    const perThousand = (n: number) => (n * 1000) / instructions;
    const known = hasInstructions && instructions > 0;
    const misses = (classes: readonly AccessClass[]) =>
      classes.reduce((sum, name) => sum + withoutMerged(byClass[CLASS[name]] as ClassCounts).l2Misses, 0);
    return {
      id: this.laidOut.id,
      ...counts,
      mpki: known
        ? {
            linearMap: perThousand(misses(['linearMap'])),
            kernel: perThousand(misses(['linearMap', 'otherKernel'])),
            total: perThousand(counts.l2Misses),
          }
        : null,
      walkCyclesPer1000Instructions: known ? perThousand(counts.walkCycles) : null,
      coldMisses: curve.firstTouches,
      dataL2Misses: misses(DATA),
      lruMisses: curve.misses(Math.min(secondLevelData(this.model).entries, curve.depth)),
      curve: CURVE_ENTRIES.map((entries) => ({ entries, missRatio: curve.missRatio(entries) })),
      reachBytes: this.#reachBytes,
    };
  }
}

/**
 * An access to a leaf whose walk is under way waits for that walk. It is counted apart, and not as a miss of either
 * level: hardware counts refills, and how many such accesses there are depends on the time assumed between accesses.
 */
function withoutMerged<T extends ClassCounts>(counts: T): T {
  const { l1Misses, l2Misses, merged } = counts;
  return { ...counts, l1Misses: l1Misses - merged, l2Misses: l2Misses - merged };
}
