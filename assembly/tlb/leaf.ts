// Leaf: what a walk finds for an address, and how much of it one TLB entry may cover.
//
//   +0 generation (15), region (43) u64 | +8 OA - VA u64 | +16 attributes u64 | +24 reach u8 | +25 level i8 | +26 lookups u16 | +28 table u32
//
// Answers are kept by region, which is what one entry of level 2 spans. A region of one leaf, of no leaf, or of pages
// that follow one formula has one answer (table 0); of another region the table of its pages is known, and each page
// is looked up there. Kept answers hold until the tables change. Reach is log2 of bytes; 0: there is no valid leaf.
//
// Whatever its class, an access of the linear map goes by the core's own tables. Elsewhere the other classes have no
// tables here, see assumed-leaf.ts, and class 0 finds nothing.
import { attributesOf, CONTIGUOUS, isTable, oaOf, TYPE_MASK, VALID } from '../descriptor';
import {
  contiguousShift,
  entryOf,
  granuleShift,
  granuleSize,
  indexBits,
  LAST_LEVEL,
  levelShift,
  levelSize,
  pageEnd,
  pageOffset,
  rootLevel,
} from '../geometry';
import { root, tableOf } from '../tables';
import { isUniform, uniformPage } from '../uniform';
import { assumedLevel, assumedReach } from './assumed-leaf';

const OFFSET: usize = 8;
const ATTRIBUTES: usize = 16;
const REACH: usize = 24;
const LEVEL: usize = 25;
const LOOKUPS: usize = 26;
const TABLE: usize = 28;
const RECORD_SHIFT: u32 = 5;

/** Regions that are kept: 16 GiB of them with the 4K granule. */
const REGIONS: u64 = 1 << 13;
/** Above any region number: the generation of the tables. */
const FIRST_GENERATION: u64 = (<u64>1) << 43;
const LAST_GENERATION: u64 = (<u64>0x7fff) << 43;
/** Look-ups of pages in one region after which it is worth while to see if they follow a formula. */
const EXAMINE_AFTER: u32 = 8;
const NEVER_AGAIN: u32 = 0xffff;

/** Attributes of a leaf that stands in no table. */
export const ASSUMED: u64 = ~(<u64>0);

// The reaches of regions with one answer once more, packed: what every access asks for stays in a nearer cache.
//
//   | generation (15) | region (43) | reach (6) |
const REACHES: usize = memory.data(8 << 13, 64);
const REACH_BITS: u64 = 6;
const REACH_MASK: u64 = 63;
const UNRESOLVED: u64 = 255;
/** The class in an access. */
const CLASS_MASK: u64 = 6;
const ANSWERS: usize = memory.data(32 << 13, 32);
const PAGE: usize = memory.data(32, 8);
const ELSEWHERE: usize = memory.data(32, 8);

/** Shifted to its place in a record. */
let generation: u64 = FIRST_GENERATION;
let regionShift: u64 = 0;
/** The tables are not what they were when the TLBs were last empty: entries may be of sizes that no leaf has now. */
let sizesMayDiffer: bool = false;
/** The second level holds some leaves in smaller pieces than the first, and hands those on. */
let piecesMayDiffer: bool = false;
let mergesContiguous: bool = false;
/** Neighbouring pages that hardware puts into one entry unasked; 1: none. */
let aggregated: u64 = 1;

export function setReach(contiguous: bool, pages: u32): void {
  mergesContiguous = contiguous;
  aggregated = pages;
  tablesChanged();
}

/** Called after every change of a table. */
export function tablesChanged(): void {
  sizesMayDiffer = true;
  regionShift = <u64>levelShift(2);
  generation += FIRST_GENERATION;
  if (generation <= LAST_GENERATION) return;
  generation = FIRST_GENERATION;
  memory.fill(REACHES, 0, (<usize>REGIONS) << 3);
  memory.fill(ANSWERS, 0, (<usize>REGIONS) << RECORD_SHIFT);
}

export function setPiecesMayDiffer(on: bool): void {
  piecesMayDiffer = on;
}

