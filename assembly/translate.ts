// Translate: many virtual addresses to packed words, PA with log2 of the leaf's size in bits 63:56; 0 where there is
// no valid translation. walkBatch() is what everything uses; walkEach() is what it is measured against.
import { isTable, oaMask, oaOf, VALID } from './descriptor';
import {
  DESCRIPTOR_SHIFT,
  entriesAt,
  granuleShift,
  granuleSize,
  indexBits,
  levelShift,
  rootLevel,
  shape,
  shapeOf,
} from './geometry';
import { entryBelow, isStored } from './page-entry';
import { root } from './tables';
import { isUniform, uniformPage } from './uniform';

const BUFFER: usize = memory.data(2 * 8 * 1024);

/** Room for 1024 addresses (u64 each), followed by room for as many results. */
export function walkBuffer(): usize {
  return BUFFER;
}

/** Addresses that are walked together. */
const GROUP: u32 = 256;
/** Of each address of the group whose walk reaches the last level: u32 of the entry there, and of its place in the group, in bytes. */
const ENTRIES: usize = memory.data(4 * 256);
const PLACES: usize = memory.data(4 * 256);
const TOUCHED: usize = memory.data(4);

/**
 * Translates `n` addresses (u64 each at `from`) into packed words at `to`. Returns the number of translations found.
 *
 * The tables of pages are what does not fit a cache, so a group's page descriptors are all fetched together
 * before the first of them is looked at: their misses overlap.
 */
export function walkBatch(from: usize, to: usize, n: u32): u32 {
  let found: u32 = 0;
  for (let done: u32 = 0; done < n; done += GROUP) {
    const offset = (<usize>done) << 3;
    const met = descend(from + offset, to + offset, min(n - done, GROUP));
    const pages = <usize>(met & 0xffff);
    touch(pages);
    found += (met >> 16) + translatePages(from + offset, to + offset, pages);
  }
  return found;
}

/** Translates them too, but one after the other: each walk to its end before the next begins. */
export function walkEach(from: usize, to: usize, n: u32): u32 {
  switch (plainShape()) {
    case shapeOf(12, 4):
      return fourLevels4K(from, to, n);
    case shapeOf(12, 3):
      return threeLevels4K(from, to, n);
    case shapeOf(14, 4):
      return fourLevels16K(from, to, n);
    case shapeOf(14, 3):
      return threeLevels16K(from, to, n);
    case shapeOf(14, 2):
      return twoLevels16K(from, to, n);
  }
  let found: u32 = 0;
  for (const end = from + ((<usize>n) << 3); from < end; from += 8, to += 8) {
    const met = descendAny(from, to, 1);
    found += (met >> 16) + translatePages(from, to, <usize>(met & 0xffff));
  }
  return found;
}

/** The shape of the geometry in force; 0 where output addresses do not lie in one piece. */
function plainShape(): u32 {
  return oaOf(oaMask) === oaMask ? shape : 0;
}

/**
 * Walks the `n` addresses of a group down to the last level: notes the entries there and packs what ends above.
 * Returns how many were noted, and in bits 31:16 how many others have a translation.
 */
function descend(from: usize, to: usize, n: u32): u32 {
  switch (plainShape()) {
    case shapeOf(12, 4):
      return descendFourLevels4K(from, to, n);
    case shapeOf(12, 3):
      return descendThreeLevels4K(from, to, n);
    case shapeOf(14, 4):
      return descendFourLevels16K(from, to, n);
    case shapeOf(14, 3):
      return descendThreeLevels16K(from, to, n);
    case shapeOf(14, 2):
      return descendTwoLevels16K(from, to, n);
    default:
      return descendAny(from, to, n);
  }
}

/**
 * The walk with shift and number of levels known to the compiler, which a variable shift, a loop over levels and room
 * in registers for the formats of other output addresses would make half as slow again.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: tools read a decorator on a method, but none on a function
class Unrolled {
  /** Of pages it packs the translations too; with `noting`, it does what descend() says. */
  @inline
  static walk(from: usize, to: usize, n: u32, lastShift: u32, levels: i32, noting: bool): u32 {
    // Globals are read into locals before the loop: the stores in between keep the compiler from doing so.
    const base = root;
    const field = oaMask;
    const bits = lastShift - DESCRIPTOR_SHIFT;
    const rootShift = lastShift + bits * <u32>(levels - 1);
    const rootMask = (entriesAt(rootLevel) - 1) << DESCRIPTOR_SHIFT;
    const end = from + ((<usize>n) << 3);
    // What is rare is counted, for a counter that every walk increments does not stay in a register.
    let absent: u32 = 0;
    let noted: usize = ENTRIES;
    for (let at = from; at < end; at += 8, to += 8) {
      const va = load<u64>(at);
      let desc = load<u64>(base + (<u32>(va >> <u64>(rootShift - DESCRIPTOR_SHIFT)) & rootMask));
      if (!isStored(desc)) {
        if (!Unrolled.pack(to, desc, va, field, isUniform(desc), lastShift, rootShift)) absent++;
        continue;
      }
      if (levels >= 4) {
        desc = load<u64>(entryBelow(desc, va, lastShift, lastShift + bits * 2));
        if (!isStored(desc)) {
          if (!Unrolled.pack(to, desc, va, field, isUniform(desc), lastShift, lastShift + bits * 2)) absent++;
          continue;
        }
      }
      if (levels >= 3) {
        desc = load<u64>(entryBelow(desc, va, lastShift, lastShift + bits));
        if (!isStored(desc)) {
          if (!Unrolled.pack(to, desc, va, field, isUniform(desc), lastShift, lastShift + bits)) absent++;
          continue;
        }
      }
      const entry = entryBelow(desc, va, lastShift, lastShift);
      if (noting) {
        store<u32>(noted, entry);
        store<u32>(noted, at - from, PLACES - ENTRIES);
        noted += 4;
      } else {
        if (!Unrolled.pack(to, load<u64>(entry), va, field, false, lastShift, lastShift)) absent++;
      }
    }
    if (!noting) return n - absent;
    const pages = <u32>((noted - ENTRIES) >> 2);
    return ((n - pages - absent) << 16) | pages;
  }

  /** Stores the packed word of a leaf or uniform entry that spans 2^shift bytes. Returns whether it is a translation. */
  @inline
  static pack(to: usize, desc: u64, va: u64, field: u64, uniform: bool, lastShift: u32, shift: u32): bool {
    const offset = va & (((<u64>1) << (<u64>shift)) - 1);
    const size = uniform ? (<u64>lastShift) << 56 : (<u64>shift) << 56;
    if (!(desc & VALID)) {
      store<u64>(to, 0);
      return false;
    }
    store<u64>(to, (desc & field) | offset | size);
    return true;
  }
}

