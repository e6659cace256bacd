// Speed of everything that estimates run on: the TLB simulation, trace decoding, stack distances.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EstimateSpeedRecord } from '../../src/record/run.js';
import { measureTlbSpeed } from './speed.js';
import { measureStreamSpeed } from './stream-speed.js';

export interface EstimateSpeedOptions {
  quick: boolean;
  captures: string;
}

/** Trace decoding is left out where no access traces are. */
export function estimateSpeed({ quick, captures }: EstimateSpeedOptions): EstimateSpeedRecord[] {
  const simulation = measureTlbSpeed(quick ? { streams: ['zipf'], samples: 6 } : { samples: 12 }).map(
    ({ stream, lineCaches, blocking, median }): EstimateSpeedRecord => ({
      title: `TLB simulation, ${stream}, ${lineCaches ? 'line caches' : 'no line caches'}, ${blocking ? 'walks at once' : 'walks in flight'}`,
      operation: 'access',
      perSecond: median,
    }),
  );
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
