// Leaf units: what one TLB entry would hold of each access, for a pass over stack distances.
import { reachOf, resolveLeaf } from '../tlb/leaf';
import { stackBuffer } from './stack-distance';

/**
 * Replaces the address of each of the first `n` words of the stack's buffer by that of the piece of its leaf that an
 * entry holds: the largest of `sizes` (a set: the sum of powers of two) that fits the leaf, or the page. Words without
 * a leaf fill nothing and are left out. Returns the number of words that stay. Contiguous groups and aggregation are
 * as tlbReach() has them.
 */
export function leafUnits(n: u32, sizes: u64): u32 {
  const buffer = stackBuffer();
  let to = buffer;
  for (let from = buffer, end = buffer + ((<usize>n) << 3); from < end; from += 8) {
    const word = load<u64>(from);
    const va = word & ~0xfff;
    const reach = reachOf(resolveLeaf(va, <u32>(word >> 1) & 3));
    if (reach === 0) continue;
    const fitting = sizes & (((<u64>2) << reach) - 1);
    const unit = fitting === 0 ? 0xfff : ((<u64>1) << (63 - clz(fitting))) - 1;
    store<u64>(to, (va & ~unit) | (word & 7));
    to += 8;
  }
  return <u32>((to - buffer) >> 3);
}
