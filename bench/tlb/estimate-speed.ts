// Speed of everything that estimates run on: the TLB simulation, trace decoding, stack distances.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EstimateSpeedRecord } from '../../src/record/run.js';
import { measureAgainstNative } from './native.js';
import { measureTlbSpeed } from './speed.js';
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
  const simulation = measureTlbSpeed(quick ? { streams: ['zipf'], samples: 6 } : { samples: 12 }).map(
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

/** The same accesses, in turn with a plain C twin (bench/native). */
async function besideNative(): Promise<EstimateSpeedRecord[]> {
  const comparison = await measureAgainstNative({ pairs: 20, warmUpPairs: 10 });
  if ('skipped' in comparison) return [];
  const { ratio, wasmNsPerAccess, nativeNsPerAccess } = comparison;
  const { median, low, high } = ratio;
  const interval = [median, low, high].map((value) => value.toFixed(2));
  return [
    { title: 'zipf, in turn with the C twin: WASM', operation: 'access', perSecond: 1e9 / wasmNsPerAccess },
    {
      title: `zipf, in turn with WASM: C (WASM takes ${interval[0]} of its time, ${interval[1]} to ${interval[2]})`,
      operation: 'access',
      perSecond: 1e9 / nativeNsPerAccess,
    },
  ];
}