// Functions of their own, or the compiler makes one of them with variables again.

function fourLevels4K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 12, 4, false);
}

function descendFourLevels4K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 12, 4, true);
}

function threeLevels4K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 12, 3, false);
}

function descendThreeLevels4K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 12, 3, true);
}

function fourLevels16K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 14, 4, false);
}

function descendFourLevels16K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 14, 4, true);
}

function threeLevels16K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 14, 3, false);
}

function descendThreeLevels16K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 14, 3, true);
}

function twoLevels16K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 14, 2, false);
}

function descendTwoLevels16K(from: usize, to: usize, n: u32): u32 {
  return Unrolled.walk(from, to, n, 14, 2, true);
}

/** descend() for any geometry and any format of output addresses. */
function descendAny(from: usize, to: usize, n: u32): u32 {
  const rootShift = levelShift(rootLevel);
  const rootMask = (entriesAt(rootLevel) - 1) << DESCRIPTOR_SHIFT;
  let found: u32 = 0;
  let pages: u32 = 0;
  for (let place: u32 = 0; place < n; place++) {
    const va = load<u64>(from + (place << 3));
    let shift = rootShift;
    let entry = root + (<u32>(va >> <u64>(shift - DESCRIPTOR_SHIFT)) & rootMask);
    let desc = load<u64>(entry);
    while (isStored(desc)) {
      shift -= indexBits;
      entry = entryBelow(desc, va, granuleShift, shift);
      if (shift === granuleShift) break;
      desc = load<u64>(entry);
    }
    if (shift === granuleShift) {
      store<u32>(ENTRIES + (pages << 2), entry);
      store<u32>(PLACES + (pages << 2), place << 3);
      pages++;
    } else {
      const packed = packAbove(desc, va, shift);
      store<u64>(to + (place << 3), packed);
      if (packed !== 0) found++;
    }
  }
  return (found << 16) | pages;
}

/** What an entry above the last level says of `va` where no stored table follows. */
function packAbove(desc: u64, va: u64, shift: u32): u64 {
  const offset = va & (((<u64>1) << (<u64>shift)) - 1);
  if (!isTable(desc)) return desc & VALID ? oaOf(desc) | offset | ((<u64>shift) << 56) : 0;
  const inPage = va & (<u64>granuleSize - 1);
  return oaOf(uniformPage(desc, offset)) | inPage | ((<u64>granuleShift) << 56);
}

/**
 * Fetches the first `pages` of ENTRIES. A bare loop keeps more misses under way than a walk can; it goes on to a
 * multiple of eight, through entries of earlier groups or 0, which can be read as well: memory never shrinks.
 */
function touch(pages: usize): void {
  let any: u32 = 0;
  for (let at = ENTRIES, end = ENTRIES + (pages << 2); at < end; at += 32) {
    any |= load<u32>(load<u32>(at)) | load<u32>(load<u32>(at, 4));
    any |= load<u32>(load<u32>(at, 8)) | load<u32>(load<u32>(at, 12));
    any |= load<u32>(load<u32>(at, 16)) | load<u32>(load<u32>(at, 20));
    any |= load<u32>(load<u32>(at, 24)) | load<u32>(load<u32>(at, 28));
  }
  // A result that nobody stores would not be loaded for.
  store<u32>(TOUCHED, any);
}

/** Packs what the first `pages` of ENTRIES translate to. Returns the number of translations found. */
function translatePages(from: usize, to: usize, pages: usize): u32 {
  const field = oaMask;
  const plain = oaOf(field) === field;
  const pageMask = <u64>granuleSize - 1;
  const size = (<u64>granuleShift) << 56;
  let found: u32 = 0;
  for (let page: usize = 0; page < pages; page++) {
    const place = <usize>load<u32>(PLACES + (page << 2));
    const desc = load<u64>(load<u32>(ENTRIES + (page << 2)));
    const valid = (desc & VALID) !== 0;
    const oa = plain ? desc & field : oaOf(desc);
    store<u64>(to + place, valid ? oa | (load<u64>(from + place) & pageMask) | size : 0);
    found += valid ? 1 : 0;
  }
  return found;
}
