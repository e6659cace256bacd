// Readout: the linear map as runs, the way captures write it, and its summary. Reads only.
//
// A record is 40 bytes:  +0 level i32 | +4 kind u32 | +8 va u64 | +16 pa u64 | +24 count u64 | +32 attributes u64
// A leaf run is `count` leaves with VA and PA both ascending and equal attributes. A table record is `count`
// table descriptors at `level` whose spans follow each other.
import { attributesOf, CONTIGUOUS, isTable, oaMask, oaOf, READ_ONLY, VALID } from './descriptor';
import {
  DESCRIPTOR_SHIFT,
  entriesAt,
  entryOf,
  granuleSize,
  LAST_LEVEL,
  levelSize,
  nextBoundary,
  pageEnd,
  pageOffset,
  rootLevel,
} from './geometry';
import { root, tableAttributes, tableOf } from './tables';
import { isUniform, uniformAttributes, uniformOa, uniformTableAttributes } from './uniform';

export const RUN_LEAF: u32 = 0;
export const RUN_TABLE: u32 = 1;
export const RUN_BYTES: u32 = 40;
const CAPACITY: u32 = 4096;
/** Where reading stops; what is left holds the records of one more entry with all its levels. */
const FULL: u32 = CAPACITY - 16;
const BUFFER: usize = memory.data(40 * 4096);

let records: u32 = 0;
let resumeVa: u64 = 0;
let stopped: bool = false;
let runLevel: i32 = 0;
let runVa: u64 = 0;
let runPa: u64 = 0;
let runCount: u64 = 0;
let runAttributes: u64 = 0;

export function runsBuffer(): usize {
  return BUFFER;
}

/** Where the next readRuns() goes on; pageEnd when everything has been read. */
export function runsResume(): u64 {
  return resumeVa;
}

/** Writes the records from `from` on into the buffer. Returns how many; runsResume() says where to go on. */
export function readRuns(from: u64): u32 {
  records = 0;
  runCount = 0;
  stopped = false;
  resumeVa = pageEnd;
  readTable(root, rootLevel, from, pageEnd, from);
  flushRun();
  return records;
}

function readTable(table: usize, level: i32, va: u64, end: u64, from: u64): void {
  if (level === LAST_LEVEL) {
    readPages(entryOf(table, level, va), va, end);
    return;
  }
  const size = levelSize(level);
  const tableStart = va;
  while (va < end) {
    // A stop at a table's first entry would have its parents read twice.
    if (records >= FULL && (va !== tableStart || level === rootLevel)) {
      stopped = true;
      resumeVa = va;
      return;
    }
    const next = nextBoundary(va, end, size);
    const desc = load<u64>(entryOf(table, level, va));
    if (desc !== 0) {
      const start = va & ~(size - 1);
      if (!isTable(desc)) {
        addLeaves(level, start, oaOf(desc), 1, attributesOf(desc));
      } else if (isUniform(desc)) {
        readUniform(desc, level, start);
      } else {
        if (start >= from) addRecord(RUN_TABLE, level, start, 0, 1, tableAttributes(desc));
        readTable(tableOf(desc), level + 1, va, next, from);
        if (stopped) return;
      }
    }
    va = next;
  }
}

/** The same for a table of pages, whose entries from `entry` on are those of [va, end). */
function readPages(entry: usize, va: u64, end: u64): void {
  const first = va;
  const granule = <u64>granuleSize;
  while (va < end) {
    if (records >= FULL && va !== first) {
      stopped = true;
      resumeVa = va;
      return;
    }
    const desc = load<u64>(entry);
    const pages = pagesAlike(entry, (end - va) / granule);
    if (desc !== 0) addLeaves(LAST_LEVEL, va, oaOf(desc), pages, attributesOf(desc));
    entry += <usize>(pages << DESCRIPTOR_SHIFT);
    va += pages * granule;
  }
}

/** How many page descriptors from `entry` on, of `most`, are the first one but for an address that goes on; at least 1. */
function pagesAlike(entry: usize, most: u64): u64 {
  const granule = <u64>granuleSize;
  let desc = load<u64>(entry);
  if (desc === 0) return 1;
  // The bits of the address that are in their own place, whatever the format: beyond them, counting on changes others.
  const field = oaOf(oaMask & ~(granule - 1));
  const room = (field - (desc & field)) / granule + 1;
  const end = entry + <usize>(min(most, room) << DESCRIPTOR_SHIFT);
  let at = entry;
  for (; at + 32 <= end; at += 32, desc += granule << 2) {
    const front = (load<u64>(at) ^ desc) | (load<u64>(at, 8) ^ (desc + granule));
    const back = (load<u64>(at, 16) ^ (desc + 2 * granule)) | (load<u64>(at, 24) ^ (desc + 3 * granule));
    if (front | back) break;
  }
  for (; at < end && load<u64>(at) === desc; at += 8) desc += granule;
  return <u64>(at - entry) >> DESCRIPTOR_SHIFT;
}

