// Speed of what comes before the TLB: decoding access traces, and the pass over stack distances.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { StackDistances } from '../../src/estimate/analytic/stack-distances.js';
import { openStream } from '../../src/estimate/streams/index.js';
import { TraceDecoder } from '../../src/estimate/trace-decoder.js';
import { describeMachine } from '../../src/machine/synthetic.js';
import { type Clock, wallClock } from '../../src/measure/clock.js';
import { type Batch, type SamplingPlan, sampleInTurns, type Timing } from '../../src/measure/sample.js';

export interface StreamSpeed {
  title: string;
  /** What one operation is. */
  operation: 'byte' | 'access';
  /** Nanoseconds per operation: 1 is 1000 MB/s or 1000 million accesses a second. */
  timing: Timing;
}

export interface StreamSpeedOptions {
  quick: boolean;
  /** Folder of captures, with access traces in `access`. */
  captures: string;
  clock?: Clock;
}

interface StreamCase extends Batch {
  title: string;
  operation: StreamSpeed['operation'];
}

const FULL: SamplingPlan = {
  warmUp: { leastMs: 100, mostMs: 500 },
  forMs: 700,
  turns: { least: 10, most: 100 },
  batchesPerTurn: 1,
};
const QUICK: SamplingPlan = {
  warmUp: { leastMs: 30, mostMs: 100 },
  forMs: 60,
  turns: { least: 3, most: 20 },
  batchesPerTurn: 1,
};

/** One after the other: each has its own state, which grows to its size in the warm-up. */
export function measureStreamSpeed({
  quick,
  captures,
  clock = wallClock,
}: StreamSpeedOptions): StreamSpeed[] {
  const starts = [
    () => decodeCase(captures),
    () => stackCase('2^16 pages, Zipf 0.99', 'zipf:size=256M'),
    () => stackCase('2^16 pages, uniform', 'uniform:size=256M'),
    () => stackCase('2^22 pages, Zipf 0.99', 'zipf:size=16G'),
  ];
  return starts.map((start) => {
    const { title, operation, ...batch } = start();
    return { title, operation, timing: sampleInTurns({ batch }, quick ? QUICK : FULL, clock).batch };
  });
}

/** Decompressed bytes to words. */
function decodeCase(captures: string): StreamCase {
  const bytes = brotliDecompressSync(readFileSync(join(captures, 'access', 'dm-crypt-write.bin.br')));
  return {
    title: 'decoding an access trace, decompressed',
    operation: 'byte',
    operations: bytes.length,
    run() {
      for (const { words } of new TraceDecoder().decode(bytes)) {
        if (words.length === 0) throw new Error('a chunk of a trace holds no records');
      }
    },
  };
}

const ACCESSES = 2 ** 20;

function stackCase(title: string, spec: string): StreamCase {
  const machine = describeMachine({ granule: 4096, vaBits: 48, memory: 64 * 2 ** 30 });
  const chunks = [...openStream(spec, machine, { accesses: ACCESSES, seed: 1 })];
  const distances = new StackDistances();
  return {
    title: `stack distances: ${title}`,
    operation: 'access',
    operations: ACCESSES,
    run() {
      for (const { words } of chunks) distances.pass(words);
    },
  };
}
