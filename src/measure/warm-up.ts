// Warm-up: V8 compiles a WASM function anew once it has run for a while, and JavaScript several times over. A batch
// is worth timing only when its time has stopped falling.
import type { Clock } from './clock.js';
import { median } from './statistics.js';

export interface WarmUp {
  /** Milliseconds to spend at least: the optimising compiler works in the background and needs some. */
  readonly leastMs: number;
  /** Milliseconds after which to go on, flat or not. */
  readonly mostMs: number;
}

const WINDOW = 5;
/** A window that gains less than this is no faster than the best one before. */
const GAIN = 0.03;

/**
 * Calls `batch`, which returns the milliseconds it took, until two windows of five batches in a row bring no gain.
 * Returns whether that point was reached.
 */
export function warmUpUntilFlat(batch: () => number, { leastMs, mostMs }: WarmUp, clock: Clock): boolean {
  const start = clock();
  let best = Number.POSITIVE_INFINITY;
  let flatWindows = 0;
  while (clock() - start < mostMs) {
    const window = median(Array.from({ length: WINDOW }, batch));
    flatWindows = window < best * (1 - GAIN) ? 0 : flatWindows + 1;
    best = Math.min(best, window);
    if (flatWindows >= 2 && clock() - start >= leastMs) return true;
  }
  return false;
}
