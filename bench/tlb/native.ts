// How fast the TLB simulation is beside a plain C twin of it (bench/native): both take turns on the same accesses.
import type { Core } from '../../src/core/core.js';
import { type TlbResult, TlbSimulator } from '../../src/estimate/tlb-simulator.js';
import { type FlatCoreModel, type FlatTlbModel, flatten } from '../../src/machine/cores/core-model.js';
import { NEOVERSE_N1 } from '../../src/machine/cores/presets/neoverse-n1.js';
import { wallClock } from '../../src/measure/clock.js';
import { median, medianInterval } from '../../src/measure/statistics.js';
import { bytesOf, COMPILER, compiledTwin, Twin } from '../native/twin.js';
import { accesses, mixedMap, type SpeedStream } from './speed.js';

const TWIN = { folder: 'bench/native', main: 'tlb.c' };

/** Accesses of one sample, and samples until the first comes again: as in speed.ts. */
const SAMPLE = 2 ** 18;
const DIFFERENT_SAMPLES = 8;
/** Accesses whose translations are compared. */
const CHECKED = 2 ** 12;

export interface NativeOptions {
  /** Default zipf. */
  stream?: SpeedStream;
  /** Pairs of samples that count. Default 100. */
  pairs?: number;
  /** Pairs before them, while V8 compiles. Default 40. */
  warmUpPairs?: number;
  /** Accesses of one sample. Default 2^18. */
  sample?: number;
  /** The C compiler's command. Default `cc`. */
  compiler?: string;
}

export interface NativeComparison {
  /** WASM time by C time: the median of all pairs and the interval that holds it with 95 % confidence. */
  ratio: { median: number; low: number; high: number };
  /** Middle samples. */
  wasmNsPerAccess: number;
  nativeNsPerAccess: number;
  /** Both translate the stream to the same output addresses, levels and reaches; counters do not show addresses. */
  checksumsEqual: boolean;
}

/**
 * Times one stream over 16 GiB mapped by leaves of every size, Neoverse N1, walks that block, no line caches.
 * @throws Error where the counters differ after any sample, or where the compiler rejects the twin
 */
export async function measureAgainstNative(
  options: NativeOptions = {},
): Promise<NativeComparison | { skipped: string }> {
  const { stream = 'zipf', pairs = 100, warmUpPairs = 40, sample = SAMPLE } = options;
  const built = compiledTwin(TWIN, { ...COMPILER, command: options.compiler ?? COMPILER.command });
  if (typeof built !== 'string') return built;

  const core = mixedMap();
  const model = flatten(NEOVERSE_N1);
  const words = accesses(stream, core.geometry.pageOffset, sample * DIFFERENT_SAMPLES);
  const simulator = new TlbSimulator(core, model, { blocking: true, lineCaches: false });
  const twin = new Twin(built);
  try {
    for (const part of twinInput(core, model, words)) twin.feed(bytesOf(part));
    const times = { wasm: [] as number[], native: [] as number[] };
    for (let pair = -warmUpPairs; pair < pairs; pair++) {
      const from = ((pair + warmUpPairs) % DIFFERENT_SAMPLES) * sample;
      const timed = await timePair(simulator, twin, words, from, sample, pair % 2 === 0);
      if (pair < 0) continue;
      times.wasm.push(timed.wasm / sample);
      times.native.push(timed.native / sample);
    }
    const { low, high, ...ratio } = medianInterval(times.wasm.map((ns, i) => ns / (times.native[i] ?? 0)));
    const [checksum] = await twin.answer(['check', 0, Math.min(CHECKED, words.length)]);
    return {
      ratio: { median: ratio.median, low, high },
      wasmNsPerAccess: median(times.wasm),
      nativeNsPerAccess: median(times.native),
      checksumsEqual: checksum === `${translationChecksum(core, words.subarray(0, CHECKED))}`,
    };
  } finally {
    await twin.end();
  }
}

/** Nanoseconds of the same accesses in both. */
async function timePair(
  simulator: TlbSimulator,
  twin: Twin,
  words: BigUint64Array,
  from: number,
  sample: number,
  wasmFirst: boolean,
): Promise<{ wasm: number; native: number }> {
  const piece = words.subarray(from, from + sample);
  const runWasm = () => {
    const start = wallClock();
    simulator.run(piece);
    return (wallClock() - start) * 1e6;
  };
  const early = wasmFirst ? runWasm() : null;
  const [native, ...counters] = await twin.ask(['run', from, sample]);
  const wasm = early ?? runWasm();
  requireEqualCounters(simulator.result(), counters);
  return { wasm, native: native ?? Number.NaN };
}

/** @throws Error that names the first counter that differs; `native` in the order of the twin's struct counters */
export function requireEqualCounters(result: TlbResult, native: readonly number[]): void {
  const { accesses, l1Misses, l2Misses, walks, linesFetched, lookupCycles, walkCycles, faults } = result;
  const ours = {
    accesses,
    l1Misses,
    l2Misses,
    walks,
    linesL2: linesFetched.l2,
    lookupCycles,
    walkCycles,
    faults,
  };
  for (const [i, [name, value]] of Object.entries(ours).entries()) {
    if (value !== native[i]) throw new Error(`${name}: ${value} in WASM, ${native[i]} in the C twin`);
  }
}

/** The twin's struct input, its runs, its accesses. */
function twinInput(core: Core, model: FlatCoreModel, words: BigUint64Array): BigUint64Array[] {
  const { l1Data, l2, walkCache, lines } = model;
  const keepsAllTables =
    walkCache.kind === 'in-l2' && [0, 1, 2].every((level) => walkCache.levels.includes(level));
  if (!('unified' in l2) || !keepsAllTables || model.aggregation !== 1) {
    throw new RangeError(
      'the C twin has a unified second level that keeps all table descriptors, no aggregation',
    );
  }
  const { pageOffset, pageEnd } = core.geometry;
  const runs = [...core.runs()].filter(({ table }) => !table);
  const numbers = [
    ...[l1Data, l2.unified].flatMap(twinTlb),
    ...[model.l2HitCycles, model.probeCycles, walkCache.cycles, lines.l2.cycles],
    ...[model.mergesContiguous ? 1 : 0, pageOffset, pageEnd, runs.length, words.length],
  ];
  const records = runs.flatMap(({ level, va, pa, count, attributes }) => [
    ...[level, va, pa, count].map(BigInt),
    attributes,
  ]);
  return [BigUint64Array.from(numbers.map(BigInt)), BigUint64Array.from(records), words];
}

function twinTlb({ entries, ways, policy, sizes }: FlatTlbModel): number[] {
  if (policy !== 'lru' || sizes === 'any') {
    throw new RangeError('the C twin has LRU only, and the sizes of entries are known');
  }
  return [entries, ways, sizes.reduce((sum, size) => sum + size, 0)];
}

/** The twin's check(). */
function translationChecksum(core: Core, words: BigUint64Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const word of words) {
    const leaf = core.walk(Number(BigInt.asIntN(64, word & ~0xfffn)));
    if (leaf === null) throw new Error(`nothing is mapped at 0x${word.toString(16)}`);
    for (const value of [leaf.pa, Math.log2(leaf.reachBytes), leaf.level]) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(value)) * 0x100000001b3n);
    }
  }
  return hash;
}