/** Called when all TLBs are empty. */
export function noSizesDiffer(): void {
  sizesMayDiffer = false;
}

/** What one TLB entry may cover around the address asked for; 0: no valid leaf. */
export function reachOf(leaf: usize): u64 {
  return <u64>load<u8>(leaf, REACH);
}

/** Level of the leaf, or of the entry at which the walk ended without one. */
export function levelOf(leaf: usize): i32 {
  return load<i8>(leaf, LEVEL);
}

export function offsetOf(leaf: usize): u64 {
  return load<u64>(leaf, OFFSET);
}

/** Attributes that an entry carries: all but the output address, the type and the Contiguous bit. */
export function attributesOfLeaf(leaf: usize): u64 {
  return load<u64>(leaf, ATTRIBUTES);
}

/** Accesses of each class that knownReaches() has seen, 16 bits each. */
export let accessesByClass: u64 = 0;

/**
 * For each of `n` accesses from `words` on, u8 at `reaches`: log2 of the reach of the leaf that every entry for it is a
 * piece of; 0 where there is none, or where entries of other sizes are possible. All are asked for before any is
 * needed: the look-ups do not depend on each other, so none of them waits behind another one's cache miss. Returns
 * whether all are known. Counts the accesses by class as it passes them.
 */
export function knownReaches(words: usize, n: u32, reaches: usize): bool {
  const start = pageOffset;
  const bytes = pageEnd - start;
  const current = generation;
  const shift = regionShift;
  let classes: u64 = 0;
  // Of all reaches: which bits there are, and the least.
  let bits: u64 = 0;
  let least: u64 = UNRESOLVED;
  for (let i: usize = 0; i < <usize>n; i++) {
    const word = load<u64>(words + (i << 3));
    classes += (<u64>1) << ((word & CLASS_MASK) << 3);
    let reach: u64 = 0;
    if (word - start < bytes) {
      const region = word >> shift;
      const known = load<u64>(REACHES + ((<usize>(region & (REGIONS - 1))) << 3));
      // Where the region or the generation differs, much higher bits do than those of a reach.
      reach = min(known ^ ((region | current) << REACH_BITS), UNRESOLVED);
    } else if (word & CLASS_MASK) {
      reach = assumedReach(word, mergesContiguous);
    }
    store<u8>(reaches + i, <u8>reach);
    bits |= reach;
    least = min(least, reach);
  }
  accessesByClass = classes;
  if (piecesMayDiffer) {
    memory.fill(reaches, 0, n);
    return false;
  }
  if (bits > REACH_MASK && resolveReaches(words, n, reaches) > 0) return false;
  return least !== 0;
}

/** Returns how many stay unknown. */
function resolveReaches(words: usize, n: u32, reaches: usize): u32 {
  let unknown: u32 = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    if (load<u8>(reaches + i) !== UNRESOLVED) continue;
    const va = load<u64>(words + (i << 3));
    const reach: u64 = sizesMayDiffer ? 0 : noteReach(va, va >> regionShift);
    store<u8>(reaches + i, <u8>reach);
    unknown += u32(reach === 0);
  }
  return unknown;
}

/** Resolves the leaf, and keeps its reach where it is the whole region's. */
function noteReach(va: u64, region: u64): u64 {
  const leaf = resolveLeaf(va, 0);
  const reach = reachOf(leaf);
  if (leaf !== PAGE) {
    store<u64>(
      REACHES + ((<usize>(region & (REGIONS - 1))) << 3),
      ((region | generation) << REACH_BITS) | reach,
    );
  }
  return reach;
}

/** The leaf of an access, good until the next call. */
export function resolveLeaf(va: u64, kind: u32): usize {
  if (kind !== 0 && va - pageOffset >= pageEnd - pageOffset) return resolveAssumed(va);
  const region = va >> regionShift;
  const record = recordOf(region);
  if (load<u64>(record) !== (region | generation)) {
    descend(va, record);
    store<u64>(record, region | generation);
  }
  return load<u32>(record, TABLE) === 0 ? record : resolvePage(va, record);
}

