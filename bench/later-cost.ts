// What a workload's final map costs afterwards: access streams over it, and over the map right after boot.
import type { Core } from '../src/core/core.js';
import { openStream } from '../src/estimate/streams/index.js';
import { freeBytes } from '../src/estimate/streams/memory-pages.js';
import { TlbSimulator } from '../src/estimate/tlb-simulator.js';
import { translationDigest } from '../src/estimate/translation-digest.js';
import { Kernel } from '../src/kernel/kernel.js';
import type { Block } from '../src/kernel/page-allocator.js';
import { coreOf } from '../src/machine/cores/core-file.js';
import { type FlatCoreModel, flatten } from '../src/machine/cores/core-model.js';
import type { Machine } from '../src/machine/machine.js';
import type { LaterCostRecord } from '../src/record/later-cost.js';
import { type ComparisonCase, prepareCase } from './comparison.js';
import { GIB } from './configurations.js';

/** The core of the published figures. */
const CORE = 'ampereone';
const SEED = 1;
/** `most`: bytes of the working set, where the place has as many. The others have several sets, each of its own size. */
const STREAMS: readonly { name: string; most: number | null }[] = [
  { name: 'sequential', most: GIB },
  { name: 'uniform', most: 16 * GIB },
  { name: 'zipf', most: 16 * GIB },
  { name: 'network', most: null },
  { name: 'crypt', most: null },
];

/** Accesses of one stream on one map. */
interface Length {
  counted: number;
  /** Before those, one for each page of the place, so that what fits the TLBs is in them; at most as many. */
  mostWarmUp: number;
}
const FULL: Length = { counted: 2 ** 15, mostWarmUp: 2 ** 17 };
const QUICK: Length = { counted: 2 ** 13, mostWarmUp: 2 ** 14 };

interface Accesses {
  warmUp: BigUint64Array;
  counted: BigUint64Array;
  /** Executed while the counted ones are made. */
  instructions: number;
}

/**
 * One record for each case that the configuration has and that succeeds. One change splits one block of hundreds, which
 * a stream over all memory hardly meets: so streams touch only the blocks around what was changed, as large as a
 * contiguous group of PMDs, where page, group and block stand side by side afterwards.
 * @param cases of machines that have the same memory
 */
export function laterCosts(core: Core, cases: readonly ComparisonCase[], quick: boolean): LaterCostRecord[] {
  const estimates = new LaterEstimates(quick ? QUICK : FULL);
  return cases.flatMap((one): LaterCostRecord[] => {
    const prepared = prepareCase(core, one);
    if (prepared === null || prepared.work() !== 0) return [];
    const { machine, alias, allocator } = prepared.kernel;
    const place = machineWith(machine, around(allocator.allocated, core.geometry.contiguousSize(2)));
    const left = estimates.walkCycles(core, place);
    new Kernel(core, machine, alias);
    const fresh = estimates.walkCycles(core, place);
    const { regime, configuration, workload, strategy } = one;
    return [
      {
        granule: regime.granule,
        vaBits: regime.vaBits,
        configuration: configuration.id,
        workload: workload.id,
        strategy: strategy.id,
        core: CORE,
        placeBytes: freeBytes(place),
        costs: STREAMS.map(({ name }, at) => ({
          stream: name,
          fresh: fresh[at] as number,
          left: left[at] as number,
        })),
      },
    ];
  });
}

/** Walk cycles per 1000 instructions of each stream. Equal maps are simulated once. */
class LaterEstimates {
  readonly #model: FlatCoreModel = flatten(coreOf(CORE));
  readonly #accesses = new Map<string, readonly Accesses[]>();
  readonly #walkCycles = new Map<string, readonly number[]>();

  constructor(private readonly length: Length) {}

  /** Over the map in the core. */
  walkCycles(core: Core, place: Machine): readonly number[] {
    const memory = JSON.stringify(place.memory);
    const key = `${translationDigest(core, this.#model)} ${memory}`;
    const known = this.#walkCycles.get(key);
    if (known) return known;
    const streams = this.#accesses.get(memory) ?? this.#streams(place);
    this.#accesses.set(memory, streams);
    const simulator = new TlbSimulator(core, this.#model);
    const cycles = streams.map(({ warmUp, counted, instructions }) => {
      simulator.run(warmUp);
      simulator.resetCounts();
      simulator.run(counted);
      return (1000 * simulator.result().walkCycles) / instructions;
    });
    this.#walkCycles.set(key, cycles);
    return cycles;
  }

  #streams(place: Machine): Accesses[] {
    const free = freeBytes(place);
    const { counted, mostWarmUp } = this.length;
    const warmUp = Math.min(free / place.granule, mostWarmUp);
    return STREAMS.map(({ name, most }) => {
      const size = most === null ? '' : `:size=${Math.min(most, free)}`;
      return accessesOf(`${name}${size}`, place, warmUp, counted);
    });
  }
}

/** The same machine as if it had no other memory. */
function machineWith(machine: Machine, blocks: readonly Block[]): Machine {
  return { ...machine, memory: blocks.map(({ start, end }) => ({ start, size: end - start, noMap: false })) };
}

/** Naturally aligned blocks of `bytes` that hold any of `blocks`; those that adjoin as one. */
function around(blocks: readonly Block[], bytes: number): Block[] {
  const starts = new Set<number>();
  for (const { start, end } of blocks) {
    for (let at = Math.floor(start / bytes) * bytes; at < end; at += bytes) starts.add(at);
  }
  const joined: Block[] = [];
  for (const start of [...starts].sort((a, b) => a - b)) {
    const last = joined.at(-1);
    if (last?.end === start) last.end = start + bytes;
    else joined.push({ start, end: start + bytes });
  }
  return joined;
}

function accessesOf(spec: string, machine: Machine, warmUp: number, counted: number): Accesses {
  const accesses = warmUp + counted;
  const words = new BigUint64Array(accesses);
  let given = 0;
  let instructions = 0;
  for (const chunk of openStream(spec, machine, { accesses, seed: SEED })) {
    words.set(chunk.words, given);
    given += chunk.words.length;
    instructions += chunk.instructions;
  }
  return {
    warmUp: words.subarray(0, warmUp),
    counted: words.subarray(warmUp),
    instructions: (instructions * counted) / accesses,
  };
}
