// Everything that linmap holds against published figures.
import { checkMapMem } from './check-map-mem.js';
import { checkKnees, type MeasureMissRatio } from './knees.js';
import { checkMemcached, type MpkiPair } from './memcached.js';
import { checkPageTableMemory } from './page-table-memory.js';
import type { PublishedCheck } from './published-check.js';

interface PublishedInputs {
  /** The TLB simulator; without it knees are left out. */
  measureMissRatio?: MeasureMissRatio;
  /** Simulated misses of memcached's access stream. */
  memcached?: readonly MpkiPair[];
}

/** Published against estimated, with what is there to estimate from. */
export function publishedChecks({
  measureMissRatio,
  memcached = [],
}: PublishedInputs = {}): PublishedCheck[] {
  return [
    ...checkPageTableMemory(),
    ...checkMapMem(),
    ...(measureMissRatio ? checkKnees(measureMissRatio) : []),
    ...checkMemcached(memcached),
  ];
}
