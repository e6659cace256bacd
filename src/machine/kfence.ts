import { formatAddress } from '../io/address.js';
import type { WrongValue } from '../io/json.js';
import { formatSize } from '../io/size.js';
import { isMemory, type MemoryBank } from './memory.js';

/** KFENCE's part in the linear map. */
export interface Kfence {
  /** The kernel sets the pool up before map_mem(): the pool is mapped to pages, the rest need not be. */
  early: boolean;
  /** Built in but not early: it may be switched on at run time. */
  late: boolean;
  /** Number of objects; 0 where KFENCE is not built in. */
  objects: number;
  /** PA and bytes of an early pool. */
  pool: KfencePool | null;
}

interface KfencePool {
  start: number;
  size: number;
}

/** CONFIG_KFENCE_NUM_OBJECTS by default. */
export const KFENCE_OBJECTS_DEFAULT = 255;

/** KFENCE_POOL_SIZE: each object's page has a guard page, and two more lie in front. Bytes. */
export function kfencePoolSize(objects: number, granule: number): number {
  return 2 * (objects + 1) * granule;
}

/** The first thing wrong with KFENCE; null if nothing is. */
export function findBadKfence(
  kfence: Kfence,
  banks: readonly MemoryBank[],
  granule: number,
): WrongValue | null {
  const { early, objects, pool } = kfence;
  const path = ['kfencePool'];
  if (pool === null) return early ? { path, expected: 'the pool of an early KFENCE' } : null;
  if (!early) return { path, expected: 'no pool, as KFENCE is not early' };
  if (pool.start % granule !== 0) {
    return { path: [...path, 'start'], expected: `a multiple of ${formatSize(granule)}` };
  }
  const size = kfencePoolSize(objects, granule);
  if (pool.size !== size) {
    return { path: [...path, 'size'], expected: `${formatAddress(size)}, the pool of ${objects} objects` };
  }
  if (!isMemory(banks, pool.start, pool.start + pool.size)) {
    return { path, expected: 'a pool inside memory', found: 'parts of it outside' };
  }
  return null;
}
