// Consecutive descriptors in consecutive entries, and masks applied to consecutive entries.
import type { Masks } from '../../../src/core/operations.js';
import { halves } from './bits.js';
import { PAGE_SHIFT } from './geometry.js';

const FRAME_SHIFT = 32 - PAGE_SHIFT;

/** Writes `entries` leaves from `entry` on; the first maps `frame`, each next one `step` frames more. */
export function fillLeaves(
  words: Uint32Array,
  entry: number,
  entries: number,
  frame: number,
  step: number,
  low: number,
  high: number,
): void {
  const last = frame + step * (entries - 1);
  const bulk = frame >>> FRAME_SHIFT === last >>> FRAME_SHIFT ? entries & ~3 : 0;
  fillBulk(
    words,
    entry,
    bulk,
    (frame << PAGE_SHIFT) | low,
    step << PAGE_SHIFT,
    (frame >>> FRAME_SHIFT) | high,
  );
  for (let i = bulk; i < entries; i++) {
    const next = frame + step * i;
    words[entry + 2 * i] = (next << PAGE_SHIFT) | low;
    words[entry + 2 * i + 1] = (next >>> FRAME_SHIFT) | high;
  }
}

/** Four entries a turn, where all high halves are alike; twice as fast as one by one. */
function fillBulk(
  words: Uint32Array,
  entry: number,
  entries: number,
  low: number,
  step: number,
  high: number,
): void {
  const end = entry + 2 * entries;
  for (let at = entry, next = low; at < end; at += 8, next = (next + 4 * step) | 0) {
    words[at] = next;
    words[at + 1] = high;
    words[at + 2] = next + step;
    words[at + 3] = high;
    words[at + 4] = next + 2 * step;
    words[at + 5] = high;
    words[at + 6] = next + 3 * step;
    words[at + 7] = high;
  }
}

/** The bits that a permission change sets and clears, in halves. */
export interface TwinMasks {
  readonly setLow: number;
  readonly setHigh: number;
  readonly clearLow: number;
  readonly clearHigh: number;
}

export function twinMasks({ set, clear }: Masks): TwinMasks {
  const [setBits, clearBits] = [halves(set), halves(clear)];
  return { setLow: setBits.low, setHigh: setBits.high, clearLow: clearBits.low, clearHigh: clearBits.high };
}

/** Applies (desc & ~clear) | set to `entries` entries from `entry` on. */
export function maskEntries(words: Uint32Array, entry: number, entries: number, masks: TwinMasks): void {
  const { setLow, setHigh } = masks;
  const keepLow = ~masks.clearLow;
  const keepHigh = ~masks.clearHigh;
  const end = entry + 2 * entries;
  for (let at = entry; at < end; at += 2) {
    words[at] = ((words[at] as number) & keepLow) | setLow;
    words[at + 1] = ((words[at + 1] as number) & keepHigh) | setHigh;
  }
}
