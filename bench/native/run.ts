// Timing of the hot path against C: the two take turns sample by sample, in an order that alternates.
import { type Clock, cpuClock, wallClock } from '../../src/measure/clock.js';
import type { Batch, Timing } from '../../src/measure/sample.js';
import { medianInterval } from '../../src/measure/statistics.js';
import { warmUpUntilFlat } from '../../src/measure/warm-up.js';
import type { NativePathRecord, NativeRecord } from '../../src/record/native.js';
import { NATIVE_CASES, nativeCaseName } from './cases.js';
import type { Contest, NativeBatch, NativeCase } from './contest.js';
import { measureReplays } from './replays.js';
import { COMPILER, type Compiler, compiledTwin, compilerVersion, Twin } from './twin.js';

export const HOT_PATH_TWIN = { folder: 'bench/native/hot-path', main: 'hot-path.c' };

/** x86 has vectors of up to 512 bits; WASM has 128. */
const NARROW = '-mprefer-vector-width=128';

/** Of one case; what it takes to build its maps comes on top. */
interface PairPlan {
  warmUp: { leastMs: number; mostMs: number };
  forMs: number;
  pairs: { least: number; most: number };
  /** Plain TypeScript is there for comparison only: it has its turn after so many pairs; 0: never. */
  typescriptEvery: number;
}

const FULL: PairPlan = {
  warmUp: { leastMs: 250, mostMs: 1200 },
  forMs: 4000,
  pairs: { least: 21, most: 600 },
  typescriptEvery: 8,
};
const QUICK: PairPlan = {
  warmUp: { leastMs: 100, mostMs: 400 },
  forMs: 700,
  pairs: { least: 7, most: 200 },
  typescriptEvery: 8,
};

export interface NativeOptions {
  quick: boolean;
  /** Folder of captures, for replays. */
  captures: string;
  /** Leaves out the cases whose nativeCaseName() it does not match. */
  filter?: RegExp;
  onProgress?: (text: string) => void;
  /** Of samples. Default CPU time, as in the twin: a process that has just waited is preempted less. */
  clock?: Clock;
  compiler?: Compiler;
}

/**
 * Times every case in WASM, C and, where there is a twin, TypeScript. Without a compiler only replays are timed.
 * @throws Error where two of them do not do the same, before anything is timed
 */
export async function measureNative(options: NativeOptions): Promise<NativeRecord> {
  const { quick, captures, filter, onProgress, clock = cpuClock, compiler = COMPILER } = options;
  const wanted = (name: string) => filter?.test(name) ?? true;
  const replays = await measureReplays({ quick, captures, wanted, clock });
  const built = executables(compiler);
  if ('skipped' in built) return { skipped: built.skipped, compiler: null, paths: [], replays };

  const cases = NATIVE_CASES.filter((one) => wanted(nativeCaseName(one)));
  const paths: NativePathRecord[] = [];
  for (const [index, one] of cases.entries()) {
    onProgress?.(`timing ${nativeCaseName(one)} (${index + 1} of ${cases.length})`);
    paths.push(await measureCase(one, built, quick ? QUICK : FULL, clock));
  }
  const version = compilerVersion(compiler.command) ?? '';
  return { skipped: null, compiler: { version, flags: [...compiler.flags] }, paths, replays };
}

/** Each case has a process of its own: its memory goes with it. */
async function measureCase(
  one: NativeCase,
  { native, narrow }: Executables,
  plan: PairPlan,
  clock: Clock,
): Promise<NativePathRecord> {
  const { path, title, operation, against = null, target } = one;
  const samples = await samplesOf(one, native, plan, clock);
  const ratio = ratioOf(samples);
  const withNarrow = one.vectors === true && narrow !== null;
  return {
    path,
    title,
    operation,
    against,
    ratio,
    ...(withNarrow ? { narrowRatio: ratioOf(await samplesOf(one, narrow, shortened(plan), clock)) } : {}),
    target,
    met: ratio.median <= target,
    nsPerOperation: {
      wasm: timingOf(samples.wasm),
      native: timingOf(samples.native),
      typescript: samples.typescript.length > 0 ? timingOf(samples.typescript) : null,
    },
  };
}

/** The twin as it is, and with vectors of 128 bits where it has wider ones. */
interface Executables {
  native: string;
  narrow: string | null;
}

/** @throws Error where the compiler rejects the twin */
function executables(compiler: Compiler): Executables | { skipped: string } {
  const native = compiledTwin(HOT_PATH_TWIN, compiler);
  if (typeof native !== 'string') return native;
  // Elsewhere vectors have 128 bits anyway, or the option is not known.
  if (process.arch !== 'x64') return { native, narrow: null };
  const narrow = compiledTwin(HOT_PATH_TWIN, { ...compiler, flags: [...compiler.flags, NARROW] });
  return { native, narrow: typeof narrow === 'string' ? narrow : null };
}

function shortened(plan: PairPlan): PairPlan {
  return { ...plan, forMs: plan.forMs / 4, typescriptEvery: 0 };
}

async function samplesOf(
  one: NativeCase,
  executable: string,
  plan: PairPlan,
  clock: Clock,
): Promise<Samples> {
  const twin = new Twin(executable);
  try {
    return await samplePairs(await one.start(twin), plan, clock);
  } finally {
    await twin.end();
  }
}

function ratioOf({ wasm, native }: Samples): NativePathRecord['ratio'] {
  const { median, low, high } = medianInterval(wasm.map((ns, i) => ns / (native[i] as number)));
  return { median, low, high, pairs: wasm.length };
}

/** Nanoseconds per operation; equal indices of `wasm` and `native` were taken right after each other. */
interface Samples {
  wasm: number[];
  native: number[];
  typescript: number[];
}

async function samplePairs(contest: Contest, plan: PairPlan, clock: Clock): Promise<Samples> {
  const { wasm, native, typescript } = contest;
  const nativeOperations = native.operations ?? wasm.operations;
  warmUpUntilFlat(() => timed(wasm, clock), plan.warmUp, wallClock);
  if (typescript !== undefined && plan.typescriptEvery > 0)
    warmUpUntilFlat(() => timed(typescript, clock), plan.warmUp, wallClock);
  for (let i = 0; i < 2; i++) await timedNative(native);

  const samples: Samples = { wasm: [], native: [], typescript: [] };
  const start = wallClock();
  for (let pair = 0; pair < plan.pairs.most; pair++) {
    if (pair >= plan.pairs.least && wallClock() - start >= plan.forMs) break;
    const early = pair % 2 === 0 ? timed(wasm, clock) : null;
    samples.native.push((await timedNative(native)) / nativeOperations);
    samples.wasm.push(((early ?? timed(wasm, clock)) * 1e6) / wasm.operations);
    if (typescript !== undefined && plan.typescriptEvery > 0 && pair % plan.typescriptEvery === 0) {
      samples.typescript.push((timed(typescript, clock) * 1e6) / typescript.operations);
    }
  }
  return samples;
}

function timed({ prepare, run }: Batch, clock: Clock): number {
  prepare?.();
  const start = clock();
  run();
  return clock() - start;
}

async function timedNative({ prepare, run }: NativeBatch): Promise<number> {
  await prepare?.();
  return run();
}

function timingOf(samples: readonly number[]): Timing {
  const { median, low, high } = medianInterval(samples);
  return { median, low, high, samples: samples.length };
}
