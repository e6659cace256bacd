// How fast the TLB simulation runs: accesses a second on one thread, Neoverse N1, 16 GiB mapped by leaves of every size.
import { Core } from '../../src/core/core.js';
import { CLASS } from '../../src/estimate/access.js';
import { Permutation } from '../../src/estimate/streams/permutation.js';
import { Random } from '../../src/estimate/streams/random.js';
import { ZipfRanks } from '../../src/estimate/streams/zipf-ranks.js';
import { type TlbOptions, TlbSimulator } from '../../src/estimate/tlb-simulator.js';
import { runningSystem } from '../../src/kernel/boot.js';
import { flatten } from '../../src/machine/cores/core-model.js';
import { NEOVERSE_N1 } from '../../src/machine/cores/presets/neoverse-n1.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { type Clock, wallClock } from '../../src/measure/clock.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const PAGE = 4096;
const MEMORY = 16 * GIB;
const PAGES = MEMORY / PAGE;
const SEED = 0x9e3779b9;
const ZIPF_EXPONENT = 0.99;

/** `zipf`: what is popular lies scattered over all of the memory; `zipf-in-order`: side by side. */
export type SpeedStream = 'zipf' | 'zipf-in-order' | 'uniform' | 'sequential';
export const SPEED_STREAMS: readonly SpeedStream[] = ['zipf', 'zipf-in-order', 'uniform', 'sequential'];

/** Accesses of one sample: long against the clock's resolution, short against other work on the machine. */
const SAMPLE = 2 ** 18;
/** Samples that fit the stream; after the last the first comes again. */
const DIFFERENT_SAMPLES = 8;

export interface TlbSpeedOptions {
  streams?: readonly SpeedStream[];
  /** Samples of each row, the first tenth of them a warm-up. */
  samples?: number;
  clock?: Clock;
}

export interface TlbSpeed {
  stream: SpeedStream;
  /** Descriptor lines go through caches. */
  lineCaches: boolean;
  /** Walks complete at once; otherwise the core's walkers have them in flight. */
  blocking: boolean;
  /** Accesses a second: the middle sample, and the best, which other work on the machine disturbed least. */
  median: number;
  best: number;
}

const MODES: readonly Required<TlbOptions>[] = [
  { lineCaches: false, blocking: true },
  { lineCaches: false, blocking: false },
  { lineCaches: true, blocking: true },
  { lineCaches: true, blocking: false },
];

/** Times every stream with and without line caches and walks in flight. */
export function measureTlbSpeed(options: TlbSpeedOptions = {}): TlbSpeed[] {
  const { streams = SPEED_STREAMS, samples = 60, clock = wallClock } = options;
  const core = mixedMap();
  return streams.flatMap((stream) => {
    const words = accesses(stream, core.geometry.pageOffset);
    return MODES.map((mode) => ({ stream, ...mode, ...timed(core, words, mode, samples, clock) }));
  });
}

function timed(
  core: Core,
  words: BigUint64Array,
  mode: TlbOptions,
  samples: number,
  clock: Clock,
): { median: number; best: number } {
  const simulator = new TlbSimulator(core, flatten(NEOVERSE_N1), mode);
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    const from = (i % DIFFERENT_SAMPLES) * SAMPLE;
    const piece = words.subarray(from, from + SAMPLE);
    const start = clock();
    simulator.run(piece);
    times.push(clock() - start);
  }
  const sorted = times.slice(Math.ceil(samples / 10)).sort((a, b) => a - b);
  const rate = (ms: number | undefined) => (SAMPLE * 1000) / (ms ?? Number.NaN);
  return { median: rate(sorted[sorted.length >> 1]), best: rate(sorted[0]) };
}

/** Every 4 GiB: 1 GiB each of 1 GiB blocks, of 32 MiB groups and of 2 MiB blocks, half a GiB of 64 KiB groups and of pages. */
export function mixedMap(): Core {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: MEMORY, bbml2: true });
  const core = new Core();
  core.reset(4096, 48, machine.pageEnd, runningSystem(machine, { storeUniformTables: true }));
  const map = (start: number, size: number, noBlock: boolean, noCont: boolean) =>
    core.mapRange(start, machine.pageOffset + start, size, 'kernelTagged', { noBlock, noCont, noExec: true });
  for (let start = 0; start < MEMORY; start += 4 * GIB) {
    map(start, GIB, false, false);
    map(start + GIB, 512 * MIB, false, false);
    map(start + GIB + 512 * MIB, 512 * MIB, false, false);
    map(start + 2 * GIB, GIB, false, true);
    map(start + 3 * GIB, 512 * MIB, true, false);
    map(start + 3 * GIB + 512 * MIB, 512 * MIB, true, true);
  }
  return core;
}

/** Reads of the linear map. */
export function accesses(
  stream: SpeedStream,
  pageOffset: number,
  count = SAMPLE * DIFFERENT_SAMPLES,
): BigUint64Array {
  const words = new BigUint64Array(count);
  const page = pages(stream);
  for (let i = 0; i < words.length; i++) {
    words[i] = BigInt.asUintN(64, BigInt(pageOffset + page(i) * PAGE)) | BigInt(CLASS.linearMap << 1);
  }
  return words;
}

function pages(stream: SpeedStream): (index: number) => number {
  const random = new Random(SEED);
  if (stream === 'sequential') return (index) => index % PAGES;
  if (stream === 'uniform') return () => random.below(PAGES);
  const ranks = new ZipfRanks(PAGES, ZIPF_EXPONENT);
  if (stream === 'zipf-in-order') return () => ranks.next(random) - 1;
  const place = new Permutation(PAGES, SEED);
  return () => place.at(ranks.next(random) - 1);
}
