// Page entry: straight to the entry of a page where all tables on the way are stored, as most calls and walks need it.
// Granule and number of levels are constants of the code, once for each geometry: variable shifts and a loop over levels
// take half as long again.
import { TYPE_MASK, TYPE_TABLE } from './descriptor';
import { DESCRIPTOR_SHIFT, rootEntries, shape, shapeOf } from './geometry';
import { root } from './tables';
import { firstPage } from './uniform';

/** Address of the last level's entry for `va`; 0 where some table on the way is not there, or is not stored. */
export function pageEntry(va: u64): usize {
  switch (shape) {
    case shapeOf(12, 4):
      return fourLevels4K(va);
    case shapeOf(12, 3):
      return threeLevels4K(va);
    case shapeOf(12, 5):
      return fiveLevels4K(va);
    case shapeOf(14, 4):
      return fourLevels16K(va);
    case shapeOf(14, 3):
      return threeLevels16K(va);
    case shapeOf(14, 2):
      return twoLevels16K(va);
    case shapeOf(16, 3):
      return threeLevels64K(va);
    case shapeOf(16, 2):
      return twoLevels64K(va);
    default:
      return 0;
  }
}

/** isTable() and not isUniform(), in one test. */
export function isStored(desc: u64): bool {
  return (desc & (TYPE_MASK | ~firstPage(~(<u64>0)))) === TYPE_TABLE;
}

/** Where the stored table below `desc` has the entry for `va`; an entry of that table spans 2^shift bytes. */
export function entryBelow(desc: u64, va: u64, lastShift: u32, shift: u32): usize {
  const granule = (<u32>1) << lastShift;
  const index = <u32>(va >> <u64>(shift - DESCRIPTOR_SHIFT)) & (granule - (1 << DESCRIPTOR_SHIFT));
  return (<u32>desc & ~(granule - 1)) + index;
}

// biome-ignore lint/complexity/noStaticOnlyClass: tools read a decorator on a method, but none on a function
class Unrolled {
  @inline
  static pageEntry(va: u64, lastShift: u32, levels: i32): usize {
    const bits = lastShift - DESCRIPTOR_SHIFT;
    const rootShift = lastShift + bits * <u32>(levels - 1);
    const rootIndex = <u32>(va >> <u64>rootShift) & (rootEntries - 1);
    let desc = load<u64>(root + (rootIndex << DESCRIPTOR_SHIFT));
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

function fourLevels4K(va: u64): usize {
  return Unrolled.pageEntry(va, 12, 4);
}

function threeLevels4K(va: u64): usize {
  return Unrolled.pageEntry(va, 12, 3);
}

function fiveLevels4K(va: u64): usize {
  return Unrolled.pageEntry(va, 12, 5);
}

function fourLevels16K(va: u64): usize {
  return Unrolled.pageEntry(va, 14, 4);
}

function threeLevels16K(va: u64): usize {
  return Unrolled.pageEntry(va, 14, 3);
}

function twoLevels16K(va: u64): usize {
  return Unrolled.pageEntry(va, 14, 2);
}

function threeLevels64K(va: u64): usize {
  return Unrolled.pageEntry(va, 16, 3);
}

function twoLevels64K(va: u64): usize {
  return Unrolled.pageEntry(va, 16, 2);
}
