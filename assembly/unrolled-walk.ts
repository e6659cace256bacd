// Unrolled walk: walks with granule and number of levels known to the compiler, once for each geometry whose output
// addresses lie in one piece. Variable shifts, a loop over levels and room in registers for other formats would make them
// half as slow again.
import { oaMask, TYPE_BLOCK, TYPE_MASK, VALID } from './descriptor';
import { DESCRIPTOR_SHIFT, shapeOf } from './geometry';
import { ENTRY_TABLE, entryBelow, entryKind, levelsOf, rootEntry } from './page-entry';
import { root } from './tables';

/** Packs what `n` addresses (u64 each at `from`) translate to at `to`. */
type Translate = (from: usize, to: usize, n: u32) => void;

/**
 * Walks them down to the last level: notes the entries there at `entries` (u32 each), with 0 for the addresses that end
 * above, and packs only those.
 */
type Descend = (from: usize, to: usize, n: u32, entries: usize) => void;

/** Null where a shape has no code here. */
export function translationOf(shape: u32): Translate | null {
  switch (shape) {
    case shapeOf(12, 48):
      return translate4K48;
    case shapeOf(12, 39):
      return translate4K39;
    case shapeOf(14, 48):
      return translate16K48;
    case shapeOf(14, 47):
      return translate16K47;
    case shapeOf(14, 36):
      return translate16K36;
    default:
      return null;
  }
}

/** Null where a shape has no code here. */
export function descentOf(shape: u32): Descend | null {
  switch (shape) {
    case shapeOf(12, 48):
      return descend4K48;
    case shapeOf(12, 39):
      return descend4K39;
    case shapeOf(14, 48):
      return descend16K48;
    case shapeOf(14, 47):
      return descend16K47;
    case shapeOf(14, 36):
      return descend16K36;
    default:
      return null;
  }
}

// biome-ignore lint/complexity/noStaticOnlyClass: tools read a decorator on a method, but none on a function
class UnrolledWalk {
  /** Two addresses a round: V8 looks at the stack limit in each. */
  @inline
  static walk(
    from: usize,
    to: usize,
    n: u32,
    entries: usize,
    granuleShift: u32,
    vaBits: u32,
    noting: bool,
  ): void {
    // Globals are read into locals before the loop: the stores in between keep the compiler from doing so.
    const base = root;
    const field = oaMask;
    const away = to - from;
    const end = from + ((<usize>n) << 3);
    for (const pairsEnd = end - ((<usize>n & 1) << 3); from < pairsEnd; from += 16, entries += 8) {
      UnrolledWalk.one(base, field, from, from + away, entries, granuleShift, vaBits, noting);
      UnrolledWalk.one(base, field, from + 8, from + away + 8, entries + 4, granuleShift, vaBits, noting);
    }
    if (from < end) UnrolledWalk.one(base, field, from, from + away, entries, granuleShift, vaBits, noting);
  }

  @inline
  static one(
    base: usize,
    field: u64,
    from: usize,
    to: usize,
    noted: usize,
    granuleShift: u32,
    vaBits: u32,
    noting: bool,
  ): void {
    const bits = granuleShift - DESCRIPTOR_SHIFT;
    const levels = levelsOf(granuleShift, vaBits);
    const va = load<u64>(from);
    let desc = load<u64>(rootEntry(base, va, granuleShift, vaBits));
    let kind = entryKind(desc);
    if (kind !== ENTRY_TABLE) {
      if (noting) store<u32>(noted, 0);
      UnrolledWalk.packAbove(to, desc, kind, va, field, granuleShift, granuleShift + bits * (levels - 1));
      return;
    }
    if (levels >= 4) {
      desc = load<u64>(entryBelow(desc, va, granuleShift, granuleShift + bits * 2));
      kind = entryKind(desc);
      if (kind !== ENTRY_TABLE) {
        if (noting) store<u32>(noted, 0);
        UnrolledWalk.packAbove(to, desc, kind, va, field, granuleShift, granuleShift + bits * 2);
        return;
      }
    }
    if (levels >= 3) {
      desc = load<u64>(entryBelow(desc, va, granuleShift, granuleShift + bits));
      kind = entryKind(desc);
      if (kind !== ENTRY_TABLE) {
        if (noting) store<u32>(noted, 0);
        UnrolledWalk.packAbove(to, desc, kind, va, field, granuleShift, granuleShift + bits);
        return;
      }
    }
    const entry = entryBelow(desc, va, granuleShift, granuleShift);
    if (noting) {
      store<u32>(noted, entry);
      return;
    }
    desc = load<u64>(entry);
    if (<u32>desc & <u32>VALID) UnrolledWalk.pack(to, desc, va, field, granuleShift, granuleShift);
    else store<u64>(to, 0);
  }

  /** The packed word of an entry that spans 2^shift bytes and leads to no stored table. */
  @inline
  static packAbove(
    to: usize,
    desc: u64,
    kind: u64,
    va: u64,
    field: u64,
    granuleShift: u32,
    shift: u32,
  ): void {
    // Of kinds other than a stored table's, uniform entries alone have its type.
    if ((<u32>kind & <u32>TYPE_MASK) === <u32>TYPE_BLOCK)
      UnrolledWalk.pack(to, desc, va, field, shift, shift);
    else if (<u32>desc & <u32>VALID) UnrolledWalk.pack(to, desc, va, field, shift, granuleShift);
    else store<u64>(to, 0);
  }

  /** The word of a leaf of 2^leafShift bytes, itself or by a uniform entry; the entry spans 2^shift bytes. */
  @inline
  static pack(to: usize, desc: u64, va: u64, field: u64, shift: u32, leafShift: u32): void {
    const offset = va & (((<u64>1) << (<u64>shift)) - 1);
    store<u64>(to, (desc & field) | offset | ((<u64>leafShift) << 56));
  }
}

// Functions of their own, which are called by reference, or the compiler makes one of them with variables again.

function translate4K48(from: usize, to: usize, n: u32): void {
  UnrolledWalk.walk(from, to, n, 0, 12, 48, false);
}

function descend4K48(from: usize, to: usize, n: u32, entries: usize): void {
  UnrolledWalk.walk(from, to, n, entries, 12, 48, true);
}

function translate4K39(from: usize, to: usize, n: u32): void {
  UnrolledWalk.walk(from, to, n, 0, 12, 39, false);
}

function descend4K39(from: usize, to: usize, n: u32, entries: usize): void {
  UnrolledWalk.walk(from, to, n, entries, 12, 39, true);
}

function translate16K48(from: usize, to: usize, n: u32): void {
  UnrolledWalk.walk(from, to, n, 0, 14, 48, false);
}

function descend16K48(from: usize, to: usize, n: u32, entries: usize): void {
  UnrolledWalk.walk(from, to, n, entries, 14, 48, true);
}

function translate16K47(from: usize, to: usize, n: u32): void {
  UnrolledWalk.walk(from, to, n, 0, 14, 47, false);
}

function descend16K47(from: usize, to: usize, n: u32, entries: usize): void {
  UnrolledWalk.walk(from, to, n, entries, 14, 47, true);
}

function translate16K36(from: usize, to: usize, n: u32): void {
  UnrolledWalk.walk(from, to, n, 0, 14, 36, false);
}

function descend16K36(from: usize, to: usize, n: u32, entries: usize): void {
  UnrolledWalk.walk(from, to, n, entries, 14, 36, true);
}
