// Speed of everything that estimates run on: the TLB simulation, trace decoding, stack distances.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EstimateSpeedRecord } from '../../src/record/run.js';
import { measureAgainstNative } from './native.js';
import { measureTlbSpeed, SPEED_STREAMS } from './speed.js';
import { measureStreamSpeed } from './stream-speed.js';

export interface EstimateSpeedOptions {
  quick: boolean;
  captures: string;
}

/** Trace decoding is left out where no access traces are, the C twin where there is no C compiler or little time. */
export async function estimateSpeed({
  quick,
  captures,
}: EstimateSpeedOptions): Promise<EstimateSpeedRecord[]> {
  const simulation = measureTlbSpeed(quick ? { streams: ['zipf'], samples: 4 } : { samples: 12 }).map(
    ({ stream, lineCaches, blocking, median }): EstimateSpeedRecord => ({
      title: `TLB simulation, ${stream}, ${lineCaches ? 'line caches' : 'no line caches'}, ${blocking ? 'walks at once' : 'walks in flight'}`,
      operation: 'access',
      perSecond: median,
    }),
  );
  if (!quick) simulation.push(...(await besideNative()));
  if (!existsSync(join(captures, 'access'))) return simulation;
  const streams = measureStreamSpeed({ quick, captures }).map(
    ({ title, operation, timing }): EstimateSpeedRecord => ({
      title,
      operation,
      perSecond: 1e9 / timing.median,
    }),
  );
  return [...simulation, ...streams];
}

/** The same accesses of each stream, in turn with a plain C twin (bench/native). */
async function besideNative(): Promise<EstimateSpeedRecord[]> {
  const records: EstimateSpeedRecord[] = [];
  for (const stream of SPEED_STREAMS) {
    const comparison = await measureAgainstNative({ stream, pairs: 20, warmUpPairs: 10 });
    if ('skipped' in comparison) return [];
    const { ratio, wasmNsPerAccess, nativeNsPerAccess } = comparison;
    const [median, low, high] = [ratio.median, ratio.low, ratio.high].map((value) => value.toFixed(2));
    records.push(
      {
        title: `${stream}, in turn with the C twin: WASM`,
        operation: 'access',
        perSecond: 1e9 / wasmNsPerAccess,
      },
      {
        title: `${stream}, in turn with WASM: C (WASM takes ${median} of its time, ${low} to ${high})`,
        operation: 'access',
        perSecond: 1e9 / nativeNsPerAccess,
      },
    );
  }
  return records;
}
