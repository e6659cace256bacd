/** flush_tlb_kernel_range(): the TLBI instructions of one flush. */
import { alignDown, alignUp, type Geometry, isAligned } from './geometry.js';

export type TlbiOperation =
  | { readonly kind: 'all' }
  | { readonly kind: 'single'; readonly va: number }
  | { readonly kind: 'range'; readonly va: number; readonly scale: number; readonly num: number };

/** Pages from which on the kernel flushes everything instead: 32 * 2^16 is what one range operation can name. */
const RANGE_LIMIT_PAGES = 32 * 2 ** 16;

/** Pages that a range operation with these operands covers. */
export function pagesOfRange(scale: number, num: number): number {
  return (num + 1) * 2 ** (5 * scale + 1);
}

/** The operations for [start, end), in order. Addresses are signed doubles. */
export function tlbiOperations(g: Geometry, tlbiRange: boolean, start: number, end: number): TlbiOperation[] {
  let address = alignDown(start, g.granule);
  const last = alignUp(end, g.granule);
  const total = (last - address) / g.granule;
  if (tlbiRange ? total > RANGE_LIMIT_PAGES : total >= g.entriesPerTable) return [{ kind: 'all' }];

  const operations: TlbiOperation[] = [];
  let scale = 3;
  while (address !== last) {
    const pages = (last - address) / g.granule;
    // With LPA2 a range operation names its base in units of 64K.
    const unnameable = g.lpa2 && !isAligned(address, 65536);
    if (!tlbiRange || pages === 1 || unnameable) {
      operations.push({ kind: 'single', va: address });
      address += g.granule;
      continue;
    }
    const num = Math.floor(pages / 2 ** (5 * scale + 1)) - 1;
    if (num >= 0) {
      operations.push({ kind: 'range', va: address, scale, num });
      address += pagesOfRange(scale, num) * g.granule;
    }
    scale -= 1;
  }
  return operations;
}