function recordOf(region: u64): usize {
  return ANSWERS + ((<usize>(region & (REGIONS - 1))) << RECORD_SHIFT);
}

function resolveAssumed(va: u64): usize {
  store<u64>(ELSEWHERE, ASSUMED, ATTRIBUTES);
  store<u8>(ELSEWHERE, <u8>assumedReach(va, mergesContiguous), REACH);
  store<i8>(ELSEWHERE, <i8>assumedLevel(va), LEVEL);
  return ELSEWHERE;
}

/** Walks as far as all of the region goes the same way. */
function descend(va: u64, record: usize): void {
  store<u32>(record, 0, REACH);
  store<u32>(record, 0, TABLE);
  store<i8>(record, <i8>(rootLevel - 1), LEVEL);
  // Between the halves of the address space hardware faults without a walk.
  if (va < pageOffset) return;
  let table = root;
  for (let level = rootLevel; level < LAST_LEVEL; level++) {
    const desc = load<u64>(entryOf(table, level, va));
    if (!isTable(desc)) {
      answer(record, va, desc, level, 0);
      return;
    }
    if (isUniform(desc)) {
      answer(record, va, uniformPage(desc, va & (levelSize(level) - 1)), LAST_LEVEL, 0);
      return;
    }
    table = tableOf(desc);
  }
  store<u32>(record, <u32>table, TABLE);
}

function resolvePage(va: u64, record: usize): usize {
  const table = <usize>load<u32>(record, TABLE);
  const lookups = <u32>load<u16>(record, LOOKUPS) + 1;
  if (lookups === EXAMINE_AFTER && followsFormula(table)) {
    answer(record, va, load<u64>(entryOf(table, LAST_LEVEL, va)), LAST_LEVEL, 0);
    store<u32>(record, 0, TABLE);
    return record;
  }
  if (lookups < NEVER_AGAIN) store<u16>(record, <u16>lookups, LOOKUPS);
  const entry = entryOf(table, LAST_LEVEL, va);
  answer(PAGE, va, load<u64>(entry), LAST_LEVEL, entry);
  return PAGE;
}

/** All pages of a table have equal attributes and consecutive output addresses, so any of them answers for all. */
function followsFormula(table: usize): bool {
  const first = load<u64>(table);
  if (!(first & VALID)) return false;
  for (let i: u32 = 1; i < 1 << indexBits; i++) {
    if (load<u64>(table + ((<usize>i) << 3)) !== first + <u64>i * granuleSize) return false;
  }
  return true;
}

/** Writes what `desc`, the entry of `level` for `va`, says. `entry` is its place, or 0 where all around it is alike. */
function answer(record: usize, va: u64, desc: u64, level: i32, entry: usize): void {
  store<i8>(record, <i8>level, LEVEL);
  if (!(desc & VALID)) {
    store<u8>(record, 0, REACH);
    return;
  }
  const shift = levelShift(level);
  const start = (va >> <u64>shift) << (<u64>shift);
  store<u64>(record, oaOf(desc) - start, OFFSET);
  store<u64>(record, attributesOf(desc) & ~(TYPE_MASK | CONTIGUOUS), ATTRIBUTES);
  let reach = shift;
  if (level === LAST_LEVEL && aggregated > 1 && formsGroup(va, entry, desc)) reach += <u32>ctz(aggregated);
  if (mergesContiguous && desc & CONTIGUOUS) reach = max(reach, shift + contiguousShift(level));
  store<u8>(record, <u8>reach, REACH);
}

/**
 * The naturally aligned pages around `va` have equal attributes and consecutive output addresses, aligned like the
 * group.
 */
function formsGroup(va: u64, entry: usize, desc: u64): bool {
  const index = (va >> <u64>granuleShift) & (aggregated - 1);
  const first = desc - index * granuleSize;
  if (oaOf(first) & (aggregated * granuleSize - 1)) return false;
  if (entry === 0) return true;
  const at = entry - ((<usize>index) << 3);
  for (let page: u64 = 0; page < aggregated; page++) {
    if (load<u64>(at + ((<usize>page) << 3)) !== first + page * granuleSize) return false;
  }
  return true;
}