function readUniform(desc: u64, level: i32, va: u64): void {
  const size = levelSize(level);
  for (let at = level; at < LAST_LEVEL; at++) {
    addRecord(RUN_TABLE, at, va, 0, size / levelSize(at), uniformTableAttributes(desc));
  }
  addLeaves(LAST_LEVEL, va, uniformOa(desc), size / granuleSize, uniformAttributes(desc));
}

function addLeaves(level: i32, va: u64, pa: u64, leaves: u64, attributes: u64): void {
  if (runCount > 0) {
    const bytes = runCount * levelSize(runLevel);
    const follows = runLevel === level && va === runVa + bytes && pa === runPa + bytes;
    if (follows && attributes === runAttributes) {
      runCount += leaves;
      return;
    }
    flushRun();
  }
  runLevel = level;
  runVa = va;
  runPa = pa;
  runCount = leaves;
  runAttributes = attributes;
}

function flushRun(): void {
  if (runCount > 0) addRecord(RUN_LEAF, runLevel, runVa, runPa, runCount, runAttributes);
  runCount = 0;
}

function addRecord(kind: u32, level: i32, va: u64, pa: u64, times: u64, attributes: u64): void {
  const at = BUFFER + <usize>records * RUN_BYTES;
  store<i32>(at, level);
  store<u32>(at, kind, 4);
  store<u64>(at, va, 8);
  store<u64>(at, pa, 16);
  store<u64>(at, times, 24);
  store<u64>(at, attributes, 32);
  records++;
}

// Summary: named slots of u64, found by the harness by the names below.
export const SUMMARY_LEAVES_PUD: u32 = 0;
export const SUMMARY_LEAVES_PMD_CONT: u32 = 1;
export const SUMMARY_LEAVES_PMD: u32 = 2;
export const SUMMARY_LEAVES_PTE_CONT: u32 = 3;
export const SUMMARY_LEAVES_PTE: u32 = 4;
/** Tables by what their entries are; the four slots follow each other by level 0…3. */
export const SUMMARY_TABLES_P4D: u32 = 5;
export const SUMMARY_TABLES_PUD: u32 = 6;
export const SUMMARY_TABLES_PMD: u32 = 7;
export const SUMMARY_TABLES_PTE: u32 = 8;
export const SUMMARY_READ_ONLY_BYTES: u32 = 9;
export const SUMMARY_INVALID_BYTES: u32 = 10;
const SUMMARY_SLOTS: u32 = 11;
const SUMMARY: usize = memory.data(8 * 16);

export function summaryAddress(): usize {
  return SUMMARY;
}

/** Counts the linear map's leaf descriptors and tables by kind. A root entry shared with the image is left out. */
export function summarise(): void {
  memory.fill(SUMMARY, 0, (<usize>SUMMARY_SLOTS) << 3);
  summariseTable(root, rootLevel, pageOffset, pageEnd);
}

function summariseTable(table: usize, level: i32, va: u64, end: u64): void {
  const size = levelSize(level);
  if (level === LAST_LEVEL) {
    summarisePages(entryOf(table, level, va), (end - va) / size);
    return;
  }
  while (va < end) {
    const next = nextBoundary(va, end, size);
    const desc = load<u64>(entryOf(table, level, va));
    if (desc !== 0) {
      if (!isTable(desc)) {
        const contiguous = (desc & CONTIGUOUS) !== 0;
        const slot =
          level === 1 ? SUMMARY_LEAVES_PUD : contiguous ? SUMMARY_LEAVES_PMD_CONT : SUMMARY_LEAVES_PMD;
        addLeafSummary(slot, 1, size, desc);
      } else if (isUniform(desc)) {
        let tables: u64 = 1;
        for (let below = level + 1; below <= LAST_LEVEL; below++) {
          add(SUMMARY_TABLES_P4D + <u32>below, tables);
          tables *= entriesAt(below);
        }
        addLeafSummary(SUMMARY_LEAVES_PTE, tables, granuleSize, uniformAttributes(desc));
      } else {
        if (next - va === size) add(SUMMARY_TABLES_P4D + <u32>(level + 1), 1);
        summariseTable(tableOf(desc), level + 1, va, next);
      }
    }
    va = next;
  }
}

function summarisePages(entry: usize, pages: u64): void {
  while (pages > 0) {
    const desc = load<u64>(entry);
    const alike = pagesAlike(entry, pages);
    if (desc !== 0) {
      const slot = desc & CONTIGUOUS ? SUMMARY_LEAVES_PTE_CONT : SUMMARY_LEAVES_PTE;
      addLeafSummary(slot, alike, granuleSize, desc);
    }
    entry += <usize>(alike << DESCRIPTOR_SHIFT);
    pages -= alike;
  }
}

function addLeafSummary(slot: u32, leaves: u64, size: u64, desc: u64): void {
  add(slot, leaves);
  if (desc & READ_ONLY) add(SUMMARY_READ_ONLY_BYTES, leaves * size);
  if (!(desc & VALID)) add(SUMMARY_INVALID_BYTES, leaves * size);
}

function add(slot: u32, n: u64): void {
  const at = SUMMARY + ((<usize>slot) << 3);
  store<u64>(at, load<u64>(at) + n);
}
