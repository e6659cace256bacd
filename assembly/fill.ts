// Fill: consecutive descriptors in consecutive entries, and one mask pair applied to consecutive entries.
// The two loops that everything expensive spends its time in; 128 bytes an iteration keep the stores busy.
import { isValidKernelLeaf, USER, UXN, VALID } from './descriptor';

/** Writes `entries` descriptors from `entry` on: desc, desc + step, desc + 2 * step … */
export function fillDescriptors(entry: usize, entries: u32, desc: u64, step: u64): void {
  const end = entry + ((<usize>entries) << 3);
  const bulkEnd = entry + ((<usize>(entries & ~15)) << 3);
  let at = entry;
  let next = desc;
  if (at < bulkEnd) {
    let pair = i64x2.add(i64x2.splat(<i64>desc), i64x2(0, <i64>step));
    const by2 = i64x2.splat(<i64>(step << 1));
    const by4 = i64x2.splat(<i64>(step << 2));
    const by8 = i64x2.splat(<i64>(step << 3));
    const by16 = i64x2.splat(<i64>(step << 4));
    for (; at < bulkEnd; at += 128) {
      const fourth = i64x2.add(pair, by4);
      const eighth = i64x2.add(pair, by8);
      const twelfth = i64x2.add(fourth, by8);
      v128.store(at, pair);
      v128.store(at, i64x2.add(pair, by2), 16);
      v128.store(at, fourth, 32);
      v128.store(at, i64x2.add(fourth, by2), 48);
      v128.store(at, eighth, 64);
      v128.store(at, i64x2.add(eighth, by2), 80);
      v128.store(at, twelfth, 96);
      v128.store(at, i64x2.add(twelfth, by2), 112);
      pair = i64x2.add(pair, by16);
    }
    next = desc + step * <u64>(entries & ~15);
  }
  for (; at < end; at += 8) {
    store<u64>(at, next);
    next += step;
  }
}

/**
 * Applies (desc & ~clear) | set to every entry of [entry, entry + 8 * entries), empty ones included.
 * Returns how many of the new values are valid kernel leaves, which is what barriers depend on.
 */
export function maskDescriptors(entry: usize, entries: u32, set: u64, clear: u64): u32 {
  const end = entry + ((<usize>entries) << 3);
  const bulkEnd = entry + ((<usize>(entries & ~7)) << 3);
  let at = entry;
  let valid: u32 = 0;
  if (at < bulkEnd) {
    const setLanes = i64x2.splat(<i64>set);
    const clearLanes = i64x2.splat(<i64>clear);
    const ruleMask = i64x2.splat(<i64>(VALID | UXN | USER));
    const ruleValue = i64x2.splat(<i64>(VALID | UXN));
    let matches = i64x2.splat(0);
    for (; at < bulkEnd; at += 64) {
      const a = v128.or(v128.andnot(v128.load(at), clearLanes), setLanes);
      const b = v128.or(v128.andnot(v128.load(at, 16), clearLanes), setLanes);
      const c = v128.or(v128.andnot(v128.load(at, 32), clearLanes), setLanes);
      const d = v128.or(v128.andnot(v128.load(at, 48), clearLanes), setLanes);
      v128.store(at, a);
      v128.store(at, b, 16);
      v128.store(at, c, 32);
      v128.store(at, d, 48);
      // A lane that matches is -1, so subtracting counts.
      matches = i64x2.sub(matches, i64x2.eq(v128.and(a, ruleMask), ruleValue));
      matches = i64x2.sub(matches, i64x2.eq(v128.and(b, ruleMask), ruleValue));
      matches = i64x2.sub(matches, i64x2.eq(v128.and(c, ruleMask), ruleValue));
      matches = i64x2.sub(matches, i64x2.eq(v128.and(d, ruleMask), ruleValue));
    }
    valid = <u32>(i64x2.extract_lane(matches, 0) + i64x2.extract_lane(matches, 1));
  }
  for (; at < end; at += 8) {
    const desc = (load<u64>(at) & ~clear) | set;
    store<u64>(at, desc);
    if (isValidKernelLeaf(desc)) valid++;
  }
  return valid;
}
