// Page entry: straight to the entry of a page where all tables on the way are stored, as most calls and walks need it.
// Granule and VA width are constants of the code, once for each geometry: variable shifts and a loop over levels take half
// as long again.
import { TYPE_MASK, TYPE_TABLE } from './descriptor';
import { DESCRIPTOR_SHIFT, shape, shapeOf } from './geometry';
import { root } from './tables';
import { UNIFORM_BITS } from './uniform';

/** Address of the last level's entry for `va`; 0 where some table on the way is not there, or is not stored. */
export function pageEntry(va: u64): usize {
  switch (shape) {
    case shapeOf(12, 48):
      return entry4K48(va);
    case shapeOf(12, 39):
      return entry4K39(va);
    case shapeOf(12, 52):
      return entry4K52(va);
    case shapeOf(14, 52):
      return entry16K52(va);
    case shapeOf(14, 48):
      return entry16K48(va);
    case shapeOf(14, 47):
      return entry16K47(va);
    case shapeOf(14, 36):
      return entry16K36(va);
    case shapeOf(16, 52):
      return entry64K52(va);
    case shapeOf(16, 48):
      return entry64K48(va);
    case shapeOf(16, 42):
      return entry64K42(va);
    default:
      return 0;
  }
}

/** entryKind() of an entry that leads to a stored table. */
export const ENTRY_TABLE: u64 = TYPE_TABLE;

/** What an entry above the last level is: type bits and those that mark a uniform entry. */
export function entryKind(desc: u64): u64 {
  return desc & (TYPE_MASK | UNIFORM_BITS);
}

/** isTable() and not isUniform(), in one test. */
export function isStored(desc: u64): bool {
  return entryKind(desc) === ENTRY_TABLE;
}

/** Levels of a walk. */
export function levelsOf(granuleShift: u32, vaBits: u32): u32 {
  return (vaBits - 4) / (granuleShift - DESCRIPTOR_SHIFT);
}

/** Where the root table at `root` has the entry for `va`. */
export function rootEntry(root: usize, va: u64, granuleShift: u32, vaBits: u32): usize {
  const shift = granuleShift + (granuleShift - DESCRIPTOR_SHIFT) * (levelsOf(granuleShift, vaBits) - 1);
  const last = ((<u32>1) << (vaBits - shift)) - 1;
  return root + (<u32>(va >> <u64>(shift - DESCRIPTOR_SHIFT)) & (last << DESCRIPTOR_SHIFT));
}

/** Where the stored table below `desc` has the entry for `va`; an entry of that table spans 2^shift bytes. */
export function entryBelow(desc: u64, va: u64, lastShift: u32, shift: u32): usize {
  const granule = (<u32>1) << lastShift;
  const index = <u32>(va >> <u64>(shift - DESCRIPTOR_SHIFT)) & (granule - (1 << DESCRIPTOR_SHIFT));
  return (<u32>desc & ~(granule - 1)) + index;
}

// biome-ignore lint/complexity/noStaticOnlyClass: tools read a decorator on a method, but none on a function
export class UnrolledEntry {
  /** pageEntry() below the root table at `root`. */
  @inline
  static of(root: usize, va: u64, lastShift: u32, vaBits: u32): usize {
    const bits = lastShift - DESCRIPTOR_SHIFT;
    const levels = levelsOf(lastShift, vaBits);
    let desc = load<u64>(rootEntry(root, va, lastShift, vaBits));
    if (!isStored(desc)) return 0;
    if (levels >= 5) {
      desc = load<u64>(entryBelow(desc, va, lastShift, lastShift + bits * 3));
      if (!isStored(desc)) return 0;
    }
    if (levels >= 4) {
      desc = load<u64>(entryBelow(desc, va, lastShift, lastShift + bits * 2));
      if (!isStored(desc)) return 0;
    }
    if (levels >= 3) {
      desc = load<u64>(entryBelow(desc, va, lastShift, lastShift + bits));
      if (!isStored(desc)) return 0;
    }
    return entryBelow(desc, va, lastShift, lastShift);
  }
}

// Functions of their own, or the compiler makes one of them with variables again.

function entry4K48(va: u64): usize {
  return UnrolledEntry.of(root, va, 12, 48);
}

function entry4K39(va: u64): usize {
  return UnrolledEntry.of(root, va, 12, 39);
}

function entry4K52(va: u64): usize {
  return UnrolledEntry.of(root, va, 12, 52);
}

function entry16K52(va: u64): usize {
  return UnrolledEntry.of(root, va, 14, 52);
}

function entry16K48(va: u64): usize {
  return UnrolledEntry.of(root, va, 14, 48);
}

function entry16K47(va: u64): usize {
  return UnrolledEntry.of(root, va, 14, 47);
}

function entry16K36(va: u64): usize {
  return UnrolledEntry.of(root, va, 14, 36);
}

function entry64K52(va: u64): usize {
  return UnrolledEntry.of(root, va, 16, 52);
}

function entry64K48(va: u64): usize {
  return UnrolledEntry.of(root, va, 16, 48);
}

function entry64K42(va: u64): usize {
  return UnrolledEntry.of(root, va, 16, 42);
}
