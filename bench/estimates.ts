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
import { natureOf, openStream } from '../src/estimate/streams/index.js';
import { compareTlb } from '../src/estimate/tlb-comparison.js';
import { coreOf } from '../src/machine/cores/core-file.js';
import { readMachine } from '../src/machine/machine.js';
import { describeMachine } from '../src/machine/synthetic.js';
import type { ComparisonRecord, PublishedCheck, TimeRecord, TlbRecord } from '../src/record/run.js';
import { GIB } from './configurations.js';

/** Cores of the kinds that matter to the question: one with BBML2 and any-size entries, and those most servers have. */
const CORES = ['ampereone', 'neoverse-v3', 'neoverse-n1'];
/** Captured traces are long; the core of the published figures is enough. */
const TRACE_CORES = ['ampereone', 'neoverse-n1'];
/** Theory stands beside the simulation for the core of the published figures. */
const ANALYSED_CORE = 'ampereone';
const STREAMS = ['sequential', 'uniform', 'zipf', 'network', 'crypt'];
const MACHINE_MEMORY = 256 * GIB;
/** Of generated streams. */
export const SEED = 1;

/** One stream over all configurations: what is estimated in one go, as plain data. */
export type TlbJob =
  /** Generated once for all the cores: that costs more than simulating it. */
  | {
      readonly kind: 'generated stream';
      readonly stream: string;
      readonly cores: readonly string[];
      readonly quick: boolean;
    }
  | {
      readonly kind: 'captured stream';
      readonly name: string;
      /** The trace, and the description of its machine. */
      readonly file: string;
      readonly machine: string;
      readonly core: string;
      readonly quick: boolean;
    };

export interface TlbJobsOptions {
  quick: boolean;
  captures: string;
  wanted(name: string): boolean;
}

/** Every generated stream and captured trace on the cores above, in the order of reports. */
export function tlbJobs({ quick, captures, wanted }: TlbJobsOptions): TlbJob[] {
  const wantedOf = (cores: readonly string[], stream: string) =>
    cores.slice(0, quick ? 1 : undefined).filter((core) => wanted(`tlb ${core} ${stream}`));
  return [
    ...STREAMS.flatMap((stream): TlbJob[] => {
      const cores = wantedOf(CORES, stream);
      return cores.length === 0 ? [] : [{ kind: 'generated stream', stream, cores, quick }];
    }),
    ...accessTraces(captures).flatMap((trace) =>
      wantedOf(TRACE_CORES, trace.name).map(
        (core): TlbJob => ({ kind: 'captured stream', ...trace, core, quick }),
      ),
    ),
  ];
}

export function streamOf(job: TlbJob): string {
  return job.kind === 'generated stream' ? job.stream : job.name;
}

/** @throws InputError where a trace or the description of its machine is wrong */
export async function tlbRecords(job: TlbJob, onProgress: (text: string) => void): Promise<TlbRecord[]> {
  return job.kind === 'generated stream' ? generated(job) : [await captured(job, onProgress)];
}

async function generated({
  stream,
  cores,
  quick,
}: TlbJob & { kind: 'generated stream' }): Promise<TlbRecord[]> {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: MACHINE_MEMORY, image: true });
  const accesses = quick ? 100_000 : 500_000;
  const chunks = [...openStream(stream, machine, { accesses, seed: SEED })];
  const records: TlbRecord[] = [];
  for (const core of cores) {
    records.push(
      await compareTlb({
        core: coreOf(core),
        machine: machine.name,
        configurations: configurationsOf(machine, null),
        stream: {
          name: stream,
          captured: false,
          hasInstructions: true,
          ...natureOf(stream, machine, SEED),
        },
        chunks,
        analyses: core === ANALYSED_CORE,
      }),
    );
  }
  return records;
}

async function captured(
  { name, file, machine: description, core, quick }: TlbJob & { kind: 'captured stream' },
  onProgress: (text: string) => void,
): Promise<TlbRecord> {
  const machine = readMachine(description);
  const chunks = readAccessTrace(file);
  return compareTlb({
    core: coreOf(core),
    machine: machine.name,
    configurations: configurationsOf(machine, null),
    stream: { name, captured: true, hasInstructions: true, dependent: false, law: 'captured' },
    chunks: quick ? firstOf(chunks, QUICK_ACCESSES) : chunks,
    analyses: core === ANALYSED_CORE,
    onProgress: (n) =>
      onProgress(`estimating TLB misses: ${name} on ${core}, ${Math.round(n / 1e6)} million`),
  });
}

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
function accessTraces(captures: string): { name: string; file: string; machine: string }[] {
  const folder = join(captures, 'access');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.bin.br'))
    .sort()
    .flatMap((file) => {
      const name = file.slice(0, -'.bin.br'.length);
      const machine = join(folder, `${name}.machine.json`);
      return existsSync(machine) ? [{ name, file: join(folder, file), machine }] : [];
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
