// Walk: one virtual address to its leaf, as the hardware walks, noting every descriptor read on the way.
// The result stays in memory at walkResult(); walkBatch() writes one packed word an address.
import { COUNTER_DESCRIPTOR_READS, count } from './counters';
import {
  CONTIGUOUS,
  isTable,
  oaMask,
  oaOf,
  PXN,
  TABLE_PXN,
  TYPE_MASK,
  TYPE_TABLE,
  VALID,
} from './descriptor';
import {
  contiguousSize,
  DESCRIPTOR_SHIFT,
  entriesAt,
  entryOf,
  granuleShift,
  granuleSize,
  indexBits,
  LAST_LEVEL,
  levelShift,
  levelSize,
  rootLevel,
} from './geometry';
import { root, tableOf } from './tables';
import { firstPage, isUniform, uniformPage, uniformTableAttributes } from './uniform';

/** No leaf: some entry on the way is zero. */
export const WALK_NONE: i32 = -16;

//   +0 pa u64 | +8 leaf descriptor u64 | +16 bytes of the leaf u64 | +24 bytes one TLB entry may cover u64
//   +32 level i32 | +36 descriptors read u32 | +40 PXN in effect u32 | +48 descriptors u64 x 5, from the root
const RESULT: usize = memory.data(96);
const READ: usize = RESULT + 48;

export function walkResult(): usize {
  return RESULT;
}

/** Walks `va`. Returns the leaf's level, or WALK_NONE. Invalid leaves are reported like valid ones. */
export function walk(va: u64): i32 {
  let table = root;
  let tablePxn: u64 = 0;
  let reads: u32 = 0;
  for (let level = rootLevel; level <= LAST_LEVEL; level++) {
    let desc = load<u64>(entryOf(table, level, va));
    if (level < LAST_LEVEL && isUniform(desc)) {
      const offset = va & (levelSize(level) - 1);
      for (; level < LAST_LEVEL; level++) {
        note(reads, uniformTableAttributes(desc));
        reads++;
      }
      tablePxn |= TABLE_PXN;
      desc = uniformPage(desc, offset);
    }
    note(reads, desc);
    reads++;
    if (desc === 0) break;
    if (level < LAST_LEVEL && isTable(desc)) {
      tablePxn |= desc & TABLE_PXN;
      table = tableOf(desc);
      continue;
    }
    const size = levelSize(level);
    store<u64>(RESULT, oaOf(desc) | (va & (size - 1)));
    store<u64>(RESULT, desc, 8);
    store<u64>(RESULT, size, 16);
    store<u64>(RESULT, desc & CONTIGUOUS ? contiguousSize(level) : size, 24);
    store<i32>(RESULT, level, 32);
    store<u32>(RESULT, reads, 36);
    store<u32>(RESULT, (desc & PXN) !== 0 || tablePxn !== 0 ? 1 : 0, 40);
    count(COUNTER_DESCRIPTOR_READS, reads);
    return level;
  }
  store<u32>(RESULT, reads, 36);
  count(COUNTER_DESCRIPTOR_READS, reads);
  return WALK_NONE;
}

const BATCH: usize = memory.data(2 * 8 * 1024);

/** Room for 1024 addresses (u64 each), followed by room for as many results. */
export function walkBuffer(): usize {
  return BATCH;
}

function note(index: u32, desc: u64): void {
  store<u64>(READ + ((<usize>index) << 3), desc);
}

/** Addresses that are walked together. */
const GROUP: u32 = 256;
/** Of each address of the group whose walk reaches the last level: u32 of the entry there, and its place in the group. */
const ENTRIES: usize = memory.data(4 * 256);
const PLACES: usize = memory.data(4 * 256);
const TOUCHED: usize = memory.data(4);

/**
 * Translates `n` addresses (u64 each at `from`) into packed words at `to`: PA, with log2 of the leaf's size
 * in bits 63:56; 0 where there is no valid translation. Returns the number of translations found.
 *
 * The tables of pages are what does not fit a cache, so a group's page descriptors are all fetched together
 * before the first of them is looked at: their misses overlap.
 */
export function walkBatch(from: usize, to: usize, n: u32): u32 {
  let found: u32 = 0;
  for (let done: u32 = 0; done < n; done += GROUP) {
    const offset = (<usize>done) << 3;
    found += walkGroup(from + offset, to + offset, min(n - done, GROUP));
  }
  return found;
}

// Globals are read into locals before the loops: the stores in between keep the compiler from doing so.
function walkGroup(from: usize, to: usize, n: u32): u32 {
  const base = root;
  const rootShift = <u64>levelShift(rootLevel);
  const rootMask = (<usize>(entriesAt(rootLevel) - 1)) << DESCRIPTOR_SHIFT;
  const lastShift = <u64>granuleShift;
  const levelBits = <u64>indexBits;
  const tableMask = ~(granuleSize - 1);
  const entryMask = <usize>(granuleSize - (1 << DESCRIPTOR_SHIFT));
  const storedMask = TYPE_MASK | ~firstPage(~(<u64>0));
  let found: u32 = 0;
  let pages: usize = 0;

  for (let place: usize = 0; place < <usize>n; place++) {
    const va = load<u64>(from + (place << 3));
    let shift = rootShift;
    let entry = base + (<usize>(va >> (shift - DESCRIPTOR_SHIFT)) & rootMask);
    let desc = load<u64>(entry);
    // One test for isTable() and !isUniform().
    while ((desc & storedMask) === TYPE_TABLE) {
      shift -= levelBits;
      const table = <usize>(<u32>desc & tableMask);
      entry = table + (<usize>(va >> (shift - DESCRIPTOR_SHIFT)) & entryMask);
      if (shift === lastShift) break;
      desc = load<u64>(entry);
    }
    if (shift === lastShift) {
      store<u32>(ENTRIES + (pages << 2), <u32>entry);
      store<u32>(PLACES + (pages << 2), <u32>place);
      pages++;
    } else {
      const packed = packAbove(desc, va, shift);
      store<u64>(to + (place << 3), packed);
      if (packed !== 0) found++;
    }
  }
  touch(pages);
  return found + translatePages(from, to, pages);
}

/** What an entry above the last level says of `va` where no stored table follows. */
function packAbove(desc: u64, va: u64, shift: u64): u64 {
  const offset = va & (((<u64>1) << shift) - 1);
  if (!isTable(desc)) return desc & VALID ? oaOf(desc) | offset | (shift << 56) : 0;
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
    const place = (<usize>load<u32>(PLACES + (page << 2))) << 3;
    const desc = load<u64>(load<u32>(ENTRIES + (page << 2)));
    const valid = (desc & VALID) !== 0;
    const oa = plain ? desc & field : oaOf(desc);
    store<u64>(to + place, valid ? oa | (load<u64>(from + place) & pageMask) | size : 0);
    found += valid ? 1 : 0;
  }
  return found;
}
