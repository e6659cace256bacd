import type { WrongValue } from '../io/json.js';
import { formatSize } from '../io/size.js';
import { isMemory, type MemoryBank } from './memory.js';

/** Physical addresses of the kernel image's sections, named as its linker script names them. */
export interface ImageLayout {
  text: number;
  stext: number;
  startRodata: number;
  initBegin: number;
  initEnd: number;
  /** Rounded up to a page, as map_mem() does. */
  bssStop: number;
}

const ORDER = ['text', 'stext', 'startRodata', 'initBegin', 'initEnd', 'bssStop'] as const;

/** The first thing wrong with an image; null if nothing is. */
export function findBadImage(
  image: ImageLayout,
  banks: readonly MemoryBank[],
  granule: number,
): WrongValue | null {
  let before: (typeof ORDER)[number] | null = null;
  for (const name of ORDER) {
    const path = ['image', name];
    if (image[name] % granule !== 0) return { path, expected: `a multiple of ${formatSize(granule)}` };
    if (before !== null && image[name] < image[before]) {
      return { path, expected: `an address at or above ${before}` };
    }
    before = name;
  }
  if (!isMemory(banks, image.text, image.bssStop)) {
    return { path: ['image'], expected: 'an image inside memory', found: 'parts of it outside' };
  }
  return null;
}
