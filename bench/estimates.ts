// What is estimated: TLB misses of access streams over every configuration, time of permission changes, and how all
// that compares with what was published.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAccessTrace } from '../src/estimate/access-trace.js';
import { PLATFORMS } from '../src/estimate/cost/platforms.js';
import { estimateTime } from '../src/estimate/cost/time.js';
import { configurationsOf } from '../src/estimate/laid-out.js';
import { publishedChecks } from '../src/estimate/published/catalogue.js';
import { pointerChaseMeter } from '../src/estimate/published/pointer-chase.js';
import { openStream } from '../src/estimate/streams/index.js';
import { compareTlb } from '../src/estimate/tlb-comparison.js';
import { coreOf } from '../src/machine/cores/core-file.js';
import { type Machine, readMachine } from '../src/machine/machine.js';
import { describeMachine } from '../src/machine/synthetic.js';
import type { ComparisonRecord, PublishedCheck, TimeRecord, TlbRecord } from '../src/record/run.js';
import { GIB } from './configurations.js';

/** Cores of the kinds that matter to the question: one with BBML2 and any-size entries, and those most servers have. */
const CORES = ['ampereone', 'neoverse-v3', 'neoverse-n1'];
/** Captured traces are long; the core of the published figures is enough. */
const TRACE_CORES = ['ampereone', 'neoverse-n1'];
const STREAMS = ['sequential', 'uniform', 'zipf', 'network', 'crypt'];
const MACHINE_MEMORY = 256 * GIB;
const SEED = 1;

export interface EstimateOptions {
  quick: boolean;
  captures: string;
  wanted(name: string): boolean;
  onProgress(text: string): void;
}

/** Every generated stream and captured trace on the cores above. */
export async function tlbRecords(options: EstimateOptions): Promise<TlbRecord[]> {
  return [...(await generated(options)), ...(await captured(options))];
}

async function generated({ quick, wanted, onProgress }: EstimateOptions): Promise<TlbRecord[]> {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: MACHINE_MEMORY, image: true });
  const accesses = quick ? 100_000 : 500_000;
  const records: TlbRecord[] = [];
  for (const stream of STREAMS) {
    const cores = CORES.slice(0, quick ? 1 : undefined).filter((core) => wanted(`tlb ${core} ${stream}`));
    if (cores.length === 0) continue;
    onProgress(`estimating TLB misses: ${stream}`);
    // Made once: the same accesses on every core, and making them costs more than simulating them.
    const chunks = [...openStream(stream, machine, { accesses, seed: SEED })];
    for (const core of cores) {
      records.push(
        await compareTlb({
          core: coreOf(core),
          machine: machine.name,
          configurations: configurationsOf(machine, null),
          stream: { name: stream, captured: false, hasInstructions: true },
          chunks,
        }),
      );
    }
  }
  return records;
}

async function captured({ quick, captures, wanted, onProgress }: EstimateOptions): Promise<TlbRecord[]> {
  const records: TlbRecord[] = [];
  for (const { name, file, machine } of accessTraces(captures)) {
    for (const core of TRACE_CORES.slice(0, quick ? 1 : undefined)) {
      if (!wanted(`tlb ${core} ${name}`)) continue;
      onProgress(`estimating TLB misses: ${name} on ${core}`);
      const chunks = readAccessTrace(file);
      records.push(
        await compareTlb({
          core: coreOf(core),
          machine: machine.name,
          configurations: configurationsOf(machine, null).filter(({ id }) => MAIN.includes(id)),
          stream: { name, captured: true, hasInstructions: true },
          chunks: quick ? firstOf(chunks, QUICK_ACCESSES) : chunks,
          onProgress: (n) =>
            onProgress(`estimating TLB misses: ${name} on ${core}, ${Math.round(n / 1e6)} million`),
        }),
      );
    }
  }
  return records;
}

/** What strategies leave differs too little on a small machine to be worth a pass over a long trace each. */
const MAIN = ['pages', 'blocks', 'blocks-after', 'on'];
const QUICK_ACCESSES = 300_000;

async function* firstOf<T extends { words: BigUint64Array }>(chunks: AsyncIterable<T>, accesses: number) {
  let given = 0;
  for await (const chunk of chunks) {
    yield chunk;
    given += chunk.words.length;
    if (given >= accesses) return;
  }
}

/** Access traces that have a description of their machine beside them. */
function accessTraces(captures: string): { name: string; file: string; machine: Machine }[] {
  const folder = join(captures, 'access');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.bin.br'))
    .sort()
    .flatMap((file) => {
      const name = file.slice(0, -'.bin.br'.length);
      const description = join(folder, `${name}.machine.json`);
      if (!existsSync(description)) return [];
      return [{ name, file: join(folder, file), machine: readMachine(description) }];
    });
}

/** Time of each comparison that succeeded, on each platform. */
export function timeRecords(comparisons: readonly ComparisonRecord[]): TimeRecord[] {
  return comparisons
    .filter(({ result }) => result === 0)
    .flatMap(({ granule, configuration, workload, strategy, counters }) =>
      PLATFORMS.map((platform) => {
        const { low, typical, high, dominating } = estimateTime(counters, platform);
        return {
          granule,
          configuration,
          workload,
          strategy,
          platform: platform.id,
          low,
          typical,
          high,
          dominating,
        };
      }),
    );
}

/** Published against estimated; memcached from the trace where it was run. */
export function published(tlb: readonly TlbRecord[]): PublishedCheck[] {
  const memcached = tlb.flatMap(({ core, stream, configurations }) => {
    if (!stream.captured || stream.name !== 'memcached') return [];
    const kernel = (id: string) => configurations.find((one) => one.id === id)?.mpki?.kernel;
    const [pages, blocks] = [kernel('pages'), kernel('blocks')];
    return pages === undefined || blocks === undefined
      ? []
      : [{ stream: `memcached trace, ${core}`, pages, blocks }];
  });
  return publishedChecks({ measureMissRatio: pointerChaseMeter(), memcached });
}
