// One access stream over the maps of several configurations, in one pass over the stream: every map has a core and a
// TLB of its own, and each chunk goes to all of them. Configurations whose maps are equal share one.
import { Core } from '../core/core.js';
import { type CoreModel, flatten } from '../machine/cores/core-model.js';
import type { AccessChunk } from './access.js';
import { ConfigurationRun } from './configuration-run.js';
import type { LaidOut } from './laid-out.js';
import type { StreamNature } from './streams/index.js';
import type { AccessStreamRecord, TlbRecord } from './tlb-record.js';
import { translationDigest } from './translation-digest.js';

export interface TlbComparisonOptions {
  core: CoreModel;
  machine: string;
  configurations: readonly LaidOut[];
  stream: Pick<AccessStreamRecord, 'name' | 'captured'> & StreamNature & { hasInstructions: boolean };
  chunks: Iterable<AccessChunk> | AsyncIterable<AccessChunk>;
  /** Whether the analytic answers are wanted as well: they take as long as the simulation. Default true. */
  analyses?: boolean;
  onProgress?: (accesses: number) => void;
}

/** @throws RangeError where a configuration has no room for what is laid out on it. */
export async function compareTlb(options: TlbComparisonOptions): Promise<TlbRecord> {
  const { core, machine, configurations, stream, chunks, analyses = true, onProgress } = options;
  const model = flatten(core);
  const runs = new Map<string, ConfigurationRun>();
  const maps = configurations.map(({ layOut }) => {
    const map = new Core();
    layOut(map);
    const digest = translationDigest(map, model);
    if (runs.has(digest)) map.end();
    else runs.set(digest, new ConfigurationRun(map, model, stream, analyses));
    return digest;
  });
  let accesses = 0;
  let instructions = 0;
  for await (const chunk of chunks) {
    for (const run of runs.values()) run.take(chunk);
    accesses += chunk.words.length;
    instructions += chunk.instructions;
    onProgress?.(accesses);
  }
  const { name, captured, hasInstructions } = stream;
  const records = new Map([...runs].map(([digest, run]) => [digest, run.record(hasInstructions)]));
  for (const run of runs.values()) run.end();
  return {
    core: core.id,
    machine,
    stream: { name, captured, accesses, instructions: hasInstructions ? instructions : null },
    configurations: configurations.map(({ id }, at) => {
      const record = records.get(maps[at] as string);
      if (record === undefined) throw new Error(`nothing was run over the map of ${id}`);
      return { id, ...record };
    }),
  };
}
