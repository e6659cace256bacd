// Fill: consecutive descriptors in consecutive entries, one mask pair applied to consecutive entries, looking for an entry,
// and counting entries. The loops that everything expensive spends its time in. Those that write or search long runs take
// 128 bytes an iteration, which keeps loads and stores busy; counting takes a vector, and finding a valid leaf an entry.
import { isValidKernelLeaf, USER, UXN, VALID } from './descriptor';

/** Writes `entries` descriptors from `entry` on: desc, desc + step, desc + 2 * step … */
export function fillDescriptors(entry: usize, entries: u32, desc: u64, step: u64): void {
  const end = entry + ((<usize>entries) << 3);
  const bulkEnd = entry + ((<usize>(entries & ~15)) << 3);
  let at = entry;
  let next = desc;
  if (at < bulkEnd) {
    let pair = i64x2.add(i64x2.splat(<i64>desc), i64x2(0, <i64>step));
    const by1 = i64x2.splat(<i64>step);
    const by2 = i64x2.add(by1, by1);
    const by4 = i64x2.add(by2, by2);
    const by8 = i64x2.add(by4, by4);
    const by16 = i64x2.add(by8, by8);
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

/** How many of `entries` entries come before the first with (desc & mask) equal to `value`. */
export function entriesBefore(entry: usize, entries: u32, mask: u64, value: u64): u32 {
  const end = entry + ((<usize>entries) << 3);
  const bulkEnd = entry + ((<usize>(entries & ~15)) << 3);
  const masks = i64x2.splat(<i64>mask);
  const values = i64x2.splat(<i64>value);
  let at = entry;
  for (; at < bulkEnd; at += 128) {
    const a = i64x2.eq(v128.and(v128.load(at), masks), values);
    const b = i64x2.eq(v128.and(v128.load(at, 16), masks), values);
    const c = i64x2.eq(v128.and(v128.load(at, 32), masks), values);
    const d = i64x2.eq(v128.and(v128.load(at, 48), masks), values);
    const e = i64x2.eq(v128.and(v128.load(at, 64), masks), values);
    const f = i64x2.eq(v128.and(v128.load(at, 80), masks), values);
    const g = i64x2.eq(v128.and(v128.load(at, 96), masks), values);
    const h = i64x2.eq(v128.and(v128.load(at, 112), masks), values);
    const front = v128.or(v128.or(a, b), v128.or(c, d));
    const back = v128.or(v128.or(e, f), v128.or(g, h));
    if (v128.any_true(v128.or(front, back))) break;
  }
  while (at < end && (load<u64>(at) & mask) !== value) at += 8;
  return <u32>((at - entry) >> 3);
}

/** Applies (desc & ~clear) | set to every entry of [entry, entry + 8 * entries), empty ones included. */
export function maskDescriptors(entry: usize, entries: u32, set: u64, clear: u64): void {
  const end = entry + ((<usize>entries) << 3);
  const bulkEnd = entry + ((<usize>(entries & ~15)) << 3);
  let at = entry;
  if (at < bulkEnd) {
    const setLanes = i64x2.splat(<i64>set);
    const keepLanes = i64x2.splat(<i64>~clear);
    for (; at < bulkEnd; at += 128) {
      v128.store(at, v128.or(v128.and(v128.load(at), keepLanes), setLanes));
      v128.store(at, v128.or(v128.and(v128.load(at, 16), keepLanes), setLanes), 16);
      v128.store(at, v128.or(v128.and(v128.load(at, 32), keepLanes), setLanes), 32);
      v128.store(at, v128.or(v128.and(v128.load(at, 48), keepLanes), setLanes), 48);
      v128.store(at, v128.or(v128.and(v128.load(at, 64), keepLanes), setLanes), 64);
      v128.store(at, v128.or(v128.and(v128.load(at, 80), keepLanes), setLanes), 80);
      v128.store(at, v128.or(v128.and(v128.load(at, 96), keepLanes), setLanes), 96);
      v128.store(at, v128.or(v128.and(v128.load(at, 112), keepLanes), setLanes), 112);
    }
  }
  for (; at < end; at += 8) store<u64>(at, (load<u64>(at) & ~clear) | set);
}

/** How many of `entries` entries are valid kernel leaves, which is what barriers depend on. */
export function validKernelLeaves(entry: usize, entries: u32): u32 {
  const end = entry + ((<usize>entries) << 3);
  const bulkEnd = entry + ((<usize>(entries & ~1)) << 3);
  const ruleMask = i64x2.splat(<i64>(VALID | UXN | USER));
  const ruleValue = i64x2.splat(<i64>(VALID | UXN));
  let matches = i64x2.splat(0);
  let at = entry;
  for (; at < bulkEnd; at += 16) {
    // A lane that matches is -1, so subtracting counts.
    matches = i64x2.sub(matches, i64x2.eq(v128.and(v128.load(at), ruleMask), ruleValue));
  }
  const valid = <u32>(i64x2.extract_lane(matches, 0) + i64x2.extract_lane(matches, 1));
  return at < end && isValidKernelLeaf(load<u64>(at)) ? valid + 1 : valid;
}

/** Whether any of `entries` entries is a valid kernel leaf; mostly the first one is. */
export function anyValidKernelLeaf(entry: usize, entries: u32): bool {
  for (const end = entry + ((<usize>entries) << 3); entry < end; entry += 8) {
    if (isValidKernelLeaf(load<u64>(entry))) return true;
  }
  return false;
}
